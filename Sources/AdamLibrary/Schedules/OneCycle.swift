// one_cycle: up to the largest rate and down far below the first one, momentum the other way (Smith and
// Topin 2017), torch's `lr_scheduler.OneCycleLR`.
import AdamFormulas
import AdamIR

extension ScheduleDefinition {
  /// Over the training's length, or `steps`. `momentum` of sgd, or the first of `betas`, falls while the
  /// rate rises; `cycle_momentum=false` leaves it alone.
  static let oneCycle = ScheduleDefinition(
    name: "one_cycle", summary: "Up to `max` and down again, momentum the other way.",
    signature: Signature([
      .rate("max", "the largest rate"), .scheduleLength,
      .factor("pct_start", "share of the steps that rise", range: NumberRange(from: 0, to: 1), default: 0.3),
      ParameterDefinition(
        "anneal", .string, "the shape of the slopes: `cos` or `linear`", default: .string("cos"),
        isKeywordOnly: true),
      ParameterDefinition(
        "cycle_momentum", .bool, "moves momentum against the rate", default: .bool(true), isKeywordOnly: true),
      .factor("base_momentum", "momentum at the largest rate", range: .belowOne, default: 0.85),
      .factor("max_momentum", "momentum at the ends", range: .belowOne, default: 0.95),
      .factor("div_factor", "max / first rate", range: .positive, default: 25),
      .factor("final_div_factor", "first rate / last rate", range: .positive, default: 1e4),
      ParameterDefinition(
        "three_phase", .bool, "falls to the first rate as it rose, then to the last", default: .bool(false),
        isKeywordOnly: true),
    ]),
    example: "opt = adam(lr=one_cycle(max=3e-3))\nprint opt.lr  # prints: one_cycle(max=0.003)",
    source: "Smith and Topin 2017, Super-Convergence; torch.optim.lr_scheduler.OneCycleLR",
    formula: "up from max/div_factor, down to max/(div_factor·final_div_factor)",
    rate: { settings, position in
      let top = settings.number("max")
      let first = top / settings.number("div_factor")
      let last = first / settings.number("final_div_factor")
      let levels = settings.flag("three_phase") ? [first, top, first, last] : [first, top, last]
      return OneCycle.value(settings, position, levels)
    },
    momentum: { settings, position in
      guard settings.flag("cycle_momentum") else { return nil }
      let (low, high) = (settings.number("base_momentum"), settings.number("max_momentum"))
      let levels = settings.flag("three_phase") ? [high, low, high, high] : [high, low, high]
      return OneCycle.value(settings, position, levels)
    },
    mistake: { settings in
      ["cos", "linear"].contains(settings.text("anneal")) ? nil : "`anneal` is \"cos\" or \"linear\""
    },
    usesLength: true, isOver: true)
}

private enum OneCycle {
  /// Slopes between the levels; each ends at its own step, as torch counts them.
  static func value(_ settings: ScheduleSettings, _ position: SchedulePosition, _ levels: [Double]) -> Double {
    let (total, part) = (Double(position.length), settings.number("pct_start"))
    let ends =
      settings.flag("three_phase") ? [part * total - 1, 2 * part * total - 2, total - 1] : [part * total - 1, total - 1]
    let step = min(Double(position.step), total - 1)
    var start = 0.0
    for (index, end) in ends.enumerated() {
      if step <= end || index == ends.count - 1 {
        let share = end > start ? (step - start) / (end - start) : 1
        return slope(settings, from: levels[index], to: levels[index + 1], share)
      }
      start = end
    }
    return levels[0]
  }

  private static func slope(_ settings: ScheduleSettings, from: Double, to: Double, _ share: Double) -> Double {
    if settings.text("anneal") == "linear" { return (to - from) * share + from }
    return to + (from - to) / 2 * (1 + HostMath.cos(Double.pi * share))
  }
}

extension NumberRange {
  static let positive = NumberRange(from: 0, includingLower: false)
  static let belowOne = NumberRange(from: 0, to: 1, includingUpper: false)
}
