// How one thread finds others for its work, and knows when they have finished with it.
import CProcessor
import Glibc
import Synchronization

/// Calls that are worked through together, and the number of the job they are.
struct Job {
  let calls: UnsafePointer<Instruction>
  let count: Int
  let number: UInt64
}

/// The current job and who has joined it.
///
/// The ticket holds the number of the job (all but 16 bits) and how many workers have joined it, or that it is
/// closed. A worker joins by compare-and-swap on the whole ticket, and the fields of the next job are written only
/// while the last one is closed: when the swap succeeds, what was read since the ticket was seen belongs to that job.
/// The caller closes a job when no piece is left to be taken, and goes on when all who joined have left: all
/// pieces are done then, and nobody looks at the calls any more.
final class JobBoard: Sendable {
  private let ticket = Atomic<UInt64>(JobBoard.closed)
  private let calls = Atomic<UInt>(0)
  private let count = Atomic<Int>(0)
  private let left = Atomic<UInt64>(0)
  private let sleepers = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let bed = Bed()

  private static let closed: UInt64 = 0xFFFF

  // MARK: The caller

  func publish(_ calls: UnsafePointer<Instruction>, _ count: Int) -> Job {
    let number = ticket.load(ordering: .relaxed) >> 16 &+ 1
    self.calls.store(UInt(bitPattern: calls), ordering: .relaxed)
    self.count.store(count, ordering: .relaxed)
    left.store(0, ordering: .relaxed)
    ticket.store(number << 16, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { bed.wake() }
    return Job(calls: calls, count: count, number: number)
  }

  /// Every piece has been taken: nobody else joins, and those who have finish what they took.
  func close(_ job: Job) {
    let last = ticket.exchange(job.number << 16 | Self.closed, ordering: .acquiringAndReleasing)
    var wait = Wait()
    while left.load(ordering: .acquiring) < last & 0xFFFF { wait.turn() }
  }

  func stop() {
    isStopped.store(true, ordering: .sequentiallyConsistent)
    bed.wake()
  }

  // MARK: A worker

  /// Waits for a job with a number other than `last`, which becomes its number, and joins it; nil: the end.
  func join(_ last: inout UInt64, spins: Bool) -> Job? {
    while true {
      guard let seen = next(after: last, spins: spins) else { return nil }
      if seen & 0xFFFF == Self.closed {
        last = seen >> 16
        continue
      }
      let (calls, count) = (calls.load(ordering: .relaxed), count.load(ordering: .relaxed))
      let (joined, _) = ticket.compareExchange(
        expected: seen, desired: seen &+ 1, ordering: .acquiringAndReleasing)
      guard joined, let pointer = UnsafePointer<Instruction>(bitPattern: calls) else { continue }
      last = seen >> 16
      return Job(calls: pointer, count: count, number: last)
    }
  }

  /// What the worker took is done.
  func leave() { left.add(1, ordering: .releasing) }

  private func next(after last: UInt64, spins: Bool) -> UInt64? {
    var turns = spins ? Self.spinTurns : 0
    while true {
      if isStopped.load(ordering: .acquiring) { return nil }
      let seen = ticket.load(ordering: .acquiring)
      if seen >> 16 != last { return seen }
      if turns > 0 {
        turns -= 1
        adam_processor_pause()
      } else {
        sleep(while: last)
      }
    }
  }

  /// About 50 µs: longer than the host needs between two jobs of a step.
  private static let spinTurns = 2_000

  private func sleep(while last: UInt64) {
    sleepers.add(1, ordering: .sequentiallyConsistent)
    bed.sleep {
      ticket.load(ordering: .sequentiallyConsistent) >> 16 == last
        && !isStopped.load(ordering: .sequentiallyConsistent)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
  }
}

/// Waiting for what another thread is about to do.
struct Wait {
  private var turns = 0

  mutating func turn() {
    turns &+= 1
    // Somebody else may have the core of the thread we wait for.
    if turns & 0x3FFF == 0 { sched_yield() } else { adam_processor_pause() }
  }
}

/// A mutex and a condition: where idle workers sleep. Memory of a fixed address, as POSIX wants.
private final class Bed: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func sleep(while condition: () -> Bool) {
    pthread_mutex_lock(mutex)
    while condition() { pthread_cond_wait(self.condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func wake() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
