// Short ways to say what many builtins say: one value in, one value out.
import AdamIR
import AdamRuntime
import AdamSource

extension Listed where Definition == BuiltinDefinition {
  /// A function of a number or tensor, element by element.
  static func elementwise(
    _ name: String, _ summary: String, example: String, page: Page = Page(), op: OpDefinition,
    number: @escaping @Sendable (Double, Span) throws(Diagnostic) -> Double
  ) -> Listed<BuiltinDefinition> {
    Listed(
      name,
      BuiltinDefinition(
        name: name, group: "math", summary: summary,
        signature: Signature([ParameterDefinition("x", .tensorLike, "number, tensor or list")]),
        example: example, page: page, isPure: true,
        check: { _, arguments in arguments["x"]?.elementwiseResult ?? .unknown },
        run: { context, arguments throws(Diagnostic) in
          let value = arguments["x"] ?? .none
          if case .number(let x) = value {
            let result = try number(x, arguments.span)
            return .number(try NumberArithmetic.finite(result, from: x, at: arguments.span))
          }
          return try TensorArithmetic(context.session).unary(op, value, at: arguments.span)
        }))
  }
}

extension AbstractValue {
  /// What an elementwise function makes of it: a number of a number, f32 of a tensor.
  var elementwiseResult: AbstractValue {
    switch self {
    case .number, .known(.number): .number
    case .tensor(let type): .tensor(TensorType(.f32, type.shape))
    case .known(.tensor(let tensor)): .tensor(TensorType(.f32, tensor.type.shape))
    default: .unknown
    }
  }
}

extension BoundArguments where V == Value {
  /// Whole number given for `name`, or the default.
  func whole(_ name: String, default standard: Int = 0) -> Int { int(name) ?? standard }

  /// Sizes given one by one or as one list: `zeros(2, 3)`, `zeros([2, 3])`.
  func sizes() throws(Diagnostic) -> [Int] {
    var values = variadic
    if values.count == 1, let elements = values[0].value.elements {
      let span = values[0].span
      values = elements.map { (value: $0, span: span) }
    }
    var sizes: [Int] = []
    for (value, span) in values {
      guard let x = value.exactNumber else { throw .noSize(value.foundText, at: span) }
      sizes.append(try wholeSize(x, at: span))
    }
    guard sizes.count <= 32 else {
      throw Diagnostic(.outOfRange, "a tensor has 32 axes at most, found \(sizes.count)", at: span)
    }
    return sizes
  }
}

/// One size of a tensor.
private func wholeSize(_ x: Double, at span: Span) throws(Diagnostic) -> Int {
  guard let size = Int(exactly: x) else { throw .noSize(messageText(x), at: span) }
  guard size >= 0 else { throw Diagnostic(.outOfRange, "a size must be at least 0, found \(size)", at: span) }
  return size
}

extension Diagnostic {
  static func noSize(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.wrongKind, "a size must be a whole number, found \(found)", at: span)
  }
}

extension BoundArguments where V == AbstractValue {
  /// The type of a tensor of these sizes, as far as they are known. Reports sizes that are none.
  func sizedTensor(_ context: any CheckContext) -> AbstractValue {
    do throws(Diagnostic) {
      for (value, span) in variadic {
        for size in variadic.count == 1 ? value.asElements ?? [value] : [value] {
          if let x = size.exactNumber { _ = try wholeSize(x, at: span) }
          if case .list = size.kindOfValue, variadic.count == 1 { continue }
          if size.fit(.number) == .no { throw .noSize(size.foundText, at: span) }
        }
      }
    } catch {
      context.report(error)
      return .unknown
    }
    return knownShape.map { .tensor(TensorType(.f32, $0)) } ?? .unknown
  }

  /// The shape that sizes make, as far as they are known.
  var knownShape: Shape? {
    var values = variadic.map(\.value)
    if values.count == 1, let elements = values[0].asElements { values = elements }
    if values.count == 1, case .listOf = values[0] { return nil }
    return Shape(
      values.map { $0.exactNumber.flatMap { Int(exactly: $0) }.map { Dimension($0) } ?? .unknown })
  }
}

/// `axis` as a place 0 ..< rank; `isNew` when it is the place of an axis to be made.
func axisPlace(_ axis: Int, rank: Int, isNew: Bool = false, at span: Span) throws(Diagnostic) -> Int {
  let count = isNew ? rank + 1 : rank
  if axis >= -count, axis < count { return axis < 0 ? axis + count : axis }
  let axes = rank == 1 ? "1 axis" : "\(rank) axes"
  let message = rank == 0 && !isNew ? "a number has no axes" : "axis \(axis) does not exist: the tensor has \(axes)"
  throw Diagnostic(
    .outOfRange, isNew ? "a new axis cannot stand at \(axis): the tensor has \(axes)" : message, at: span,
    label: count == 0 ? "" : "allowed: \(-count) to \(count - 1)")
}

/// Allocates, or says what was too large.
func newTensor(
  _ element: ElementType, _ sizes: [Int], at span: Span
) throws(Diagnostic) -> Tensor {
  do throws(AllocationError) { return try Tensor(element, sizes) } catch {
    throw ValueError.memory(error, at: span)
  }
}

/// Calls `body` for pieces of `count` elements in order, and asks between them whether to stop. All
/// pieces but the last have 2^20 elements, and the last has no fewer, so that drawing piece by piece
/// draws what drawing at once would.
func inPieces(
  _ count: Int, _ session: SessionState, at span: Span, _ body: (Range<Int>) -> Void
) throws(Diagnostic) {
  let length = 1 << 20
  var start = 0
  while start < count {
    let end = count - start < 2 * length ? count : start + length
    body(start..<end)
    start = end
    if start < count, session.host.isCancelled() { throw ValueError.runtime(.cancelled, at: span) }
  }
}
