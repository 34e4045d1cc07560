// Arithmetic and comparison where a tensor takes part: operands become f32 tensors and the op runs
// on the session's engine.
import AdamIR
import AdamRuntime
import AdamSource

/// Applies ops to values.
package struct TensorArithmetic {
  let session: SessionState
  package init(_ session: SessionState) { self.session = session }

  /// A tensor of a tensor, number, range, rectangular list of numbers; what is traced stays traced, in lists too.
  package func operand(_ value: Value, at span: Span) throws(Diagnostic) -> Operand {
    switch value {
    case .traced(let traced): return .traced(traced)
    case .parameter(let parameter):
      if let tracer = session.tracer { return .traced(TracedTensor(tracer, tracer.parameter(parameter))) }
      guard let tensor = parameter.tensor else { throw .shapeUnknown(at: span) }
      do throws(AllocationError) { return .tensor(try tensor.copy()) } catch {
        throw ValueError.memory(error, at: span)
      }
    case .list, .tuple:
      if session.tracer != nil, value.holdsTraced { return try stacked(value.elements ?? [], at: span) }
      return .tensor(try value.asTensor(at: span))
    default: return .tensor(try value.asTensor(at: span))
    }
  }

  /// A parameter as the tensor it stands for here; everything else as it is.
  package func resolved(_ value: Value, at span: Span) throws(Diagnostic) -> Value {
    guard case .parameter = value else { return value }
    return .of(try operand(value, at: span))
  }

  /// One op with one result: done at once on numbers, appended to the function when one is traced.
  package func apply(
    _ op: OpDefinition, _ operands: [Operand], _ attributes: Attributes = Attributes(), at span: Span
  ) throws(Diagnostic) -> Operand {
    var tensors: [Tensor] = []
    for operand in operands {
      switch operand {
      case .tensor(let tensor): tensors.append(tensor)
      case .traced(let traced): return .traced(try traced.tracer.apply(op, operands, attributes, at: span))
      }
    }
    return .tensor(try apply(op, tensors, attributes, at: span))
  }

  /// As f32: arithmetic on labels and masks is arithmetic on numbers.
  package func real(_ operand: Operand, at span: Span) throws(Diagnostic) -> Operand {
    switch operand {
    case .tensor(let tensor): return .tensor(try real(tensor, at: span))
    case .traced(let traced):
      if traced.type.element == .f32 { return operand }
      return try apply(.cast, [operand], ["element": .string("f32")].attributes, at: span)
    }
  }

  /// A value as f32.
  package func real(_ value: Value, at span: Span) throws(Diagnostic) -> Operand {
    try real(try operand(value, at: span), at: span)
  }

  /// One op with one result.
  package func apply(
    _ op: OpDefinition, _ operands: [Tensor], _ attributes: Attributes = Attributes(), at span: Span
  ) throws(Diagnostic) -> Tensor {
    try TensorTags.check(op, operands, at: span)
    let results: [Tensor]
    do throws(RuntimeError) {
      results = try session.engine.apply(op, operands, attributes)
    } catch {
      throw ValueError.runtime(error, at: span)
    }
    guard let first = results.first else { throw ValueError.notYet("`\(op.name)`", at: span) }
    TensorTags.pass(op, operands, attributes, to: first)
    return first
  }

  /// The tensor as f32: arithmetic on labels and masks is arithmetic on numbers.
  package func real(_ tensor: Tensor, at span: Span) throws(Diagnostic) -> Tensor {
    try tensor.real(at: span)
  }

  package func scalar(_ x: Double, at span: Span) throws(Diagnostic) -> Tensor {
    do throws(AllocationError) { return try Tensor.scalar(Float(x)) } catch {
      throw ValueError.memory(error, at: span)
    }
  }

  /// A unary op, its operand made f32.
  package func unary(_ op: OpDefinition, _ x: Value, at span: Span) throws(Diagnostic) -> Value {
    .of(try apply(op, [try real(x, at: span)], at: span))
  }

  func binary(
    _ op: ProgramOperator, _ a: Value, _ b: Value, at span: Span
  ) throws(Diagnostic) -> Value {
    let left = try real(a, at: span)
    if op == .power, let exponent = b.exactNumber {
      return .of(try power(left, exponent, at: span))
    }
    let right = try real(b, at: span)
    if op == .matmul, case .tensor(let x) = left, case .tensor(let y) = right,
      let product = session.engine.product(x, y)
    {
      return .of(product)
    }
    guard let definition = op.definition else {
      throw ValueError.operands("use this operator on tensors", at: span)
    }
    let attributes: Attributes =
      op == .matmul ? ["transpose_a": .bool(false), "transpose_b": .bool(false)].attributes : .init()
    return .of(try apply(definition, [left, right], attributes, at: span))
  }

  /// The forms that numbers have, so that x^2 has the bits of x·x.
  private func power(_ x: Operand, _ y: Double, at span: Span) throws(Diagnostic) -> Operand {
    switch y {
    case 2: return try apply(.mul, [x, x], at: span)
    case 3: return try apply(.mul, [try apply(.mul, [x, x], at: span), x], at: span)
    case -1: return try apply(.div, [.tensor(try scalar(1, at: span)), x], at: span)
    case 0.5: return try apply(.sqrt, [x], at: span)
    default: return try apply(.pow, [x, .tensor(try scalar(y, at: span))], at: span)
    }
  }
}

