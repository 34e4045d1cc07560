// linear_lr: torch's `lr_scheduler.LinearLR`.
import AdamIR

extension ScheduleDefinition {
  /// base·(start_factor + (end_factor − start_factor)·min(i, n)/n), n = total_iters.
  static let linearLr = ScheduleDefinition(
    name: "linear_lr", summary: "A line from base·start_factor to base·end_factor over total_iters steps.",
    signature: Signature([
      .baseRate,
      .factor("start_factor", "scales the base at first", range: .aboveZeroToOne, default: 1.0 / 3),
      .factor("end_factor", "scales the base at last", range: NumberRange(from: 0, to: 1), default: 1),
      .steps("total_iters", "steps of the line", default: .number(5), isKeywordOnly: true),
    ]),
    example: "opt = sgd(lr=linear_lr(0.1, total_iters=epochs(2)))\n"
      + "print opt.lr  # prints: linear_lr(0.1, total_iters=epochs(2))",
    source: "torch.optim.lr_scheduler.LinearLR",
    formula: "lr = base·(start + (end - start)·min(i, n)/n), n = total_iters",
    length: { $0.steps("total_iters") },
    rate: { settings, position in
      let (from, to) = (settings.number("start_factor"), settings.number("end_factor"))
      let total = Double(max(settings.steps("total_iters") ?? 1, 1))
      return settings.number("base") * (from + (to - from) * min(total, Double(position.step)) / total)
    })
}

extension NumberRange {
  /// 0 < x ≤ 1: a factor that leaves something.
  static let aboveZeroToOne = NumberRange(from: 0, includingLower: false, to: 1)
}
