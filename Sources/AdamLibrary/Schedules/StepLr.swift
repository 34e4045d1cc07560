// step_lr: torch's `lr_scheduler.StepLR`.
import AdamFormulas
import AdamIR

extension ScheduleDefinition {
  /// base·gamma^⌊i/step_size⌋.
  static let stepLr = ScheduleDefinition(
    name: "step_lr", summary: "base times gamma after every step_size steps.",
    signature: Signature([
      .baseRate, .steps("step_size", "steps between two drops"),
      .factor("gamma", "scales the rate at every drop", default: 0.1), .scheduleLength,
    ]),
    example: "opt = sgd(lr=step_lr(0.1, step_size=epochs(30), gamma=0.5))\n"
      + "print opt.lr  # prints: step_lr(0.1, step_size=epochs(30), gamma=0.5)",
    source: "torch.optim.lr_scheduler.StepLR",
    formula: "lr = base·gamma^floor(i / step_size)",
    rate: { settings, position in
      let drops = position.step / max(settings.steps("step_size") ?? 1, 1)
      return settings.number("base") * HostMath.power(settings.number("gamma"), drops)
    })
}
