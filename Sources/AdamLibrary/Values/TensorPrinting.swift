// Tensors as text: small ones as nested lists, large ones by type, range, mean and corners.
import AdamIR
import AdamRuntime
import AdamSource

extension Tensor {
  /// Up to this many elements are printed.
  private static let printedElements = 1_000

  /// As `print` writes it; rank 0 as a number.
  var printedText: String {
    guard elementCount <= Self.printedElements else { return shownText }
    var next = 0
    return nested(axis: 0, &next)
  }

  private func nested(axis: Int, _ next: inout Int) -> String {
    guard axis < sizes.count else {
      defer { next += 1 }
      return elementText(next)
    }
    if elementCount == 0, sizes[axis] > 0, axis == sizes.count - 1 { return "[]" }
    var parts: [String] = []
    for _ in 0..<min(sizes[axis], Self.printedElements) { parts.append(nested(axis: axis + 1, &next)) }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  /// One element by its row-major index, in its own precision.
  func elementText(_ index: Int) -> String {
    guard let value = number(at: index) else { return "" }
    switch element {
    case .f32: return numberText(Float(value))
    case .i32: return numberText(value)
    case .bool: return value != 0 ? "true" : "false"
    }
  }

  /// `f32[512, 2]  min -1.02  max 0.98  mean 0.003`, then at most 6 × 6 corner elements.
  package var shownText: String { shownText(until: { false }) }

  /// - Parameter isCancelled: Asked now and then; the numbers of the first line stay away when it says so.
  func shownText(until isCancelled: () -> Bool) -> String {
    let head = type.text + summary(until: isCancelled)
    guard elementCount > 0, !sizes.isEmpty else { return head }
    return ([head] + corner).joined(separator: "\n")
  }

  private func summary(until isCancelled: () -> Bool) -> String {
    guard elementCount > 0, element != .bool else { return "" }
    var low = Double.infinity
    var high = -Double.infinity
    var sum = 0.0
    for index in 0..<elementCount {
      if index & 0xF_FFFF == 0xF_FFFF, isCancelled() { return "" }
      let value = number(at: index) ?? 0
      low = value < low || value.isNaN ? value : low
      high = value > high || value.isNaN ? value : high
      sum += value
    }
    let mean = sum / Double(elementCount)
    return "  min \(short(low))  max \(short(high))  mean \(short(mean))"
  }

  /// Three significant digits.
  private func short(_ x: Double) -> String {
    guard let spec = RenderingSpec(".3g") else { return numberText(x) }
    return (try? spec.render(number: x, isSingle: false, at: .nowhere)) ?? numberText(x)
  }

  /// Rows and columns of the last two axes, first and last three of each.
  private var corner: [String] {
    let columns = sizes[sizes.count - 1]
    let rows = elementCount / max(columns, 1)
    let shownColumns = Self.ends(columns)
    let cells = Self.ends(rows).map { row -> [String] in
      guard let row else { return ["…"] }
      return shownColumns.map { column in
        column.map { elementText(row * columns + $0) } ?? "…"
      }
    }
    let width = cells.joined().map(\.count).max() ?? 1
    return cells.map { row in
      row.map { String(repeating: " ", count: width - $0.count) + $0 }.joined(separator: "  ")
    }
  }

  /// The first and last three places of an axis; nil stands for what is left out.
  private static func ends(_ count: Int) -> [Int?] {
    if count <= 6 { return Array(0..<count) }
    return [0, 1, 2, nil, count - 3, count - 2, count - 1]
  }
}

extension Span {
  /// For text that cannot fail.
  fileprivate static let nowhere = Span(SourceID(0), 0, 0)
}
