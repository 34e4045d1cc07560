// The short way of the commonest tensor operations: f32 tensors of one shape, or one and a number.
// Everything else, and every mistake, goes the general way.
import AdamIR
import AdamRuntime

extension TensorArithmetic {
  /// nil when it is not for this way.
  package func quick(_ op: ProgramOperator, _ a: Value, _ b: Value) -> Value? {
    if op == .power, case .number(2) = b { return quick(.multiply, a, a) }
    guard op.isQuick else { return nil }
    let number = Int(op.rawValue)
    let result: Tensor?
    switch (a, b) {
    case (.tensor(let x), .tensor(let y)): result = session.engine.quickly(number, { op.definition }, x, y)
    case (.tensor(let x), .number(let y)):
      result = session.engine.quickly(number, { op.definition }, .numberRight, x, y)
    case (.number(let x), .tensor(let y)):
      result = session.engine.quickly(number, { op.definition }, .numberLeft, y, x)
    default: return nil
    }
    return result.map { .tensor($0) }
  }
}

extension ProgramOperator {
  fileprivate var isQuick: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide: true
    default: false
    }
  }
}

extension ConfiguredBuiltin {
  /// `relu(x)` and the like on an f32 tensor: the op of the builtin's name, which takes one operand and
  /// no settings. nil when it is not for this way.
  package func applied(to value: Value, _ session: SessionState) -> Value? {
    guard case .tensor(let x) = value, x.batchAxis == nil, x.units == nil, let number = elementwise
    else { return nil }
    let name = definition.name
    return session.engine.quickly(number, { OpRegistry.standard[name] }, x, nil).map { .tensor($0) }
  }

  /// A number for the op that this builtin is on one tensor; nil when there is more to it.
  static func elementwise(_ definition: BuiltinDefinition, _ settings: [RecordBox.Field]) -> Int? {
    guard settings.isEmpty, definition.signature.parameters.count == 1 else { return nil }
    return numbers[definition.name]
  }

  private static let numbers: [String: Int] = {
    let ops = OpRegistry.all.filter {
      $0.traits.contains(.elementwise) && $0.operandCount == 1...1 && $0.attributeNames.isEmpty
    }
    let first = ProgramOperator.allCases.count
    return Dictionary(
      ops.enumerated().map { ($0.element.name, first + $0.offset) }, uniquingKeysWith: { first, _ in first })
  }()
}
