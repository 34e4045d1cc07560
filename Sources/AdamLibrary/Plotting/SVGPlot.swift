// A figure as an SVG of text: every number with two decimals, no fonts or scripts from elsewhere.
import AdamSource

struct SVGPlot {
  private let figure: Figure
  private let x: Axis
  private let y: Axis
  private let left: Double
  private static let width = 640.0
  private static let height = 400.0
  private static let colors = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"]

  init(_ figure: Figure) {
    self.figure = figure
    x = figure.x
    y = figure.y
    let axis = y
    left = 24 + 7 * Double(axis.ticks.map { axis.text($0).count }.max() ?? 1)
  }

  private var right: Double { Self.width - 16 }
  private var top: Double { figure.title.isEmpty ? 16 : 40 }
  private var bottom: Double { Self.height - (figure.hasLegend ? 56 : 32) }

  var text: String {
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"400\" viewBox=\"0 0 640 400\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"640\" height=\"400\" fill=\"white\"/>",
    ]
    if !figure.title.isEmpty {
      parts.append(label(figure.title, Self.width / 2, 24, "middle", extra: " font-size=\"15\""))
    }
    parts += grid
    for (index, series) in figure.series.enumerated() { parts += drawn(series, color(index)) }
    if figure.hasLegend { parts += legend }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func color(_ index: Int) -> String { Self.colors[index % Self.colors.count] }

  private func across(_ value: Double) -> Double { left + x.share(value) * (right - left) }
  private func down(_ value: Double) -> Double { bottom - y.share(value) * (bottom - top) }

  // MARK: Parts

  private var grid: [String] {
    var parts: [String] = []
    for tick in y.ticks {
      let place = down(tick)
      parts.append(line(left, place, right, place, "#dddddd"))
      parts.append(label(y.text(tick), left - 6, place + 4, "end"))
    }
    for tick in x.ticks {
      let place = across(tick)
      parts.append(line(place, bottom, place, bottom + 4, "#444444"))
      parts.append(label(x.text(tick), place, bottom + 18, "middle"))
    }
    parts.append(line(left, bottom, right, bottom, "#444444"))
    parts.append(line(left, top, left, bottom, "#444444"))
    return parts
  }

  private func drawn(_ series: Figure.Series, _ color: String) -> [String] {
    switch figure.kind {
    case .line:
      let places = series.points.map { "\(number(across($0.x))) \(number(down(figure.height($0.y))))" }
      guard let first = places.first else { return [] }
      let path = (["M" + first] + places.dropFirst().map { "L" + $0 }).joined(separator: " ")
      return ["<path d=\"\(path)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\"/>"]
    case .scatter:
      return series.points.map { point in
        "<circle cx=\"\(number(across(point.x)))\" cy=\"\(number(down(figure.height(point.y))))\" r=\"2.5\" "
          + "fill=\"\(color)\" fill-opacity=\"0.7\"/>"
      }
    case .hist:
      return series.points.map { point in
        let (start, end) = (across(point.x), across(point.x + figure.barWidth))
        return "<rect x=\"\(number(start + 1))\" y=\"\(number(down(point.y)))\" "
          + "width=\"\(number(max(end - start - 2, 1)))\" height=\"\(number(bottom - down(point.y)))\" "
          + "fill=\"\(color)\"/>"
      }
    }
  }

  private var legend: [String] {
    var place = left
    return figure.series.enumerated().flatMap { index, series in
      defer { place += 34 + 7 * Double(series.name.count) }
      return [
        "<rect x=\"\(number(place))\" y=\"\(number(Self.height - 22))\" width=\"12\" height=\"12\" "
          + "fill=\"\(color(index))\"/>",
        label(series.name, place + 18, Self.height - 12, "start"),
      ]
    }
  }

  // MARK: Text

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" stroke=\"\(color)\"/>"
  }

  private func label(_ text: String, _ x: Double, _ y: Double, _ anchor: String, extra: String = "") -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(extra)>\(Self.escaped(text))</text>"
  }

  private func number(_ x: Double) -> String {
    (try? Value.number(x).formatted(".2f", at: Span(SourceID(0), 0, 0))) ?? "0"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
