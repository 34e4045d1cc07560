// exponential_lr: torch's `lr_scheduler.ExponentialLR`.
import AdamFormulas
import AdamIR

extension ScheduleDefinition {
  /// base·gamma^i.
  static let exponentialLr = ScheduleDefinition(
    name: "exponential_lr", summary: "base times gamma at every step.",
    signature: Signature([
      .baseRate,
      ParameterDefinition("gamma", .number, "scales the rate at every step", range: NumberRange(from: 0)),
      .scheduleLength,
    ]),
    example: "opt = sgd(lr=exponential_lr(0.1, gamma=0.99))\nprint opt.lr  # prints: exponential_lr(0.1, gamma=0.99)",
    source: "torch.optim.lr_scheduler.ExponentialLR",
    formula: "lr = base·gamma^i",
    rate: { settings, position in
      settings.number("base") * HostMath.power(settings.number("gamma"), position.step)
    })
}
