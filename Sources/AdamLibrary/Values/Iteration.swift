// What loops and destructuring see of a value.
import AdamIR
import AdamRuntime
import AdamSource

extension Value {
  /// Number of elements that a loop meets. Throws for what cannot be looped over.
  package func iterationCount(at span: Span) throws(Diagnostic) -> Int {
    switch self {
    case .list(let box): return box.elements.count
    case .tuple(let box): return box.elements.count
    case .string(let box): return box.text.count
    case .tensor(let tensor):
      guard let first = tensor.sizes.first else {
        throw ValueError.notIterable("a number", at: span)
      }
      return first
    case .traced(let traced):
      guard let first = try traced.sizes(at: span).first else {
        throw ValueError.notIterable("a number", at: span)
      }
      return first
    case .data(let data): return try data.passCount(at: span)
    case .layer(let layer) where layer.placeCount > 0: return layer.placeCount
    case .record(let box) where box.kind == Table.kind: return Table.rowCount(box)
    case .range(let box):
      return Int(exactly: min(box.count, 9_007_199_254_740_992)) ?? 0
    default:
      var error = ValueError.notIterable(foundText, at: span)
      if case .number(let x) = self { error.helps = [Help("write `0..<\(messageText(x))` to count")] }
      throw error
    }
  }

  /// The element at a place that `iterationCount` allows.
  package func iterationElement(_ index: Int, at span: Span) throws(Diagnostic) -> Value {
    switch self {
    case .list(let box) where box.elements.indices.contains(index): return box.elements[index]
    case .tuple(let box) where box.elements.indices.contains(index): return box.elements[index]
    case .range(let box): return .number(box.lower + Double(index))
    case .data(let data): return try data.passElement(index, at: span)
    default: return try indexed([.value(.number(Double(index)))], at: span)
    }
  }

  /// Takes a tuple, list, record or tensor apart into exactly `count` values.
  package func unpacked(_ count: Int, at span: Span) throws(Diagnostic) -> [Value] {
    switch self {
    case .list, .tuple: break
    case .tensor(let tensor) where !tensor.sizes.isEmpty: break
    case .traced(let traced) where traced.type.shape.rank > 0: break
    case .range: break
    default: throw ValueError.cannotUnpack(foundText, into: count, at: span)
    }
    let found = try iterationCount(at: span)
    guard found == count else { throw ValueError.count(names: count, values: found, at: span) }
    var result: [Value] = []
    for index in 0..<count { result.append(try iterationElement(index, at: span)) }
    return result
  }

  /// What a loop over this value runs over: data starts a pass, whose order is drawn.
  package func startingLoop(_ session: SessionState, at span: Span) throws(Diagnostic) -> Value {
    guard case .data(let data) = self else { return self }
    return .data(try data.startPass(&session.generator, at: span))
  }

  /// All elements that a loop over this value meets: the batches of a new pass over data.
  package func listed(_ session: SessionState, at span: Span) throws(Diagnostic) -> [Value] {
    try startingLoop(session, at: span).listed(at: span)
  }

  /// All elements. Data gives none before a pass has begun.
  package func listed(at span: Span) throws(Diagnostic) -> [Value] {
    if case .list(let box) = self { return box.elements }
    if case .string(let box) = self { return box.text.map { .string(StringBox(String($0))) } }
    if case .range(let box) = self { return try box.numbers(at: span).map { .number($0) } }
    let count = try iterationCount(at: span)
    var result: [Value] = []
    for index in 0..<count { result.append(try iterationElement(index, at: span)) }
    return result
  }
}
