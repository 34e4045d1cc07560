// constant_lr: torch's `lr_scheduler.ConstantLR`.
import AdamIR

extension ScheduleDefinition {
  /// base·factor for total_iters steps, then base.
  static let constantLr = ScheduleDefinition(
    name: "constant_lr", summary: "base·factor for total_iters steps, then base.",
    signature: Signature([
      .baseRate, .factor("factor", "scales the base", range: NumberRange(from: 0, to: 1), default: 1.0 / 3),
      .steps("total_iters", "steps that are scaled", default: .number(5), isKeywordOnly: true),
    ]),
    example: "opt = sgd(lr=constant_lr(0.1, factor=0.5, total_iters=10))\n"
      + "print opt.lr  # prints: constant_lr(0.1, factor=0.5, total_iters=10)",
    source: "torch.optim.lr_scheduler.ConstantLR",
    formula: "lr = base·factor for i < total_iters, then base",
    length: { $0.steps("total_iters") },
    rate: { settings, position in
      let isScaled = position.step < settings.steps("total_iters") ?? 0
      return settings.number("base") * (isScaled ? settings.number("factor") : 1)
    })
}
