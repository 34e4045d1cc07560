// Bound arguments read by name: exact numbers, strings and flags, for `run` and `check` alike.
// In `check` an exact value may be missing although the argument was given: then the answer is nil
// and the checker says nothing about it.
import AdamIR
import AdamSource

extension BoundArguments where V: ArgumentValue {
  /// The number, or nil when not given or not known.
  package func number(_ name: String) -> Double? { self[name]?.exactNumber }

  /// The number as an `Int`, or nil when not given, not known or not whole.
  package func int(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0) } }

  package func string(_ name: String) -> String? { self[name]?.exactString }
  package func bool(_ name: String) -> Bool? { self[name]?.exactBool }

  /// Numbers of a list or tuple of at most 64.
  package func numbers(_ name: String) -> [Double]? { self[name]?.exactNumbers }

  /// Whole numbers of a list or tuple, such as a shape.
  package func ints(_ name: String) -> [Int]? {
    guard let numbers = numbers(name) else { return nil }
    let ints = numbers.compactMap { Int(exactly: $0) }
    return ints.count == numbers.count ? ints : nil
  }

  /// Whether the argument was given with a value that only running will tell.
  package func isUncertain(_ name: String) -> Bool {
    guard isGiven(name), let value = self[name] else { return false }
    return value.exactNumber == nil && value.exactString == nil && value.exactBool == nil
      && value.exactNumbers == nil
  }

  /// Where `name` was written, else the whole call.
  package func place(of name: String) -> Span { span(of: name) ?? span }
}

extension BoundArguments where V == AbstractValue {
  /// A size for a shape: exact, or `unknown`, which no rule complains about.
  package func dimension(_ name: String) -> Dimension { int(name).map { Dimension($0) } ?? .unknown }

  /// The layer, whether built in this script or earlier in the session.
  package func layer(_ name: String) -> Layer? { self[name]?.asLayer }
  package func optimizer(_ name: String) -> Optimizer? { self[name]?.asOptimizer }

  /// What is known of the data set before rows are read.
  package func data(_ name: String) -> DataDescription? { self[name]?.asData }
}

extension AbstractValue {
  package var asLayer: Layer? {
    switch self {
    case .layer(let layer), .known(.layer(let layer)): layer
    default: nil
    }
  }

  package var asOptimizer: Optimizer? {
    switch self {
    case .optimizer(let optimizer), .known(.optimizer(let optimizer)): optimizer
    default: nil
    }
  }

  package var asData: DataDescription? {
    switch self {
    case .data(let description): description
    case .known(.data(let data)): data.description
    default: nil
    }
  }

  /// Elements of a list or tuple of known length.
  package var asElements: [AbstractValue]? {
    switch self {
    case .list(let elements), .tuple(let elements): elements
    case .known(let value): value.elements?.map { .known($0) }
    default: nil
    }
  }
}
