// Random well-typed tensor functions: what passes and plans are tried on.
import AdamIR
import AdamPasses

/// Builds functions from the ops' samples: operands are taken from the values there are when one of
/// the right type exists, else a new parameter is made.
package struct RandomGraph {
  package var function = TensorFunction(name: "random")
  private var draws: Draws
  private static let ops = OpRegistry.all.filter {
    !$0.traits.contains(.update) && ($0.reference != nil || $0.traits.contains(.random))
  }

  package init(seed: UInt64, operations: Int) throws {
    draws = Draws(seed: seed)
    for _ in 0..<operations { try appendAny() }
    let last = function.operations.flatMap(\.results)
    for value in last where draws.below(4) == 0 || value == last.last {
      function.results.append(FunctionResult(value, "r\(value.index)"))
    }
  }

  private mutating func appendAny() throws {
    let op = Self.ops[draws.below(Self.ops.count)]
    // Elementwise chains are what fusion is about: half of the operations are such.
    if draws.below(2) == 0, let chained = try appendElementwise() { return chained }
    let samples = OpSample.of(op) ?? []
    guard !samples.isEmpty else { return }
    let sample = samples[draws.below(samples.count)]
    let operands = sample.operands.map { operand($0) }
    _ = try function.apply(op, operands, sample.attributes)
  }

  private mutating func appendElementwise() throws -> Void? {
    let real = function.values.indices.filter { function.values[$0].type.element == .f32 }
    guard !real.isEmpty else { return nil }
    let x = ValueID(real[draws.below(real.count)])
    let unary: [OpDefinition] = [.neg, .tanh, .relu, .sigmoid, .sin, .abs, .floor, .exp]
    let binary: [OpDefinition] = [.add, .mul, .sub, .maximum, .reluGrad, .div]
    if draws.below(2) == 0 {
      _ = try function.emit(unary[draws.below(unary.count)], [x])
      return ()
    }
    let constants = [1.0, 0.0, -0.0, 0.0, -1.0, 4.0, -0.125, 3.0]
    let other =
      draws.below(3) == 0
      ? try function.constant(constants[draws.below(constants.count)]) : ValueID(real[draws.below(real.count)])
    let op = binary[draws.below(binary.count)]
    _ = try? function.apply(op, draws.below(4) == 0 ? [other, x] : [x, other])
    return ()
  }

  private mutating func operand(_ type: TensorType) -> ValueID {
    // Labels must stay in range, so whole numbers always come from a parameter.
    let fitting = function.values.indices.filter { function.values[$0].type == type }
    if type.element != .i32, !fitting.isEmpty, draws.below(4) != 0 {
      return ValueID(fitting[draws.below(fitting.count)])
    }
    return function.addParameter(type, name: "p\(function.values.count)", role: .input)
  }

  package mutating func arguments() -> [ReferenceTensor] {
    function.parameters.map { parameter in
      OpSample([function.type(parameter.value)]).values(&draws)[0]
    }
  }
}

extension ReferenceInterpreter {
  /// Constants computed by the ops' references, for the pass that folds them.
  package static func evaluate(_ operation: ConstantOperation) -> [Double]? {
    let types = operation.operands.map(\.type)
    guard let reference = operation.op.reference,
      let results = try? operation.op.inferTypes(types, operation.attributes)
    else { return nil }
    let operands = operation.operands.map { type, value in
      ReferenceTensor(type.shape.sizes ?? [], Array(repeating: value, count: type.shape.elementCount ?? 0))
    }
    let values = reference(operands, operation.attributes, results)
    let uniform = values.compactMap { tensor in
      tensor.values.first.flatMap { first in
        tensor.values.allSatisfy { $0.bitPattern == first.bitPattern } ? first : nil
      }
    }
    return uniform.count == values.count ? uniform : nil
  }
}
