// Files and FIFOs read front to back by their descriptor. Never mapped: a file that shrinks while
// it is read would end the process.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

final class FileSource: ByteSource {
  private let descriptor: Int32
  private let path: String
  let isReopenable: Bool

  /// How long a FIFO may be without a writer before it counts as empty.
  private static let writerWait: Int32 = 800

  init(path: String) throws(HostError) {
    if path.utf8.contains(0) {
      throw HostError(.cannotOpen, path: path, reason: "a file name cannot hold NUL")
    }
    // Not blocking: opening a FIFO that nobody writes to would wait for ever.
    descriptor = SystemCall.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    self.path = path
    if descriptor < 0 {
      throw HostError(.cannotOpen, path: path, reason: StandardHost.reason(errno))
    }
    let kind = SystemCall.status(descriptor).map { $0.st_mode & S_IFMT }
    isReopenable = kind == S_IFREG
    if kind == S_IFDIR {
      throw HostError(.cannotOpen, path: path, reason: StandardHost.reason(EISDIR))
    }
    if kind == S_IFIFO {
      // Until a writer comes there is no event; once it writes or leaves, there is one.
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&wait, 1, FileSource.writerWait)
    }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool {
    var chunk = [UInt8](repeating: 0, count: max(1, min(limit, 1 << 18)))
    while true {
      let count = chunk.withUnsafeMutableBytes { SystemCall.read(descriptor, $0) }
      if count > 0 {
        buffer += chunk[..<count]
        return true
      }
      if count == 0 { return false }
      let code = errno
      if code != EINTR {
        throw HostError(.cannotRead, path: path, reason: StandardHost.reason(code))
      }
    }
  }
}
