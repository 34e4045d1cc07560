// What pullbacks use to append operations. Spans are set by the autodiff pass, which knows the
// operation that is being differentiated.
import AdamSource

extension TensorFunction {
  /// Appends an operation with one result.
  package mutating func emit(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: Attributes = Attributes(),
    span: Span? = nil
  ) throws(ShapeError) -> ValueID {
    let results = try apply(op, operands, attributes, span: span)
    guard let first = results.first else { throw ShapeError("`\(op.name)` has no result") }
    return first
  }

  /// A rank-0 constant.
  package mutating func constant(_ value: Double, span: Span? = nil) throws(ShapeError) -> ValueID {
    try emit(.full, [], ["value": .float(value), "type": .type(TensorType(.f32, .scalar))], span: span)
  }

  /// a - b of two operands of one shape, as losses need it; nothing stretches.
  package mutating func difference(
    _ a: ValueID, _ b: ValueID, for name: String, span: Span?
  ) throws(ShapeError) -> ValueID {
    try TypeRules.numbers(name, [type(a), type(b)])
    _ = try TypeRules.same(name, type(a).shape, type(b).shape, operands: [0, 1])
    return try emit(.sub, [a, b], span: span)
  }

  /// The mean of all elements.
  package mutating func average(_ value: ValueID, span: Span?) throws(ShapeError) -> ValueID {
    let axes = Array(0..<type(value).shape.rank)
    return try emit(.mean, [value], ["axes": .ints(axes), "keepdims": .bool(false)], span: span)
  }

  /// Zeros of a type.
  mutating func zeros(_ type: TensorType) throws(ShapeError) -> ValueID {
    try emit(.full, [], ["value": .float(0), "type": .type(type)])
  }

  /// `value` under another shape; nothing is appended when it has that shape.
  mutating func reshaped(_ value: ValueID, to shape: Shape) throws(ShapeError) -> ValueID {
    if type(value).shape == shape { return value }
    return try emit(.reshape, [value], ["shape": .ints(try shape.fixedSizes(for: "a gradient"))])
  }

  /// `value` stretched to a shape; nothing is appended when it has that shape.
  mutating func stretched(_ value: ValueID, to shape: Shape) throws(ShapeError) -> ValueID {
    if type(value).shape == shape { return value }
    return try emit(
      .broadcastTo, [value], ["shape": .ints(try shape.fixedSizes(for: "a gradient"))])
  }

  /// The sum of all elements.
  mutating func total(_ value: ValueID) throws(ShapeError) -> ValueID {
    try emit(.sum, [value], ["axes": .ints(Array(0..<type(value).shape.rank)), "keepdims": .bool(false)])
  }

  /// Undoes a stretch of an operand of type `target`: the sum over the stretched axes.
  mutating func reduced(_ gradient: ValueID, to target: TensorType) throws(ShapeError) -> ValueID {
    let axes = type(gradient).shape.stretchedAxes(from: target.shape)
    if axes.isEmpty { return gradient }
    let sum = try emit(.sum, [gradient], ["axes": .ints(axes), "keepdims": .bool(false)])
    return try reshaped(sum, to: target.shape)
  }
}

extension OpDefinition {
  /// A pullback of an op with one result: `body` gets its gradient.
  static func pullback(
    _ body: @escaping @Sendable (
      inout TensorFunction, ValueID, PullbackContext
    ) throws(ShapeError) -> [ValueID?]
  ) -> Pullback {
    { function, context throws(ShapeError) in
      guard let first = context.upstream.first, let gradient = first else {
        return context.operands.map { _ in nil }
      }
      return try body(&function, gradient, context)
    }
  }

  /// For ops whose derivative is zero wherever it exists: nothing flows.
  static let noGradient: Pullback = { _, context in context.operands.map { _ in nil } }
}
