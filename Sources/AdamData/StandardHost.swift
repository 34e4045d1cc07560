// The host of a program with POSIX files and standard output. The one place of the library that
// makes system calls; a host of its own replaces it as a whole.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Synchronization

public enum StandardHost {
  /// Output is kept in memory and written at `flush`, or when much of it waits. The interpreter
  /// flushes before whatever takes long or changes a file. `isCancelled` is the caller's.
  public static func make(isCancelled: @escaping @Sendable () -> Bool) -> Host {
    let output = OutputBuffer(descriptor: STDOUT_FILENO)
    return Host(
      write: { bytes throws(HostError) in try output.write(bytes) },
      flush: { () throws(HostError) in try output.flush() }, progress: { _ in },
      open: { path throws(HostError) in try FileSource(path: path) },
      replaceFile: { path, bytes throws(HostError) in try AtomicFile.replace(path, with: bytes) },
      now: now, isCancelled: isCancelled)
  }

  /// Seconds of the monotonic clock.
  public static let now: @Sendable () -> Double = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// Writes all bytes, going on after signals and short writes; the error number, or nil.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
      }
      if written > 0 { start += written } else if errno != EINTR { return errno }
    }
    return nil
  }
}

/// Bytes on their way to a descriptor.
final class OutputBuffer: Sendable {
  private let pending = Mutex<[UInt8]>([])
  private let descriptor: Int32
  private static let limit = 1 << 14

  init(descriptor: Int32) { self.descriptor = descriptor }

  func write(_ bytes: [UInt8]) throws(HostError) {
    let waits = pending.withLock { pending in
      pending += bytes
      return pending.count
    }
    if waits >= OutputBuffer.limit { try flush() }
  }

  func flush() throws(HostError) {
    let bytes = pending.withLock { pending in
      let bytes = pending
      pending.removeAll(keepingCapacity: true)
      return bytes
    }
    if let code = StandardHost.writeAll(bytes, to: descriptor) {
      throw HostError(.cannotWrite, path: "standard output", reason: StandardHost.reason(code))
    }
  }
}

/// A file or FIFO read front to back by its descriptor. Never mapped: a file that shrinks while it
/// is read would end the process.
final class FileSource: ByteSource {
  private let descriptor: Int32
  private let path: String
  let isReopenable: Bool

  init(path: String) throws(HostError) {
    if path.utf8.contains(0) {
      throw HostError(.cannotOpen, path: path, reason: "a file name cannot hold NUL")
    }
    descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    self.path = path
    if descriptor < 0 { throw HostError(.cannotOpen, path: path, reason: StandardHost.reason(errno)) }
    var status = stat()
    isReopenable = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  deinit { close(descriptor) }

  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool {
    var chunk = [UInt8](repeating: 0, count: max(1, min(limit, 1 << 18)))
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        buffer += chunk[..<count]
        return true
      }
      if count == 0 { return false }
      let code = errno
      if code != EINTR { throw HostError(.cannotRead, path: path, reason: StandardHost.reason(code)) }
    }
  }
}

/// Replaces a file so that at every instant the old or the new content is there: a temporary file
/// in the same folder, written, synced, renamed, and the folder synced.
enum AtomicFile {
  private static let serial = Atomic<UInt64>(0)

  static func replace(_ path: String, with bytes: [UInt8]) throws(HostError) {
    if path.utf8.contains(0) || path.isEmpty {
      throw HostError(.cannotWrite, path: path, reason: "this is no file name")
    }
    let target = resolved(path)
    let temporary = temporaryName(target)
    let mode = permissions(target)
    let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    if descriptor < 0 { throw failure(path) }
    if let error = store(bytes, descriptor, mode: mode, path: path) {
      unlink(temporary)
      throw error
    }
    if rename(temporary, target) != 0 {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
    syncFolder(of: target)
  }

  private static func failure(_ path: String) -> HostError {
    HostError(.cannotWrite, path: path, reason: StandardHost.reason(errno))
  }

  private static func store(
    _ bytes: [UInt8], _ descriptor: Int32, mode: mode_t, path: String
  ) -> HostError? {
    var code = StandardHost.writeAll(bytes, to: descriptor)
    if code == nil && fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0 && code == nil { code = errno }
    return code.map { HostError(.cannotWrite, path: path, reason: StandardHost.reason($0)) }
  }

  /// A symbolic link is followed, so that its target is replaced and the link stays.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// The permissions of the file that is replaced, else 0666 less the umask.
  private static func permissions(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0o666
  }

  /// Unique over processes and over saves of one process.
  private static func temporaryName(_ target: String) -> String {
    let number = serial.add(1, ordering: .relaxed).newValue
    return "\(target).\(getpid()).\(number).tmp"
  }

  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
