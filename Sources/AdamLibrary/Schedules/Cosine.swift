// cosine: half a wave from peak to end, torch's `lr_scheduler.CosineAnnealingLR`.
import AdamFormulas
import AdamIR

extension ScheduleDefinition {
  /// end + (peak − end)·(1 + cos(π·i/n))/2 over the n steps that are left of the training, or `steps`.
  /// Deviation: torch's swings back behind T_max, this one stays at `end`.
  static let cosine = ScheduleDefinition(
    name: "cosine", summary: "Falls from peak to end along half a cosine wave.",
    signature: Signature([
      .rate("peak", "the first rate"), .rate("end", "the last rate", default: 0), .scheduleLength,
    ]),
    example: "opt = adamw(lr=cosine(peak=3e-3, end=1e-5))\nprint opt.lr  # prints: cosine(peak=0.003, end=1e-5)",
    source: "torch.optim.lr_scheduler.CosineAnnealingLR",
    formula: "lr = end + (peak - end)·(1 + cos(π·i/n))/2",
    deviation: "stays at `end` behind its last step, where torch swings back",
    rate: { settings, position in
      let (peak, end) = (settings.number("peak"), settings.number("end"))
      let part = Double(min(position.step, position.length)) / Double(max(position.length, 1))
      return end + (peak - end) * (1 + HostMath.cos(Double.pi * part)) / 2
    },
    usesLength: true)

  /// torch's `lr_scheduler.CosineAnnealingWarmRestarts`: waves of t_0, t_0·t_mult, … steps.
  static let cosineRestarts = ScheduleDefinition(
    name: "cosine_restarts", summary: "Half cosine waves that start again, each t_mult times as long.",
    signature: Signature([
      .rate("peak", "the first rate of a wave"), .steps("t_0", "steps of the first wave"),
      ParameterDefinition(
        "t_mult", .integer, "how much longer each wave is", range: NumberRange(from: 1, to: 1e6),
        default: .number(1), isKeywordOnly: true),
      .rate("end", "the last rate of a wave", default: 0), .scheduleLength,
    ]),
    example: "opt = sgd(lr=cosine_restarts(0.1, 50, t_mult=2))\n"
      + "print opt.lr  # prints: cosine_restarts(peak=0.1, t_0=50, t_mult=2)",
    source: "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
    formula: "lr = end + (peak - end)·(1 + cos(π·i/t))/2 in a wave of t steps",
    rate: { settings, position in
      let (peak, end) = (settings.number("peak"), settings.number("end"))
      var length = Double(max(settings.steps("t_0") ?? 1, 1))
      var step = Double(position.step)
      let growth = settings.number("t_mult")
      if growth <= 1 { step -= (step / length).rounded(.down) * length }
      while growth > 1, step >= length {
        step -= length
        length *= growth
      }
      return end + (peak - end) * (1 + HostMath.cos(Double.pi * step / length)) / 2
    })
}
