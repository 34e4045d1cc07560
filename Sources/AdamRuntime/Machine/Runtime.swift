// The machine that plans run on: one table of kernels and one pool of threads.
import AdamKernelABI
import CProcessor

/// What a front end may force. Neither choice changes a bit of any result.
package struct RuntimeOptions: Hashable, Sendable {
  /// nil: the best level of this processor.
  package var isa: InstructionSet?
  /// 1 … 64; nil: one per usable core.
  package var threads: Int?
  /// Starts as many threads as asked for although there are fewer cores: for tests of the split.
  package var ignoresCoreCount = false
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

  package init(_ options: RuntimeOptions = RuntimeOptions()) throws(RuntimeError) {
    let isa = options.isa ?? InstructionSet.detected
    guard isa.isSupported else {
      throw .unsupportedLevel(isa, available: InstructionSet.detected)
    }
    let cores = Int(adam_usable_cores())
    let wanted = options.threads ?? min(cores, RuntimeOptions.threadRange.upperBound)
    guard RuntimeOptions.threadRange.contains(wanted) else { throw .threadCount(wanted) }
    self.isa = isa
    self.kernels = isa.kernels
    // More threads than cores would only take turns, so they are not started.
    let count = options.ignoresCoreCount ? wanted : min(wanted, cores)
    self.pool = ThreadPool(threads: count, spinners: min(count, cores) - 1)
  }

  /// Threads that take part, the caller included.
  package var threads: Int { pool.threads }
}
