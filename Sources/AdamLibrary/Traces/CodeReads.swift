// What is known of a function's code by looking at it, and how often keeping a trace of it paid.

/// One function of a program with the functions written in it.
package final class CodeReads {
  /// Slots of the top-level names that it may read.
  package let slots: [Int]
  /// It may change something that outlives its call, or do something that shows.
  package let hasEffects: Bool
  /// A trace of it depended on numbers, drew or said something: none is kept any more.
  var isRefused = false
  /// Calls since one was answered without tracing.
  private var misses = 0

  package init(slots: [Int], hasEffects: Bool) {
    self.slots = slots
    self.hasEffects = hasEffects
  }

  /// So many calls in a row that each differed from what was kept make it unlikely that the next does
  /// not; from then on only one in `patience²` is kept.
  private static let patience = 8

  /// Whether the trace of this call is worth keeping.
  func noteMiss() -> Bool {
    misses += 1
    return misses <= Self.patience || misses % (Self.patience * Self.patience) == 0
  }

  func noteHit() { misses = 0 }
}
