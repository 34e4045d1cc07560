// How long the calls of a training step take, for whoever makes them faster.
import Glibc

/// The shortest time of each call of the plan that ran last, beside reading the clock twice.
package final class CallTimes {
  package struct Call {
    /// The operation and the type of its result.
    package let label: String
    package let nanoseconds: Int
  }

  private var plan: Plan?
  private var times: [Int] = []
  private var start = 0

  package init() {}

  /// Of the plan that ran last, in the order of its calls.
  package var calls: [Call] {
    guard let plan else { return [] }
    return times.enumerated().map { Call(label: plan.label(ofCall: $0.offset), nanoseconds: $0.element) }
  }

  /// Forgets other plans.
  func watch(_ plan: Plan) {
    if self.plan === plan { return }
    self.plan = plan
    times = [Int](repeating: .max, count: plan.callCount)
  }

  func begins() { start = CallTimes.now() }

  func ends(_ call: Int) { times[call] = min(times[call], CallTimes.now() - start) }

  /// Nanoseconds of a clock that only goes on.
  static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
