// What a plot shows, before anything is drawn: series of points and the ranges they span.
import AdamFormulas
import AdamIR
import AdamSource

struct Figure {
  enum Kind: String, CaseIterable { case line, scatter, hist }

  struct Point: Hashable {
    var x: Double
    var y: Double
  }

  struct Series {
    /// Empty where nothing tells series apart.
    var name: String
    var points: [Point]
  }

  var series: [Series]
  var kind: Kind
  /// The y axis counts powers of ten.
  var isLogarithmic = false
  var title = ""
  /// Width of a bar; 0 for other kinds.
  var barWidth = 0.0

  var x: Axis { Axis(series.flatMap { $0.points.map(\.x) }, padded: kind == .scatter, extra: barWidth) }
  var y: Axis {
    let values = series.flatMap { $0.points.map(\.y) }
    if isLogarithmic { return Axis(values.map { HostMath.log10($0) }, padded: false, isLogarithmic: true) }
    return Axis(kind == .hist ? values + [0] : values, padded: kind == .scatter)
  }

  /// Where a value stands on the y axis.
  func height(_ y: Double) -> Double { isLogarithmic ? HostMath.log10(y) : y }

  var hasLegend: Bool { series.contains { !$0.name.isEmpty } }
}

/// A range with round ticks.
struct Axis {
  let lower: Double
  let upper: Double
  let step: Double
  let isLogarithmic: Bool

  /// - Parameters:
  ///   - padded: leaves a little room at both ends.
  ///   - extra: added above, for the width of a last bar.
  init(_ values: [Double], padded: Bool, extra: Double = 0, isLogarithmic: Bool = false) {
    self.isLogarithmic = isLogarithmic
    var least = values.min() ?? 0
    var most = (values.max() ?? 1) + extra
    if most <= least {
      let room = least == 0 ? 1 : abs(least) * 0.5
      (least, most) = (least - room, most + room)
    }
    let room = padded ? (most - least) * 0.04 : 0
    (lower, upper) = (least - room, most + room)
    step = Self.roundStep(upper - lower, isLogarithmic)
  }

  /// 1, 2 or 5 times a power of ten, for four to eight ticks.
  private static func roundStep(_ width: Double, _ isLogarithmic: Bool) -> Double {
    let raw = width / 5
    let power = HostMath.pow(10, HostMath.log10(raw).rounded(.down))
    guard power > 0, power.isFinite else { return raw }
    let factor = [1.0, 2, 5, 10].first { $0 * power >= raw * 0.999 } ?? 10
    return isLogarithmic ? max(1, (factor * power).rounded()) : factor * power
  }

  /// Round values within the range.
  var ticks: [Double] {
    let first = (lower / step - 1e-9).rounded(.up)
    let last = (upper / step + 1e-9).rounded(.down)
    guard let from = Int(exactly: first), let to = Int(exactly: last), from <= to, to - from < 100 else { return [] }
    return (from...to).map { Double($0) * step }
  }

  /// 0 … 1 from end to end.
  func share(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  /// The value at a tick with the digits that tell it from its neighbours.
  func text(_ value: Double) -> String {
    let span = Span(SourceID(0), 0, 0)
    if isLogarithmic {
      let shown = Value.number(HostMath.pow(10, value))
      let isRound = value == value.rounded()
      return (try? shown.formatted(isRound ? ".0e" : ".1e", at: span)) ?? ""
    }
    let digits = max(0, Int(exactly: (-HostMath.log10(step) - 1e-9).rounded(.up)) ?? 0)
    let largest = max(abs(lower), abs(upper))
    let format = digits > 6 || largest >= 1e7 ? ".3g" : ".\(digits)f"
    return (try? Value.number(value == 0 ? 0 : value).formatted(format, at: span)) ?? ""
  }
}
