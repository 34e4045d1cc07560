// `v[…]`: elements and slices of lists, tuples, strings, ranges and tensors. Negative indices count
// from the end; the ends of slices are clamped as in Python, single indices are not.
import AdamIR
import AdamRuntime
import AdamSource

/// One item of an index, evaluated.
package enum IndexValue {
  case value(Value)
  case all
  case from(Value)
  case upTo(Value, isClosed: Bool)
}

/// What an item selects of one axis.
enum AxisSelection {
  /// The axis goes away.
  case one(Int)
  case many([Int])

  var indices: [Int] {
    switch self {
    case .one(let index): [index]
    case .many(let indices): indices
    }
  }
}

extension IndexValue {
  /// `:`, the axis as it is.
  var isWhole: Bool { if case .all = self { true } else { false } }

  /// A list or tensor of places.
  var isGather: Bool {
    guard case .value(let value) = self else { return false }
    switch value {
    case .list, .tuple: return true
    case .tensor(let tensor): return !tensor.sizes.isEmpty
    default: return false
    }
  }

  /// The name of a field.
  var isName: Bool { if case .value(.string) = self { true } else { false } }

  /// Which of `count` places along an axis; `what` names the collection in errors.
  func selection(count: Int, of what: String, at span: Span) throws(Diagnostic) -> AxisSelection {
    switch self {
    case .value(let value):
      if let slice = try slice(count: count, at: span) { return .many(Array(slice)) }
      if let x = value.exactNumber { return .one(try Self.place(x, count, what, span)) }
      return .many(try Self.gathered(value, count, what, span))
    default: return .many(try slice(count: count, at: span).map { Array($0) } ?? [])
    }
  }

  /// The places of a slice of `count` places; nil for everything that is none.
  func slice(count: Int, at span: Span) throws(Diagnostic) -> Range<Int>? {
    switch self {
    case .all: return 0..<count
    case .from(let lower): return Self.slice(try Self.end(lower, count, span), count, count)
    case .upTo(let upper, let isClosed):
      let end = try Self.end(upper, count, span)
      return Self.slice(0, isClosed ? Self.behind(end) : end, count)
    case .value(.range(let range)):
      let lower = try Self.end(.number(range.lower), count, span)
      let upper = try Self.end(.number(range.upper), count, span)
      return Self.slice(lower, range.isClosed ? Self.behind(upper) : upper, count)
    case .value: return nil
    }
  }

  /// A single index within −count … count − 1.
  static func place(
    _ x: Double, _ count: Int, _ what: String, _ span: Span
  ) throws(Diagnostic) -> Int {
    guard x == x.rounded() else { throw ValueError.badIndex(messageText(x), at: span) }
    guard let index = Int(exactly: x), index >= -count, index < count else {
      throw ValueError.indexOutside(x, count: count, of: what, at: span)
    }
    return index < 0 ? index + count : index
  }

  /// An end of a slice as a place 0 … count, not yet clamped above.
  private static func end(_ value: Value, _ count: Int, _ span: Span) throws(Diagnostic) -> Int {
    guard let x = value.exactNumber, x == x.rounded(), x.isFinite else {
      throw ValueError.badIndex(value.foundText, at: span)
    }
    let bounded = Int(exactly: min(max(x, -9e15), 9e15)) ?? 0
    return bounded < 0 ? bounded + count : bounded
  }

  private static func behind(_ end: Int) -> Int { end + 1 }

  private static func slice(_ lower: Int, _ upper: Int, _ count: Int) -> Range<Int> {
    let start = min(max(lower, 0), count)
    return start..<max(start, min(upper, count))
  }

  private static func gathered(
    _ value: Value, _ count: Int, _ what: String, _ span: Span
  ) throws(Diagnostic) -> [Int] {
    var numbers: [Double] = []
    switch value {
    case .tensor(let tensor) where tensor.sizes.count == 1 && tensor.element != .bool:
      numbers = tensor.floats.map { Double($0) }
      if tensor.element == .i32 { numbers = tensor.integers.map { Double($0) } }
    case .list(let box):
      for element in box.elements {
        guard let x = element.exactNumber else { throw ValueError.badIndex(element.foundText, at: span) }
        numbers.append(x)
      }
    case .tensor(let tensor) where tensor.element == .bool: throw ValueError.mask(at: span)
    default: throw ValueError.badIndex(value.foundText, at: span)
    }
    var places: [Int] = []
    for x in numbers { places.append(try place(x, count, what, span)) }
    return places
  }
}

