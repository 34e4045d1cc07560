// The short way of the commonest tensor operations: f32 tensors of one shape, or one and a number.
// Everything else, and every mistake, goes the general way.
import AdamIR
import AdamRuntime

extension TensorArithmetic {
  /// nil when it is not for this way. The values stay where they are meanwhile.
  package func quick(_ op: ProgramOperator, _ a: UnsafePointer<Value>, _ b: UnsafePointer<Value>) -> Value? {
    if case .power = op, case .number(2) = b.pointee { return quick(.multiply, a, a) }
    guard op.isQuick else { return nil }
    let number = Int(op.rawValue)
    return session.engineAtHand._withUnsafeGuaranteedRef { engine in
      let result: Tensor?
      switch (a.quickOperand, b.quickOperand) {
      case (.tensor(let x), .tensor(let y)): result = engine.quickly(number, { op.definition }, x, y)
      case (.tensor(let x), .number(let y)):
        result = engine.quickly(number, { op.definition }, .numberRight, x, y)
      case (.number(let x), .tensor(let y)):
        result = engine.quickly(number, { op.definition }, .numberLeft, y, x)
      default: return nil
      }
      return result.map { .tensor($0) }
    }
  }
}

/// What arithmetic of this way takes, without counting who uses it.
private enum QuickOperand {
  case tensor(Unmanaged<Tensor>)
  case number(Double)
  case other
}

extension UnsafePointer<Value> {
  @inline(__always)
  fileprivate var quickOperand: QuickOperand {
    switch pointee {
    case .tensor: .tensor(UnsafeRawPointer(self).load(as: Unmanaged<Tensor>.self))
    case .number(let x): .number(x)
    default: .other
    }
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
  /// no settings. nil when it is not for this way. The value stays where it is meanwhile.
  package func applied(to value: UnsafePointer<Value>, _ session: SessionState) -> Value? {
    guard case .tensor(let x) = value.quickOperand, let number = elementwise,
      x._withUnsafeGuaranteedRef({ $0.batchAxis == nil && $0.units == nil })
    else { return nil }
    return session.engineAtHand._withUnsafeGuaranteedRef { engine in
      engine.quickly(number, { OpRegistry.standard[self.definition.name] }, x, nil).map { .tensor($0) }
    }
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
