// polynomial_lr: torch's `lr_scheduler.PolynomialLR`.
import AdamFormulas
import AdamIR

extension ScheduleDefinition {
  /// base·(1 − min(i, n)/n)^power, n = total_iters.
  static let polynomialLr = ScheduleDefinition(
    name: "polynomial_lr", summary: "Falls to 0 over total_iters steps as a power of what is left.",
    signature: Signature([
      .baseRate, .steps("total_iters", "steps of the fall", default: .number(5), isKeywordOnly: true),
      .factor("power", "1 is a line", default: 1),
    ]),
    example: "opt = sgd(lr=polynomial_lr(0.1, total_iters=100, power=2))\n"
      + "print opt.lr  # prints: polynomial_lr(0.1, total_iters=100, power=2)",
    source: "torch.optim.lr_scheduler.PolynomialLR",
    formula: "lr = base·(1 - min(i, n)/n)^power, n = total_iters",
    length: { $0.steps("total_iters") },
    rate: { settings, position in
      let total = Double(max(settings.steps("total_iters") ?? 1, 1))
      let left = 1 - min(total, Double(position.step)) / total
      return settings.number("base") * HostMath.pow(left, settings.number("power"))
    })
}