extension Value {
  /// `self[items]`.
  package func indexed(_ items: [IndexValue], at span: Span) throws(Diagnostic) -> Value {
    if case .tensor(let tensor) = self { return try tensor.indexed(items, at: span) }
    if case .traced(let traced) = self { return .traced(try traced.indexed(items, at: span)) }
    guard items.count == 1, let item = items.first else {
      guard case .list(let box) = self, let first = items.first else {
        throw ValueError.badIndex("\(items.count) of them", at: span)
      }
      let row = try Value.list(box).indexed([first], at: span)
      return try row.indexed(Array(items.dropFirst()), at: span)
    }
    switch self {
    case .list(let box):
      return try Self.pick(box.elements, item, "a list of \(box.elements.count)", span) {
        .list(ListBox($0))
      }
    case .tuple(let box):
      return try Self.pick(box.elements, item, "a tuple of \(box.elements.count)", span) {
        .tuple(TupleBox($0))
      }
    case .string(let box):
      let characters = Array(box.text)
      let what = "a string of \(characters.count)"
      let places = try item.selection(count: characters.count, of: what, at: span).indices
      return .string(StringBox(String(places.map { characters[$0] })))
    case .range(let box): return try box.indexed(item, at: span)
    case .record(let box) where box.kind == Table.kind && !item.isName:
      let count = Table.rowCount(box)
      let rows = try item.selection(count: count, of: "a table of \(counted(count, "row"))", at: span)
      guard case .many(let places) = rows else { return Table.row(box, rows.indices.first ?? 0) }
      return .list(ListBox(places.map { Table.row(box, $0) }))
    case .record(let box):
      guard case .value(.string(let name)) = item else { throw ValueError.noElements(foundText, at: span) }
      return try Value.record(box).field(name.text, at: span)
    case .layer(let layer): return .layer(try layer.indexed(item, at: span))
    default: throw ValueError.noElements(foundText, at: span)
    }
  }

  private static func pick(
    _ elements: [Value], _ item: IndexValue, _ what: String, _ span: Span,
    _ make: ([Value]) -> Value
  ) throws(Diagnostic) -> Value {
    // The common case without an array of places.
    if case .value(.number(let x)) = item {
      return elements[try IndexValue.place(x, elements.count, what, span)]
    }
    switch try item.selection(count: elements.count, of: what, at: span) {
    case .one(let index): return elements[index]
    case .many(let indices): return make(indices.map { elements[$0] })
    }
  }
}

extension Layer {
  /// One layer, or several as a `seq` that shares them.
  package func indexed(_ item: IndexValue, at span: Span) throws(Diagnostic) -> Layer {
    let count = placeCount
    guard count > 0 else { throw ValueError.noElements("a layer", at: span) }
    switch try item.selection(count: count, of: Self.modelText(count), at: span) {
    case .one(let index): return try layer(at: index, span)
    case .many(let indices): return try part(indices, at: span)
    }
  }

  static func modelText(_ count: Int) -> String { "a model of \(count) layer\(count == 1 ? "" : "s")" }

  private func part(_ indices: [Int], at span: Span) throws(Diagnostic) -> Layer {
    guard definition.isSequence else {
      throw ValueError.conversion("only layers of a `seq` can be taken together", at: span)
    }
    guard !indices.isEmpty else { throw ValueError.conversion("this takes no layer of the model", at: span) }
    var settings = settings
    settings.variadic = []
    let layers = indices.enumerated().map { Child(String($0.offset), children[$0.element].layer) }
    return Layer(definition: definition, settings: settings, parameters: [], children: layers, span: span)
  }
}

extension RangeBox {
  fileprivate func indexed(_ item: IndexValue, at span: Span) throws(Diagnostic) -> Value {
    guard let count = Int(exactly: min(count, 9e15)) else { return .none }
    let what = "a range of \(count)"
    if case .value(.number(let x)) = item {
      return .number(lower + Double(try IndexValue.place(x, count, what, span)))
    }
    let numbers = try numbers(at: span)
    switch try item.selection(count: count, of: what, at: span) {
    case .one(let index): return .number(numbers[index])
    case .many(let indices): return .list(ListBox(indices.map { .number(numbers[$0]) }))
    }
  }
}
