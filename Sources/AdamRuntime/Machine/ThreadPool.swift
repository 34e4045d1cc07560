// Threads that share the units of one kernel call. Only outputs are split, so neither the number of
// threads nor who computes what can change a bit.
import AdamKernelABI
import CFloatState
import CProcessor
import Glibc
import Synchronization

/// The caller is one of the threads. One job at a time; `run` returns when all units are done. The others
/// are started for the first large job, or after many small ones: to start a thread takes longer than a small
/// job, and most small trainings are over before it has paid.
final class ThreadPool {
  /// The caller included. A system that has no more threads to give is no error: fewer do the work.
  let threads: Int
  /// The caller's room for kernels; workers have their own.
  let scratch: UnsafeMutableRawPointer
  private let spinners: Int
  private let board = JobBoard()
  private var workers: [pthread_t] = []
  private(set) var isStarted = false
  /// The caller does everything itself for now.
  var isAlone = false
  /// Small jobs that the caller still does alone before the others are started.
  private var patience: Int

  /// - Parameters:
  ///   - spinners: workers that may wait by spinning; the rest sleep at once. Never more than there are cores
  ///     to spin on.
  ///   - patience: small jobs that the caller does alone before the others are started.
  init(threads: Int, spinners: Int, patience: Int = 0) {
    self.patience = patience
    scratch = .allocate(byteCount: KernelArguments.scratchBytes, alignment: 64)
    self.threads = max(1, threads)
    self.spinners = spinners
  }

  @inline(never)
  private func start() {
    isStarted = true
    for index in 1..<threads {
      guard let worker = Worker.start(board, index % 2 == 0 ? .front : .back, spins: index <= spinners) else { break }
      workers.append(worker)
    }
  }

  deinit {
    board.stop()
    for worker in workers { pthread_join(worker, nil) }
    scratch.deallocate()
  }

  /// Computes the units `begin ..< end` in pieces of `grain`. Allocates nothing. The arguments hold
  /// the caller's scratch; a worker puts its own into a copy.
  /// - Parameter isLarge: threads are started for it at once.
  func run(
    _ kernel: Kernel, _ arguments: UnsafeRawPointer, from begin: Int = 0, to end: Int, grain: Int,
    isLarge: Bool = true
  ) {
    if isAlone { return kernel(arguments, begin, end) }
    if !isStarted {
      if patience > 0, !isLarge {
        patience &-= 1
        return kernel(arguments, begin, end)
      }
      start()
    }
    let grain = max(grain, (end &- begin) / JobBoard.mostPieces &+ 1)
    board.publish(kernel, arguments, from: begin, to: end, grain: grain)
    board.help(board.generation, from: .front, scratch: nil)
    board.waitUntilDone()
  }
}

/// Where a thread begins. Half of them take the pieces from the first on, half from the last on: rows that
/// one kernel has left in a core's cache are mostly that core's in the next kernel too.
private enum End {
  case front, back
}

/// The current job and who has taken which piece of it.
///
/// The ticket holds the generation of the job (high half) and how many pieces are taken from the front and
/// from the back (a quarter each). A piece is taken by compare-and-swap on the whole ticket. The fields of the
/// next job are written only while the ticket is closed under its new generation, so when the swap succeeds, what
/// was read since the ticket was seen belongs to one job. Without the closing, a worker that is late for a finished
/// job could see fields of the next one under the old ticket and compute a piece of it twice.
private final class JobBoard: Sendable {
  private let ticket = Atomic<UInt64>(0)
  private let kernel = Atomic<UInt>(0)
  private let arguments = Atomic<UInt>(0)
  private let first = Atomic<Int>(0)
  /// Behind `first`.
  private let units = Atomic<Int>(0)
  private let grain = Atomic<Int>(1)
  private let done = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let bed = Bed()

  var generation: UInt64 { ticket.load(ordering: .acquiring) >> 32 }

  /// The low half of a ticket whose job is being written.
  private static let closed: UInt64 = 0xFFFF_FFFF
  /// Fewer than a quarter of the ticket counts to.
  static let mostPieces = 0xFFFE

