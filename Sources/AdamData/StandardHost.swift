// The host of a program with POSIX files and standard output. This file and its neighbours
// FileSource and AtomicFile make the library's only system calls; a host of its own replaces all.
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

  /// The system's words for an error number.
  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// Writes all bytes, going on after signals and short writes; the error number, or nil.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        SystemCall.write(descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]))
      }
      if written > 0 { start += written } else if written == 0 { return EIO } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}

/// Bytes on their way to a descriptor.
final class OutputBuffer: Sendable {
  private let pending = Mutex<[UInt8]>([])
  private let descriptor: Int32
  private let isTerminal: Bool
  private let lastFlush = Mutex(-1.0)
  private static let limit = 1 << 14
  /// Seconds after which whoever follows a pipe or a file sees what was printed.
  private static let patience = 0.1

  init(descriptor: Int32) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
  }

  func write(_ bytes: [UInt8]) throws(HostError) {
    let waits = pending.withLock { pending in
      pending += bytes
      return pending.count
    }
    if waits >= OutputBuffer.limit || isTerminal || isOverdue { try flush() }
  }

  private var isOverdue: Bool {
    let now = StandardHost.now()
    return lastFlush.withLock { last in
      if last < 0 { last = now }
      guard now - last >= OutputBuffer.patience else { return false }
      last = now
      return true
    }
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
