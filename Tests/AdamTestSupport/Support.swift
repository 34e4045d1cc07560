// Shared test support.
import Foundation

/// Seconds of processor time that `body` takes on this thread: what else runs on the machine does not count,
/// so that a test may hold a bound on the work that something is.
public func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
  let start = threadSeconds()
  try body()
  return threadSeconds() - start
}

private func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
