// fold-constants: computes once, while planning, what would be the same in every run.
// After this pass no small operation has constants as its only operands.
import AdamIR

/// An operation on tensors that have one value everywhere.
package struct ConstantOperation {
  package var op: OpDefinition
  package var operands: [(type: TensorType, value: Double)]
  package var attributes: Attributes
}

/// The value that every element of each result has, computed as the op computes it in a plan; nil when
/// elements differ or it cannot be computed.
package typealias ConstantEvaluator = (ConstantOperation) -> [Double]?

extension Pass {
  /// The bits are the kernels' own, because the kernels compute them. Only finite results are kept as
  /// constants: a NaN's sign would not survive as a number in the text form. An elementwise operation
  /// is computed for one element; a movement needs no computing; others up to `mostElements`.
  package static let foldConstants = Pass(
    "fold-constants", purpose: "compute operations on constants once",
    runInContext: { function, context in
      guard let evaluate = context.evaluate else { return function }
      var rewriting = Rewriting(function)
      for operation in function.operations {
        let copy = rewriting.translated(operation)
        let types = operation.results.map { function.type($0) }
        guard let constant = copy.constant(in: rewriting),
          let values = constant.folded(types, evaluate), values.count == types.count,
          zip(types, values).allSatisfy({ $0.element.holds($1) })
        else {
          rewriting.append(copy)
          continue
        }
        for (result, (type, value)) in zip(operation.results, zip(types, values)) {
          rewriting.append(
            Operation(.full, [], ["value": .float(value), "type": .type(type)], [result], operation.span))
        }
      }
      return rewriting.finish()
    })
}

extension Operation {
  /// The operation on its constants, when it has nothing but constants; its operands are new values.
  fileprivate func constant(in rewriting: Rewriting) -> ConstantOperation? {
    guard !operands.isEmpty, !op.traits.contains(.effect) else { return nil }
    var constants: [(type: TensorType, value: Double)] = []
    for operand in operands {
      guard let definition = rewriting.definition(operand), definition.op == .full,
        let value = definition.attributes.float("value")
      else { return nil }
      constants.append((rewriting.output.type(operand), value))
    }
    return ConstantOperation(op: op, operands: constants, attributes: attributes)
  }
}

extension ConstantOperation {
  /// The largest tensors that planning computes with.
  private static let mostElements = 4096

  fileprivate func folded(_ results: [TensorType], _ evaluate: ConstantEvaluator) -> [Double]? {
    if op.traits.contains(.elementwise) {
      var single = self
      for index in operands.indices { single.operands[index].type.shape = .scalar }
      return evaluate(single)
    }
    let isMovement = op.traits.contains(.movement) || op.traits.contains(.view)
    if isMovement, operands.count == 1, results == results.filter({ $0.element == operands[0].type.element }) {
      return [operands[0].value]
    }
    let counts = (operands.map(\.type) + results).map { $0.shape.elementCount ?? .max }
    return counts.allSatisfy { (1...Self.mostElements).contains($0) } ? evaluate(self) : nil
  }
}

extension ElementType {
  /// Whether a constant of this type keeps the number exactly: constants pass through f32.
  fileprivate func holds(_ value: Double) -> Bool {
    switch self {
    case .f32: value.isFinite
    case .i32: abs(value) <= 16_777_216
    case .bool: value == 0 || value == 1
    }
  }
}
