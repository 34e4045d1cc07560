// Threads that share the calls of a plan. Only outputs are split and calls wait for what they read, so neither the
// number of threads nor who computes what can change a bit.
import AdamKernelABI
import CFloatState
import Glibc

/// The caller is one of the threads. One job at a time; `run` returns when all of it is done. The others
/// are started when the caller has done some work alone, or for the first large job: to start a thread takes longer
/// than a small job, and most small trainings are over before it has paid.
final class ThreadPool {
  /// The caller included. A system that has no more threads to give is no error: fewer do the work.
  let threads: Int
  /// The caller's room for kernels; workers have their own.
  let scratch: UnsafeMutableRawPointer
  private let spinners: Int
  private let board = JobBoard()
  /// Made with the workers: a short training needs neither.
  private var claims: Claims?
  private var workers: [pthread_t] = []
  var isStarted: Bool { claims != nil }
  /// The caller does everything itself for now.
  var isAlone = false
  /// Nanoseconds of work that the caller still does alone before the others are started.
  private var patience: Double
  /// Of a job that is one part of one call.
  private let single: UnsafeMutablePointer<Instruction>

  /// - Parameters:
  ///   - spinners: workers that may wait by spinning; the rest sleep at once. Never more than there are cores
  ///     to spin on.
  ///   - patience: nanoseconds of work that the caller does alone before the others are started.
  init(threads: Int, spinners: Int, patience: Double = 0) {
    self.patience = patience
    scratch = .allocate(byteCount: KernelArguments.scratchBytes, alignment: 64)
    self.threads = max(1, threads)
    self.spinners = spinners
    single = .allocate(capacity: 1)
  }

  @inline(never)
  private func start() -> Claims {
    let claims = Claims(threads: threads)
    self.claims = claims
    for index in 1..<threads {
      let worker = Worker(board, claims, index, spins: index <= spinners)
      guard let thread = Worker.start(worker) else { break }
      workers.append(thread)
    }
    return claims
  }

  deinit {
    board.stop()
    for worker in workers { pthread_join(worker, nil) }
    claims?.free()
    scratch.deallocate()
    single.deallocate()
  }

  /// Computes some calls, each when those that it waits for are done. Allocates nothing. The arguments hold the
  /// caller's scratch; a worker puts its own into a copy.
  /// - Parameters:
  ///   - count: at most `Claims.mostCalls`.
  ///   - cost: estimated nanoseconds of all of them on one core.
  func run(_ calls: UnsafePointer<Instruction>, _ count: Int, cost: Double) {
    guard let claims = claims(for: cost) else {
      for index in 0..<count { (calls + index).compute() }
      return
    }
    let job = board.publish(calls, count)
    claims.work(job, as: 0, scratch: nil)
    board.close(job)
  }

  /// Computes the units `begin ..< end` of one call.
  func run(_ call: UnsafePointer<Instruction>, from begin: Int, to end: Int) {
    single.initialize(to: call.pointee)
    single.pointee.first = call.pointee.first &+ begin
    single.pointee.units = end &- begin
    single.pointee.pieces = max(1, min(call.pointee.pieces, end &- begin))
    single.pointee.waits = 0
    single.pointee.owner = -1
    run(single, 1, cost: call.pointee.cost)
  }

  /// nil: the caller does this job alone.
  @inline(__always)
  private func claims(for cost: Double) -> Claims? {
    if isAlone { return nil }
    if let claims { return claims }
    patience -= cost
    if patience > 0 { return nil }
    return start()
  }
}

/// What a thread is started with.
private final class Worker {
  private let board: JobBoard
  private let claims: Claims
  private let index: Int
  private let spins: Bool
  init(_ board: JobBoard, _ claims: Claims, _ index: Int, spins: Bool) {
    self.board = board
    self.claims = claims
    self.index = index
    self.spins = spins
  }

  /// nil when the system has no thread to give.
  static func start(_ worker: Worker) -> pthread_t? {
    let worker = Unmanaged.passRetained(worker)
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
    while let job = board.join(&last, spins: spins) {
      claims.work(job, as: index, scratch: scratch)
      board.leave()
    }
  }
}

private func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue().work()
  return nil
}