extension ProgramOperator {
  /// The op that an operator is on tensors.
  package var definition: OpDefinition? {
    switch self {
    case .add: .add
    case .subtract: .sub
    case .multiply: .mul
    case .divide: .div
    case .remainder: .remainder
    case .power: .pow
    case .matmul: .matmul
    case .equal: .eq
    case .notEqual: .ne
    case .less: .lt
    case .lessEqual: .le
    case .greater: .gt
    case .greaterEqual: .ge
    case .concatenate, .then: nil
    }
  }
}

extension Value {
  package static func of(_ operand: Operand) -> Value {
    switch operand {
    case .tensor(let tensor): .of(tensor)
    case .traced(let traced): .traced(traced)
    }
  }

  /// A tensor as a value: a rank-0 truth is a bool.
  package static func of(_ tensor: Tensor) -> Value {
    if tensor.element == .bool, tensor.sizes.isEmpty, let value = tensor.number(at: 0) {
      return .bool(value != 0)
    }
    return .tensor(tensor)
  }

  /// A tensor of a tensor, number, range or rectangular nested list of numbers (f32).
  package func asTensor(at span: Span) throws(Diagnostic) -> Tensor {
    if case .tensor(let tensor) = self { return tensor }
    var collector = TensorCollector(span: span)
    try collector.add(self, depth: 0)
    do throws(AllocationError) {
      return try Tensor(collector.sizes, floats: collector.floats)
    } catch { throw ValueError.memory(error, at: span) }
  }
}

/// Gathers the numbers of nested lists and holds every row against the first.
private struct TensorCollector {
  let span: Span
  var sizes: [Int] = []
  var floats: [Float] = []
  /// Sizes are open until the first number is reached.
  private var isClosed = false

  init(span: Span) { self.span = span }

  mutating func add(_ value: Value, depth: Int) throws(Diagnostic) {
    if let x = value.exactNumber {
      let float = Float(x)
      if float.isInfinite, x.isFinite { throw ValueError.beyondFloat(x, at: span) }
      return try close(depth) { $0.append(float) }
    }
    if let flag = value.exactBool { return try close(depth) { $0.append(flag ? 1 : 0) } }
    switch value {
    case .tensor(let tensor):
      for (axis, size) in tensor.sizes.enumerated() { try enter(size, depth + axis) }
      try close(depth + tensor.sizes.count) { $0 += tensor.floats }
    case .range(let range):
      let numbers = try range.numbers(at: span)
      try enter(numbers.count, depth)
      try close(depth + 1) { $0 += numbers.map { Float($0) } }
    case .traced(let traced):
      // In the checker a tensor of which only the type is known: it may have its numbers in the run.
      guard traced.tracer.opaques.isEmpty else { throw .shapeUnknown(at: span) }
      throw .tracedNumbers(
        "numbers are asked for", at: span,
        help: "what is compiled computes with whole tensors: `max`, `argmax`, `where(condition, a, b)`")
    default:
      guard let elements = value.elements, depth < 32 else {
        throw ValueError.notNumbers(value.foundText, at: span)
      }
      try enter(elements.count, depth)
      for element in elements { try add(element, depth: depth + 1) }
      if elements.isEmpty { isClosed = true }
    }
  }

  private mutating func enter(_ count: Int, _ depth: Int) throws(Diagnostic) {
    if !isClosed, depth == sizes.count { return sizes.append(count) }
    guard depth < sizes.count, sizes[depth] == count else { throw ValueError.ragged(at: span) }
  }

  private mutating func close(
    _ depth: Int, _ append: (inout [Float]) -> Void
  ) throws(Diagnostic) {
    guard depth == sizes.count else { throw ValueError.ragged(at: span) }
    isClosed = true
    append(&floats)
  }
}

extension RangeBox {
  /// How many numbers there are, 0 when the end lies before the start.
  package var count: Double { max(0, upper - lower + (isClosed ? 1 : 0)) }

  package func numbers(at span: Span) throws(Diagnostic) -> [Double] {
    guard count <= Double(ValueLimit.elements), let count = Int(exactly: count) else {
      throw ValueError.conversion("a range of \(messageText(count)) numbers is too long", at: span)
    }
    return (0..<count).map { lower + Double($0) }
  }
}
