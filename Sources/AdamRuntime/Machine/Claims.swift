// Who computes which piece of the calls of a job.
import AdamKernelABI
import Synchronization

/// For each call of the current job and each thread: how many of the thread's pieces are taken, and how many pieces
/// it has done. A thread owns an equal share of the pieces of each call, the same part of the units in
/// every call: rows that one call has left in a core's cache are mostly that core's in the next call too. Who has
/// none of his own left takes from the end of another's.
///
/// Words hold the number of the job that they speak of (all but 16 bits): those of earlier jobs count as zero, so
/// nothing has to be cleared between jobs.
struct Claims: @unchecked Sendable {
  let threads: Int
  private let words: UnsafeMutablePointer<Atomic<UInt64>>

  /// As many calls as `Instruction.waits` has bits.
  static let mostCalls = 64
  /// Of a thread in one call: a byte counts them.
  static let mostPieces = 255
  /// Words between what different threads write.
  private static let apart = 16

  init(threads: Int) {
    self.threads = threads
    let count = Self.mostCalls * threads * 2 * Self.apart
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
    words = memory.bindMemory(to: Atomic<UInt64>.self, capacity: count)
    for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
  }

  func free() { words.deallocate() }

  @inline(__always)
  private func taken(_ call: Int, _ thread: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    words + (call &* threads &+ thread) &* 2 &* Self.apart
  }

  @inline(__always)
  private func done(_ call: Int, _ thread: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    taken(call, thread) + Self.apart
  }

  // MARK: Pieces

  /// Threads that own pieces of a call. One piece is anybody's: it counts as the first thread's.
  @inline(__always)
  private func owners(_ pieces: Int) -> Int { pieces == 1 ? 1 : threads }

  /// The first piece that is the owner's.
  @inline(__always)
  private func start(_ owner: Int, _ pieces: Int) -> Int {
    let owners = owners(pieces)
    // A small call would notice a division.
    return owners == 1 ? owner &* pieces : (owner &* pieces &+ owners &- 1) / owners
  }

  /// A piece that nobody has taken.
  @inline(__always)
  private func take(_ call: Int, of pieces: Int, for thread: Int, _ job: UInt64) -> Int? {
    let owners = owners(pieces), own = min(thread, owners &- 1)
    if let piece = take(call, of: pieces, from: own, job, isOwn: true) { return piece }
    var other = own
    for _ in 1..<owners {
      other = other &+ 1 == owners ? 0 : other &+ 1
      if let piece = take(call, of: pieces, from: other, job, isOwn: false) { return piece }
    }
    return nil
  }

  /// The owner takes them from the front, others from the back.
  @inline(__always)
  private func take(_ call: Int, of pieces: Int, from owner: Int, _ job: UInt64, isOwn: Bool) -> Int? {
    let first = start(owner, pieces), count = start(owner &+ 1, pieces) &- first
    let word = taken(call, owner)
    var seen = word.pointee.load(ordering: .relaxed)
    while true {
      let counts = seen >> 16 == job ? seen & 0xFFFF : 0
      let (front, back) = (Int(counts & 0xFF), Int(counts >> 8))
      if front &+ back >= count { return nil }
      let next = job << 16 | (counts &+ (isOwn ? 1 : 0x100))
      let (isMine, now) = word.pointee.compareExchange(
        expected: seen, desired: next, ordering: .acquiringAndReleasing)
      if isMine { return isOwn ? first &+ front : first &+ count &- 1 &- back }
      seen = now
    }
  }

  @inline(__always)
  private func finish(_ call: Int, of pieces: Int, by thread: Int, _ job: UInt64) {
    let word = done(call, min(thread, owners(pieces) &- 1))
    let seen = word.pointee.load(ordering: .relaxed)
    word.pointee.store(seen >> 16 == job ? seen &+ 1 : job << 16 | 1, ordering: .releasing)
  }

  @inline(__always)
  private func isDone(_ call: Int, _ pieces: Int, _ job: UInt64) -> Bool {
    var sum = 0
    for owner in 0..<owners(pieces) {
      let seen = done(call, owner).pointee.load(ordering: .acquiring)
      if seen >> 16 == job { sum &+= Int(seen & 0xFFFF) }
    }
    return sum >= pieces
  }

  // MARK: Working

  /// Takes pieces, of the earliest call that may begin, until all pieces of the job are taken. Calls of another
  /// thread are left to it until this one has waited too long in all.
  /// - Parameter scratch: replaces that of the arguments.
  func work(_ job: Job, as thread: Int, scratch: UnsafeMutableRawPointer?) {
    var (open, finished) = (UInt64.max >> UInt64(Self.mostCalls &- job.count), UInt64(0))
    let others = others(job, than: thread)
    var wait = Wait(), turns = 0
    while open != 0 {
      if let call = next(job, open & ~others, &finished) ?? (turns < Self.patience ? nil : next(job, open, &finished)) {
        compute(job, call, as: thread, scratch)
        open &= ~(1 << UInt64(call))
      } else {
        open &= ~begun(job, open & others)
        turns &+= 1
        wait.turn()
      }
    }
  }

  /// Turns of waiting in a job, about 10 µs, after which another's calls are anybody's.
  private static let patience = 250

  /// The calls that belong to other threads.
  @inline(__always)
  private func others(_ job: Job, than thread: Int) -> UInt64 {
    var calls: UInt64 = 0
    for call in 0..<job.count where job.calls[call].owner >= 0 && job.calls[call].owner != thread {
      calls |= 1 << UInt64(call)
    }
    return calls
  }

  /// Those of some calls in one piece that somebody has taken.
  private func begun(_ job: Job, _ calls: UInt64) -> UInt64 {
    var (rest, gone) = (calls, UInt64(0))
    while rest != 0 {
      let call = rest.trailingZeroBitCount
      rest &= rest &- 1
      let word = taken(call, 0).pointee.load(ordering: .relaxed)
      if word >> 16 == job.number, word & 0xFFFF != 0 { gone |= 1 << UInt64(call) }
    }
    return gone
  }

  /// The first of the `open` calls that waits for nothing any more.
  @inline(__always)
  private func next(_ job: Job, _ open: UInt64, _ finished: inout UInt64) -> Int? {
    var rest = open
    while rest != 0 {
      let call = rest.trailingZeroBitCount
      rest &= rest &- 1
      var missing = job.calls[call].waits & ~finished
      while missing != 0, isDone(missing.trailingZeroBitCount, job) {
        finished |= missing & (0 &- missing)
        missing &= missing &- 1
      }
      if missing == 0 { return call }
    }
    return nil
  }

  @inline(__always)
  private func isDone(_ call: Int, _ job: Job) -> Bool { isDone(call, job.calls[call].pieces, job.number) }

  /// All pieces of a call that nobody else takes.
  @inline(__always)
  private func compute(_ job: Job, _ call: Int, as thread: Int, _ scratch: UnsafeMutableRawPointer?) {
    let instruction = job.calls + call
    let (pieces, units) = (instruction.pointee.pieces, instruction.pointee.units)
    while let piece = take(call, of: pieces, for: thread, job.number) {
      instruction.compute(piece &* units / pieces, (piece &+ 1) &* units / pieces, scratch)
      finish(call, of: pieces, by: thread, job.number)
    }
  }
}
