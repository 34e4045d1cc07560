// Replaces a file so that at every instant the old or the new content is there: a temporary file in
// the same folder, written, synced, renamed, and the folder synced.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Synchronization

enum AtomicFile {
  private static let serial = Atomic<UInt64>(0)

  static func replace(_ path: String, with bytes: [UInt8]) throws(HostError) {
    if path.utf8.contains(0) || path.isEmpty {
      throw HostError(.cannotWrite, path: path, reason: "this is no file name")
    }
    let target = resolved(path)
    let existing = SystemCall.status(target)
    if let existing, existing.st_mode & S_IFMT != S_IFREG {
      return try writeThrough(bytes, target, path: path)
    }
    let (temporary, descriptor) = try create(beside: target, path: path)
    // The mode of the file that is replaced is kept; a new one has 0666 less the umask.
    if let existing { fchmod(descriptor, existing.st_mode & 0o777) }
    if let code = store(bytes, descriptor) {
      unlink(temporary)
      throw failure(path, code)
    }
    if rename(temporary, target) != 0 {
      let code = errno
      unlink(temporary)
      throw failure(path, code)
    }
    if let code = syncFolder(of: target) { throw failure(path, code) }
  }

  private static func failure(_ path: String, _ code: Int32) -> HostError {
    HostError(.cannotWrite, path: path, reason: StandardHost.reason(code))
  }

  /// A device or FIFO cannot be replaced (renaming over /dev/null would remove it); it is written.
  private static func writeThrough(
    _ bytes: [UInt8], _ target: String, path: String
  ) throws(HostError) {
    let descriptor = SystemCall.open(target, O_WRONLY | O_NOCTTY)
    if descriptor < 0 { throw failure(path, errno) }
    let code = StandardHost.writeAll(bytes, to: descriptor)
    close(descriptor)
    if let code { throw failure(path, code) }
  }

  /// A new file whose name is unique over processes and saves. A name left by a process that was
  /// killed and had the same id is passed over.
  private static func create(
    beside target: String, path: String
  ) throws(HostError) -> (name: String, descriptor: Int32) {
    for _ in 0..<1000 {
      let number = serial.add(1, ordering: .relaxed).newValue
      let name = "\(target).\(getpid()).\(number).tmp"
      let descriptor = SystemCall.open(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
      if descriptor >= 0 { return (name, descriptor) }
      let code = errno
      if code != EEXIST && code != EINTR { throw failure(path, code) }
    }
    throw failure(path, EEXIST)
  }

  private static func store(_ bytes: [UInt8], _ descriptor: Int32) -> Int32? {
    var code = StandardHost.writeAll(bytes, to: descriptor)
    if code == nil && fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0 && code == nil { code = errno }
    return code
  }

  /// A symbolic link is followed, so that its target is replaced and the link stays; also when the
  /// target is not there yet.
  private static func resolved(_ path: String) -> String {
    var path = path
    for _ in 0..<40 {
      if let real = realpath(path, nil) {
        defer { free(real) }
        return String(cString: real)
      }
      var target = [CChar](repeating: 0, count: 4096)
      let count = readlink(path, &target, target.count)
      guard count > 0 else { return path }
      let link = String(decoding: target.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
      path = link.hasPrefix("/") ? link : folder(of: path) + "/" + link
    }
    return path
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the new name durable; the error number, or nil. Some file systems cannot sync a folder
  /// and say EINVAL: that is no failure.
  private static func syncFolder(of path: String) -> Int32? {
    let descriptor = SystemCall.open(folder(of: path), O_RDONLY | O_DIRECTORY)
    // A folder that may be written but not read cannot be synced from here.
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard fsync(descriptor) != 0 else { return nil }
    return errno == EINVAL ? nil : errno
  }
}
