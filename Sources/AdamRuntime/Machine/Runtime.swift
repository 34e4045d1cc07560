// The machine that plans run on: one table of kernels and one pool of threads.
import AdamKernelABI
import CProcessor

/// What a front end may force. Neither choice changes a bit of any result.
package struct RuntimeOptions: Hashable, Sendable {
  /// nil: the best level of this processor.
  package var isa: InstructionSet?
  /// 1 … 64; nil: one per usable core.
  package var threads: Int?
  /// For tests of the split: starts as many threads as asked for although there are fewer cores, and
  /// hands out every call unit by unit however small it is.
  package var splitsEverything = false
  package init(isa: InstructionSet? = nil, threads: Int? = nil) {
    self.isa = isa
    self.threads = threads
  }
  package static let threadRange = 1...64
}

/// Shared by all plans of a session; not thread-safe itself (one caller at a time).
package final class Runtime {
  package let isa: InstructionSet
  let kernels: KernelTable
  let pool: ThreadPool
  private let splitsEverything: Bool
  /// Whether what runs is to stop; asked in single operations, between steps of a training by those who
  /// run them.
  package var isCancelled: () -> Bool = { false }
  /// Where the times of the calls of training steps are noted; nil: nobody asks.
  package var callTimes: CallTimes?

  /// Throws when the options ask for what the processor does not have.
  package convenience init(_ options: RuntimeOptions = RuntimeOptions()) throws(RuntimeError) {
    try Runtime.check(options)
    self.init(checked: options)
  }

  /// Whether the machine can be made as the options say.
  package static func check(_ options: RuntimeOptions) throws(RuntimeError) {
    if let isa = options.isa, !isa.isSupported {
      throw .unsupportedLevel(isa, available: InstructionSet.detected)
    }
    if let wanted = options.threads, !RuntimeOptions.threadRange.contains(wanted) {
      throw .threadCount(wanted)
    }
  }

  /// For options that `check` has passed; what it would refuse is taken as not asked for.
  package init(checked options: RuntimeOptions) {
    let asked = options.isa ?? InstructionSet.detected
    isa = asked.isSupported ? asked : InstructionSet.detected
    kernels = isa.kernels
    splitsEverything = options.splitsEverything
    let cores = max(1, Int(adam_usable_cores()))
    let range = RuntimeOptions.threadRange
    let wanted = min(max(options.threads ?? cores, range.lowerBound), range.upperBound)
    // More threads than cores would only take turns, so they are not started.
    let count = options.splitsEverything ? wanted : min(wanted, cores)
    pool = ThreadPool(
      threads: count, spinners: min(count, cores) - 1, patience: splitsEverything ? 0 : Self.patience)
  }

  /// Whether threads are used only where they make steps faster.
  var isChoosy: Bool { threads > 1 && !splitsEverything }

  /// Threads that take part, the caller included.
  package var threads: Int { pool.threads }

  /// Estimated nanoseconds of calls worth sharing that the caller does by itself before the threads are started: about
  /// as long as a start takes.
  private static let patience = 500_000.0

  /// Below this many nanoseconds a call stays with one thread: moving lines between cores costs more.
  static let smallestSharedCost = 2_000.0

  /// In how many pieces threads share a call; 1: one thread computes all of it. Some pieces per thread even out a
  /// core that somebody else uses.
  func pieces(units: Int, cost: Double) -> Int {
    if threads == 1 || units <= 1 { return 1 }
    if splitsEverything { return min(units, threads * Claims.mostPieces) }
    guard cost >= Self.smallestSharedCost else { return 1 }
    let worthwhile = cost < 1_000_000 ? Int(exactly: (cost / 2_500).rounded()) ?? 2 : 400
    // As many for each thread, so that they end together.
    let even = worthwhile < threads ? worthwhile : worthwhile / threads * threads
    return min(units, threads * 32, max(2, even))
  }

  /// Nanoseconds between two looks whether to stop, and what a call must cost to be looked into.
  private static let pause = 2_000_000.0

  /// Units between two looks whether to stop; 0 for a call that is short enough.
  func pause(units: Int, cost: Double) -> Int {
    guard units > 1, cost > 2 * Self.pause else { return 0 }
    let share = Self.pause * Double(threads) / cost
    return max(threads, Int(exactly: (Double(units) * share).rounded(.up)) ?? units)
  }
}