  func publish(_ kernel: Kernel, _ arguments: UnsafeRawPointer, from begin: Int, to end: Int, grain: Int) {
    let next = (generation &+ 1) & 0xFFFF_FFFF
    // An exchange, because no later write may be seen before it.
    _ = ticket.exchange(next << 32 | Self.closed, ordering: .acquiringAndReleasing)
    self.kernel.store(UInt(bitPattern: unsafeBitCast(kernel, to: Int.self)), ordering: .relaxed)
    self.arguments.store(UInt(bitPattern: arguments), ordering: .relaxed)
    first.store(begin, ordering: .relaxed)
    units.store(end &- begin, ordering: .relaxed)
    self.grain.store(max(1, grain), ordering: .relaxed)
    done.store(0, ordering: .relaxed)
    ticket.store(next << 32, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { bed.wake() }
  }

  /// Takes pieces of the job `generation` until none is left. `scratch` replaces that of the
  /// arguments.
  func help(_ generation: UInt64, from end: End, scratch: UnsafeMutableRawPointer?) {
    var own = KernelArguments()
    withUnsafeMutablePointer(to: &own) { take(generation, end, scratch, $0) }
  }

  private func take(
    _ generation: UInt64, _ end: End, _ scratch: UnsafeMutableRawPointer?,
    _ own: UnsafeMutablePointer<KernelArguments>
  ) {
    while true {
      let seen = ticket.load(ordering: .acquiring)
      guard seen >> 32 == generation else { return }
      if seen & 0xFFFF_FFFF == Self.closed {
        adam_processor_pause()
        continue
      }
      let (front, back) = (Int(seen & 0xFFFF), Int(seen >> 16 & 0xFFFF))
      let kernelBits = Int(bitPattern: kernel.load(ordering: .relaxed))
      let argumentBits = arguments.load(ordering: .relaxed)
      let first = first.load(ordering: .relaxed)
      let units = units.load(ordering: .relaxed)
      let grain = grain.load(ordering: .relaxed)
      // What was read belongs together only when the swap succeeds. A worker that is late may leave here by
      // numbers of two jobs: its own job is over then, and who published the next one takes all pieces of it.
      let pieces = Self.pieces(units, grain)
      if front &+ back >= pieces { return }
      let (taken, _) = ticket.compareExchange(
        expected: seen, desired: seen &+ (end == .front ? 1 : 1 << 16), ordering: .acquiringAndReleasing)
      guard taken, let pointer = UnsafeRawPointer(bitPattern: argumentBits) else { continue }
      let begin = (end == .front ? front : pieces &- 1 &- back) &* grain
      var given = pointer
      if let scratch {
        // The job is alive as long as a piece of it is being computed: now it can be read.
        own.pointee = pointer.load(as: KernelArguments.self)
        own.pointee.scratch = scratch
        given = UnsafeRawPointer(own)
      }
      unsafeBitCast(kernelBits, to: Kernel.self)(given, first &+ begin, first &+ min(begin &+ grain, units))
      done.add(1, ordering: .releasing)
    }
  }

  private static func pieces(_ units: Int, _ grain: Int) -> Int { (units &+ grain &- 1) / grain }

  func waitUntilDone() {
    let pieces = Self.pieces(units.load(ordering: .relaxed), grain.load(ordering: .relaxed))
    var turns = 0
    while done.load(ordering: .acquiring) < pieces {
      turns &+= 1
      // Somebody else may have the core of the thread we wait for.
      if turns & 0x3FFF == 0 { sched_yield() } else { adam_processor_pause() }
    }
  }

  /// Waits for a job after `last`, or for the end (nil).
  func next(after last: UInt64, spins: Bool) -> UInt64? {
    var turns = spins ? Self.spinTurns : 0
    while true {
      if isStopped.load(ordering: .acquiring) { return nil }
      let now = generation
      if now != last { return now }
      if turns > 0 {
        turns -= 1
        adam_processor_pause()
      } else {
        sleep(while: last)
      }
    }
  }

  /// About 50 µs: longer than the host needs between two kernels of a step.
  private static let spinTurns = 2_000

  private func sleep(while last: UInt64) {
    sleepers.add(1, ordering: .sequentiallyConsistent)
    bed.sleep {
      ticket.load(ordering: .sequentiallyConsistent) >> 32 == last
        && !isStopped.load(ordering: .sequentiallyConsistent)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
  }

  func stop() {
    isStopped.store(true, ordering: .sequentiallyConsistent)
    bed.wake()
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

/// What a thread is started with.
private final class Worker {
  let board: JobBoard
  let end: End
  let spins: Bool
  init(_ board: JobBoard, _ end: End, spins: Bool) {
    self.board = board
    self.end = end
    self.spins = spins
  }

  /// nil when the system has no thread to give.
  static func start(_ board: JobBoard, _ end: End, spins: Bool) -> pthread_t? {
    let worker = Unmanaged.passRetained(Worker(board, end, spins: spins))
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, runWorker, worker.toOpaque())
    if status != 0 { worker.release() }
    return status == 0 ? thread : nil
  }

  /// The thread is ours, so its float state is set once and for good.
  func work() {
    adam_float_state_set(adam_float_state_canonical(adam_float_state_get()))
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: KernelArguments.scratchBytes, alignment: 64)
    defer { scratch.deallocate() }
    var last: UInt64 = 0
    while let generation = board.next(after: last, spins: spins) {
      last = generation
      board.help(generation, from: end, scratch: scratch)
    }
  }
}

private func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue().work()
  return nil
}
