// How much memory tensors may take: a huge request must be an error value, never a trap and never
// an out-of-memory kill later (the system promises more than it has).
import Glibc
import Synchronization

/// The memory could not be had. Shape, bytes and limit go into the message.
package struct AllocationError: Error, Hashable, Sendable {
  /// nil: memory for all of a computation.
  package var shape: [Int]?
  /// nil when the number of bytes does not fit an `Int`.
  package var byteCount: Int?
  /// Bytes that all tensors together may take, nil while nobody has asked for that much; and what they take
  /// already.
  package var limit: Int?
  package var used: Int
  package init(shape: [Int]?, byteCount: Int?, budget: MemoryBudget) {
    self.shape = shape
    self.byteCount = byteCount
    (limit, used) = (budget.knownLimit, budget.usedBytes)
  }
}

/// Counts the bytes of tensors and arenas against a limit. Thread-safe.
package final class MemoryBudget: Sendable {
  /// The budget of this process. Memory is the process's, so sessions side by side share it.
  package static let process = MemoryBudget()

  private let used = Atomic<Int>(0)
  /// 0 until it is set or first needed.
  private let storedLimit: Atomic<Int>

  /// - Parameter limit: bytes; nil: 80 % of what the system has available when first needed.
  package init(limit: Int? = nil) { storedLimit = Atomic(limit.map { max(1, $0) } ?? 0) }

  package var usedBytes: Int { used.load(ordering: .relaxed) }

  /// nil when it was neither set nor needed: measured where memory has just run out it would be no limit.
  var knownLimit: Int? {
    let known = storedLimit.load(ordering: .relaxed)
    return known > 0 ? known : nil
  }

  package var limit: Int {
    get {
      if let knownLimit { return knownLimit }
      let measured = SystemMemory.defaultLimit(alreadyUsed: usedBytes)
      storedLimit.store(measured, ordering: .relaxed)
      return measured
    }
    set { storedLimit.store(max(1, newValue), ordering: .relaxed) }
  }

  /// Up to this many bytes nobody asks the system what it has: the files are slow to read and a
  /// small script should start in a millisecond.
  private static let freeOfQuestions = 64 << 20

  /// Takes `bytes` if they fit; the caller gives them back with `release`.
  func reserve(_ bytes: Int) -> Bool {
    let (_, after) = used.add(bytes, ordering: .relaxed)
    let isMeasured = storedLimit.load(ordering: .relaxed) != 0
    if isMeasured ? after <= limit : after <= Self.freeOfQuestions { return true }
    release(bytes)
    if isMeasured { return false }
    // Measured without the request itself, which would count as used.
    _ = limit
    return reserve(bytes)
  }

  func release(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}

/// What the system says of its memory. Only numbers are read; a missing file changes nothing.
enum SystemMemory {
  /// min(80 % of MemAvailable plus what tensors hold already, what the control group and the process's limit
  /// of addresses leave).
  static func defaultLimit(alreadyUsed: Int) -> Int {
    let available = number(after: "MemAvailable:", in: contents("/proc/meminfo"))
      .map { $0.multipliedReportingOverflow(by: 1024) }
      .flatMap { $0.overflow ? nil : $0.partialValue } ?? (1 << 40)
    let group = number(after: "", in: contents("/sys/fs/cgroup/memory.max")) ?? Int.max
    return max(1 << 20, min(available / 5 * 4 + alreadyUsed, group, addresses(alreadyUsed: alreadyUsed)))
  }

  /// 70 % of the addresses that `ulimit -v` leaves (the rest is for other values and for holes), plus what
  /// tensors hold already.
  private static func addresses(alreadyUsed: Int) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < 1 << 46,
      let pages = number(after: "", in: contents("/proc/self/statm"))
    else { return .max }
    let taken = pages.multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    if taken.overflow { return .max }
    return max(0, Int(limit.rlim_cur) - taken.partialValue) / 10 * 7 + alreadyUsed
  }

  /// The first 4 KiB of a file, or nothing.
  private static func contents(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    return count > 0 ? Array(bytes.prefix(count)) : []
  }

  /// The number behind `label`; nil when the label or the digits are not there (`max`).
  private static func number(after label: String, in bytes: [UInt8]) -> Int? {
    let name = Array(label.utf8)
    guard bytes.count >= name.count else { return nil }
    let start = (0...(bytes.count - name.count)).first { bytes[$0...].starts(with: name) }
    guard let start else { return nil }
    let rest = bytes[(start + name.count)...].drop { $0 == 0x20 }
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
