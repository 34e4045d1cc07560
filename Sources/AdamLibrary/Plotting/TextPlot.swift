// A figure in characters: braille dots on a terminal, plain ASCII everywhere else. The same figure gives
// the same text on every machine.
import AdamFormulas

struct TextPlot {
  /// What the output can show.
  struct Canvas {
    var columns: Int
    var rows: Int
    var isTerminal: Bool
    var hasColor: Bool

    static let plain = Canvas(columns: 60, rows: 15, isTerminal: false, hasColor: false)
  }

  private let figure: Figure
  private let canvas: Canvas
  private let x: Axis
  private let y: Axis
  private let labelWidth: Int
  private let columns: Int
  private let rows: Int

  private static let plainMarks: [Character] = ["*", "o", "+", "x", "#", "@"]
  private static let terminalMarks: [Character] = ["●", "×", "○", "+", "■", "△"]
  private static let colors = [36, 33, 35, 32, 31, 34]

  init(_ figure: Figure, _ canvas: Canvas) {
    self.figure = figure
    self.canvas = canvas
    x = figure.x
    y = figure.y
    let axis = y
    labelWidth = axis.ticks.map { axis.text($0).count }.max() ?? 0
    columns = max(canvas.columns - labelWidth - 2, 10)
    // The frame, its labels, title and legend take their lines from the same height.
    rows = max(canvas.rows - 2 - (figure.title.isEmpty ? 0 : 1) - (figure.hasLegend ? 1 : 0), 4)
  }

  private var marks: [Character] { canvas.isTerminal ? Self.terminalMarks : Self.plainMarks }
  private var usesDots: Bool { canvas.isTerminal && figure.series.count == 1 && figure.kind != .hist }

  /// The lines, each ending in a newline; no line ends in a space.
  var text: String {
    let grid = usesDots ? dots() : cells()
    var lines: [String] = []
    if !figure.title.isEmpty { lines.append(pad(labelWidth + 2) + figure.title) }
    let labels = rowLabels
    for row in 0..<rows {
      let label = labels[row] ?? ""
      lines.append(pad(labelWidth - label.count) + label + " " + (canvas.isTerminal ? "│" : "|") + grid[row])
    }
    let rule = String(repeating: canvas.isTerminal ? "─" : "-", count: columns)
    lines.append(pad(labelWidth + 1) + (canvas.isTerminal ? "└" : "+") + rule)
    lines.append(pad(labelWidth + 2) + columnLabels)
    if figure.hasLegend { lines.append(pad(labelWidth + 2) + legend) }
    return lines.map { trimmed($0) + "\n" }.joined()
  }

  // MARK: Drawing

  private func column(_ value: Double, of count: Int) -> Int {
    place(x.share(value), of: count)
  }

  /// Counted from the top.
  private func row(_ value: Double, of count: Int) -> Int {
    count - 1 - place(y.share(figure.height(value)), of: count)
  }

  private func place(_ share: Double, of count: Int) -> Int {
    let place = (share * Double(count - 1)).rounded()
    return min(max(Int(exactly: place) ?? 0, 0), count - 1)
  }

  /// Places that a series covers on a grid of that size; a line is drawn through its points.
  private func places(_ series: Figure.Series, _ columns: Int, _ rows: Int) -> [(Int, Int)] {
    let corners = series.points.map { (column($0.x, of: columns), row($0.y, of: rows)) }
    guard figure.kind == .line else { return corners }
    var result: [(Int, Int)] = corners.first.map { [$0] } ?? []
    for (from, to) in zip(corners, corners.dropFirst()) {
      let count = max(abs(to.0 - from.0), abs(to.1 - from.1))
      for step in 1...max(count, 1) {
        let share = Double(step) / Double(max(count, 1))
        let x = (Double(from.0) + Double(to.0 - from.0) * share).rounded()
        let y = (Double(from.1) + Double(to.1 - from.1) * share).rounded()
        result.append((Int(exactly: x) ?? from.0, Int(exactly: y) ?? from.1))
      }
    }
    return result
  }

  /// One mark for each cell; where series meet the first stays on top.
  private func cells() -> [String] {
    var grid = Array(repeating: Array(repeating: -1, count: columns), count: rows)
    for (index, series) in figure.series.enumerated().reversed() {
      let filled = figure.kind == .hist ? bars(series) : places(series, columns, rows)
      for (column, row) in filled { grid[row][column] = index }
    }
    return grid.map { line in line.map { $0 < 0 ? " " : mark($0) }.joined() }
  }

  /// Bars of a histogram from their left edges, as high as their counts.
  private func bars(_ series: Figure.Series) -> [(Int, Int)] {
    series.points.flatMap { point -> [(Int, Int)] in
      guard point.y > 0 else { return [] }
      let first = column(point.x, of: columns)
      let last = max(first, column(point.x + figure.barWidth, of: columns) - 2)
      return (first...last).flatMap { column in (row(point.y, of: rows)..<rows).map { (column, $0) } }
    }
  }

  /// Braille: two by four dots in a cell.
  private func dots() -> [String] {
    let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    var grid = Array(repeating: Array(repeating: UInt32(0), count: columns), count: rows)
    for (column, row) in places(figure.series[0], columns * 2, rows * 4) {
      grid[row / 4][column / 2] |= bits[row % 4][column % 2]
    }
    return grid.map { line in
      painted(
        String(line.map { bits in bits == 0 ? " " : Unicode.Scalar(0x2800 + bits).map { Character($0) } ?? " " }), 0)
    }
  }

  private func mark(_ index: Int) -> String { painted(String(marks[index % marks.count]), index) }

  private func painted(_ text: String, _ index: Int) -> String {
    guard canvas.hasColor, text.contains(where: { $0 != " " }) else { return text }
    return "\u{1B}[\(Self.colors[index % Self.colors.count])m\(text)\u{1B}[0m"
  }

  // MARK: Labels

  private var rowLabels: [Int: String] {
    var labels: [Int: String] = [:]
    for tick in y.ticks.reversed() { labels[rows - 1 - place(y.share(tick), of: rows)] = y.text(tick) }
    return labels
  }

  /// Labels under their ticks, left out where they would touch.
  private var columnLabels: String {
    var line = ""
    for tick in x.ticks {
      let label = x.text(tick)
      let start = min(max(column(tick, of: columns) - label.count / 2, 0), columns - label.count)
      guard start >= 0, line.isEmpty || start > line.count else { continue }
      line += pad(start - line.count) + label
    }
    return line
  }

  private var legend: String {
    figure.series.enumerated().map { index, series in mark(index) + " " + series.name }.joined(separator: "   ")
  }

  private func pad(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
