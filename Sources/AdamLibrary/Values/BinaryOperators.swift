// The operators of the language on values of every kind.
import AdamIR
import AdamRuntime
import AdamSource

extension TensorArithmetic {
  /// `a op b`. Numbers first, then the kinds that have a meaning of their own, then tensors.
  package func operate(
    _ op: ProgramOperator, _ a: Value, _ b: Value, at span: Span
  ) throws(Diagnostic) -> Value {
    if case .number(let x) = a, case .number(let y) = b, !op.isComparison, op != .matmul,
      op != .concatenate, op != .then
    {
      return .number(try NumberArithmetic.apply(op, x, y, at: span))
    }
    let result = withUnsafePointer(to: a) { a in withUnsafePointer(to: b) { b in quick(op, a, b) } }
    if let result { return result }
    switch op {
    case .equal, .notEqual: return try equality(op, a, b, at: span)
    case .less, .lessEqual, .greater, .greaterEqual: return try order(op, a, b, at: span)
    case .concatenate: return try join(a, b, at: span)
    case .then: return try Schedule.joined(a, b, at: span)
    default: return try arithmetic(op, a, b, at: span)
    }
  }

  private func arithmetic(
    _ op: ProgramOperator, _ a: Value, _ b: Value, at span: Span
  ) throws(Diagnostic) -> Value {
    if op == .add {
      switch (a, b) {
      case (.string(let x), .string(let y)):
        let size = x.text.utf8.count + y.text.utf8.count
        guard size <= ValueLimit.stringBytes else { throw ValueError.tooLong("string", size, at: span) }
        return .string(StringBox(x.text + y.text))
      case (.string, .number), (.number, .string):
        throw ValueError.operands(
          "add \(a.foundText) and \(b.foundText)", at: span,
          helps: ["write the number inside the string: `\"… {x}\"`"])
      case (.list, .list): throw ValueError.twoLists(at: span)
      default: break
      }
    }
    if a.isGradients || b.isGradients { return try gradients(op, a, b, at: span) }
    guard a.isTensorOperand, b.isTensorOperand else {
      throw ValueError.operands(op.phrase(a.foundText, b.foundText), at: span)
    }
    if op == .matmul, a.exactNumber != nil || b.exactNumber != nil {
      throw ValueError.operands(
        op.phrase(a.foundText, b.foundText), at: span, helps: ["`*` multiplies by a number"])
    }
    return try binary(op, a, b, at: span)
  }

  private func equality(
    _ op: ProgramOperator, _ a: Value, _ b: Value, at span: Span
  ) throws(Diagnostic) -> Value {
    let negates = op == .notEqual
    if a.isNone || b.isNone { return .bool((a.isNone && b.isNone) != negates) }
    if a.isTensorValue || b.isTensorValue, a.isTensorOperand, b.isTensorOperand {
      return try binary(op, a, b, at: span)
    }
    guard let same = a.equals(b) else {
      throw ValueError.operands(op.phrase(a.foundText, b.foundText), at: span)
    }
    return .bool(same != negates)
  }

  private func order(
    _ op: ProgramOperator, _ a: Value, _ b: Value, at span: Span
  ) throws(Diagnostic) -> Value {
    if case .number(let x) = a, case .number(let y) = b { return .bool(op.holds(x, y)) }
    if case .string(let x) = a, case .string(let y) = b {
      let isBefore = x.text.utf8.lexicographicallyPrecedes(y.text.utf8)
      let isAfter = y.text.utf8.lexicographicallyPrecedes(x.text.utf8)
      return .bool(op.holds(isBefore ? -1 : isAfter ? 1 : 0, 0))
    }
    guard a.isTensorValue || b.isTensorValue, a.isTensorOperand, b.isTensorOperand else {
      throw ValueError.operands(op.phrase(a.foundText, b.foundText), at: span)
    }
    return try binary(op, a, b, at: span)
  }

  private func join(_ a: Value, _ b: Value, at span: Span) throws(Diagnostic) -> Value {
    switch (a, b) {
    case (.list(let x), .list(let y)):
      let count = x.elements.count + y.elements.count
      try ValueLimit.check(elements: count, at: span)
      return .list(ListBox(x.elements + y.elements))
    case (.tuple(let x), .tuple(let y)): return .tuple(TupleBox(x.elements + y.elements))
    case (.string, .string):
      throw ValueError.operands(
        "join two strings with `++`", at: span, helps: ["strings join with `+`"])
    default: throw ValueError.operands("join \(a.foundText) and \(b.foundText)", at: span)
    }
  }

  package func negate(_ a: Value, at span: Span) throws(Diagnostic) -> Value {
    switch a {
    case .number(let x): return .number(-x)
    case .tensor, .traced, .parameter, .list: return try unary(.neg, a, at: span)
    case .record where a.isGradients: return try gradients(.multiply, a, .number(-1), at: span)
    default: throw ValueError.operands("negate \(a.foundText)", at: span)
    }
  }
}

/// Doubling in a loop must end in a message, not in the end of all memory.
package enum ValueLimit {
  static let stringBytes = 1 << 28
  package static var elements: Int { 1 << 25 }

  static func check(elements count: Int, at span: Span) throws(Diagnostic) {
    guard count <= elements else { throw ValueError.tooLong("list", count, at: span) }
  }

  static func check(text bytes: Int, at span: Span) throws(Diagnostic) {
    guard bytes <= stringBytes else { throw ValueError.tooLong("string", bytes, at: span) }
  }
}

extension Value {
  var isTensorValue: Bool {
    switch self {
    case .tensor, .traced, .parameter: true
    default: false
    }
  }

  /// Takes part in tensor arithmetic: tensors, numbers, lists.
  fileprivate var isTensorOperand: Bool {
    switch self {
    case .tensor, .traced, .parameter, .number, .list: true
    default: false
    }
  }
}

extension ProgramOperator {
  package var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: true
    default: false
    }
  }

  /// A comparison of numbers.
  package func holds(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessEqual: a <= b
    case .greater: a > b
    case .greaterEqual: a >= b
    default: false
    }
  }

  /// `add a and b`, after `cannot`.
  func phrase(_ a: String, _ b: String) -> String {
    switch self {
    case .add: "add \(a) and \(b)"
    case .subtract: "subtract \(b) from \(a)"
    case .multiply: "multiply \(a) by \(b)"
    case .divide: "divide \(a) by \(b)"
    case .remainder: "take the remainder of \(a) by \(b)"
    case .power: "raise \(a) to the power \(b)"
    case .matmul: "take the matrix product of \(a) and \(b)"
    case .concatenate: "join \(a) and \(b)"
    case .then: "let \(b) follow \(a)"
    default: "compare \(a) with \(b)"
    }
  }
}
