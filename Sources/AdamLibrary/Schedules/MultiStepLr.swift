// multi_step_lr: torch's `lr_scheduler.MultiStepLR`.
import AdamFormulas
import AdamIR

extension ScheduleDefinition {
  /// base·gamma^(milestones passed); a milestone written twice counts twice.
  static let multiStepLr = ScheduleDefinition(
    name: "multi_step_lr", summary: "base times gamma at every milestone that is passed.",
    signature: Signature([
      .baseRate, ParameterDefinition("milestones", .list, "numbers of steps, or epochs(n)"),
      .factor("gamma", "scales the rate at a milestone", default: 0.1), .scheduleLength,
    ]),
    example: "opt = sgd(lr=multi_step_lr(0.1, [100, 200]))\n"
      + "print opt.lr  # prints: multi_step_lr(0.1, milestones=[100, 200])",
    source: "torch.optim.lr_scheduler.MultiStepLR",
    formula: "lr = base·gamma^(milestones ≤ i)",
    rate: { settings, position in
      let passed = settings.stepList("milestones").count { $0 <= position.step }
      return settings.number("base") * HostMath.power(settings.number("gamma"), passed)
    },
    mistake: { settings in
      let milestones = settings.given.first { $0.name == "milestones" }?.value.elements ?? []
      let isRight = milestones.allSatisfy { milestone in
        milestone.epochCount != nil || milestone.exactNumber.map { $0.isWholeNumber && $0 >= 0 } ?? false
      }
      return isRight ? nil : "`milestones` are whole numbers of steps, or `epochs(n)`"
    })
}
