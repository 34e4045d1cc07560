// warmup: a straight rise to the rate of the part behind it.
import AdamIR

extension ScheduleDefinition {
  /// Step i of n (from 1) has start + (next − start)·i/n: the first step already moves, and step n has
  /// the rate with which the next part begins.
  static let warmup = ScheduleDefinition(
    name: "warmup", summary: "Rises in a line to the first rate of the next part.",
    signature: Signature([
      .steps("n", "steps of the rise"), .rate("start", "the rate it rises from", default: 0),
    ]),
    example: "opt = adam(lr=warmup(100) then 1e-3)\nprint opt.lr  # prints: warmup(100) then 0.001",
    formula: "lr = start + (next - start)·i/n at step i = 1, …, n",
    length: { $0.steps("n") },
    rate: { settings, position in
      let start = settings.number("start")
      return start + (settings.next - start) * Double(min(position.step + 1, position.length)) / Double(position.length)
    },
    needsNext: true)
}
