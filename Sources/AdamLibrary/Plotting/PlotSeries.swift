// The series of a plot from the values that a script has: lists, tensors, pairs (x, y), tables, runs.
import AdamIR
import AdamRuntime
import AdamSource

struct PlotSeries {
  let kind: Figure.Kind
  let span: Span
  private(set) var series: [Figure.Series] = []

  init(_ kind: Figure.Kind, at span: Span) {
    self.kind = kind
    self.span = span
  }

  mutating func add(_ value: Value, at span: Span) throws(Diagnostic) {
    switch value {
    case .record(let box) where box.kind == "run":
      try add(box["history"] ?? .none, at: span)
    case .record(let box) where box.kind == Table.kind: try addColumns(box, at: span)
    case .tuple(let pair) where pair.elements.count == 2 && pair.elements[0].isVector:
      let (x, y) = (try numbers(pair.elements[0], at: span), try numbers(pair.elements[1], at: span))
      guard x.count == y.count else {
        throw Diagnostic(.shapesDisagree, "the points have \(x.count) numbers for x and \(y.count) for y", at: span)
      }
      add("", zip(x, y).map { ($0, $1) })
    default: try addTensor(value, at: span)
    }
  }

  private mutating func add(_ name: String, _ points: [(Double?, Double?)]) {
    let known = points.compactMap { x, y -> Figure.Point? in
      guard let x, let y, x.isFinite, y.isFinite else { return nil }
      return Figure.Point(x: x, y: y)
    }
    series.append(Figure.Series(name: name, points: known))
  }

  /// Every column against the first one.
  private mutating func addColumns(_ box: RecordBox, at span: Span) throws(Diagnostic) {
    guard let first = box.fields.first else { return }
    let x = try numbers(first.value, at: span)
    for field in box.fields.dropFirst() {
      let y = try numbers(field.value, at: span)
      if y.contains(where: { $0 != nil }) { add(field.name, zip(x, y).map { ($0, $1) }) }
    }
  }

  /// A vector against its places; a matrix column by column, or its first two columns as points.
  private mutating func addTensor(_ value: Value, at span: Span) throws(Diagnostic) {
    if value.isVector { return add("", try numbers(value, at: span).enumerated().map { (Double($0), $1) }) }
    let tensor = try value.asTensor(at: span)
    guard tensor.sizes.count == 2, let rows = tensor.sizes.first, let columns = tensor.sizes.last, columns > 0 else {
      var diagnostic = Diagnostic(
        .wrongKind, "a plot shows vectors and matrices, found a tensor \(tensor.type.shape.text)", at: span)
      diagnostic.helps = [Help("choose rows, or reshape it")]
      throw diagnostic
    }
    let values = tensor.floats.map { Double($0) }
    if kind == .scatter, columns > 1 {
      return add("", (0..<rows).map { (values[$0 * columns], values[$0 * columns + 1]) })
    }
    for column in 0..<columns {
      add("", (0..<rows).map { (Double($0), values[$0 * columns + column]) })
    }
  }

  /// Numbers of a vector; `none` stays a gap.
  private func numbers(_ value: Value, at span: Span) throws(Diagnostic) -> [Double?] {
    guard let elements = value.elements, elements.contains(where: \.isNone) else {
      let tensor = try value.asTensor(at: span)
      if let elements = value.elements, elements.allSatisfy({ $0.exactNumber != nil }) {
        return elements.map(\.exactNumber)
      }
      return tensor.floats.map { Double($0) }
    }
    var result: [Double?] = []
    for element in elements {
      guard element.isNone || element.exactNumber != nil else {
        throw Diagnostic(.wrongKind, "a plot shows numbers, found \(element.foundText)", at: span)
      }
      result.append(element.exactNumber)
    }
    return result
  }
}

extension Value {
  /// A list of numbers (gaps allowed), a range or a tensor of one axis.
  fileprivate var isVector: Bool {
    switch self {
    case .tensor(let tensor): tensor.sizes.count == 1
    case .range: true
    case .list(let box): box.elements.allSatisfy { $0.isNone || $0.exactNumber != nil }
    default: false
    }
  }
}
