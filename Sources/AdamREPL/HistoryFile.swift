// The history file: one append per entry under a lock, so that neither a parallel session nor a
// killed one loses a line. One entry a line; newlines and backslashes are escaped, because
// readline's own format cuts multi-line entries and loses those that begin with `#`.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

public struct HistoryFile: Sendable {
  /// Entries kept when the file is read.
  public static let limit = 10_000
  public let path: String

  public init(path: String) { self.path = path }

  /// `$ADAM_HISTORY` (empty switches history off), else under `$XDG_STATE_HOME` or `~/.local/state`.
  public static func standard(environment: (String) -> String?) -> HistoryFile? {
    if let path = environment("ADAM_HISTORY") { return path.isEmpty ? nil : HistoryFile(path: path) }
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return HistoryFile(path: state + "/adam/history")
    }
    guard let home = environment("HOME"), !home.isEmpty else { return nil }
    return HistoryFile(path: home + "/.local/state/adam/history")
  }

  /// The entries, oldest first; empty when there is no readable file.
  public func entries() -> [[UInt8]] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    // A file that grew beyond any history is not ours to read whole.
    while bytes.count < 64 << 20 {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    let lines = bytes.split(separator: 0x0A)
    return lines.suffix(HistoryFile.limit).map { HistoryFile.decode($0) }
  }

  /// Appends one entry. False when the file cannot be written.
  public func append(_ entry: [UInt8]) -> Bool {
    makeFolders()
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0 else { return false }
    return writeAll(HistoryFile.encode(entry) + [0x0A], to: descriptor)
  }

  private func makeFolders() {
    var folder = ""
    let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
    for part in parts {
      folder += (folder.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
      mkdir(folder, 0o700)
    }
  }

  static func encode(_ entry: [UInt8]) -> [UInt8] {
    var line: [UInt8] = []
    for byte in entry {
      switch byte {
      case 0x0A: line += [0x5C, 0x6E]
      case 0x5C: line += [0x5C, 0x5C]
      default: line.append(byte)
      }
    }
    return line
  }

  static func decode(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var entry: [UInt8] = []
    var escaped = false
    for byte in line {
      if escaped {
        entry.append(byte == 0x6E ? 0x0A : byte)
        escaped = false
      } else if byte == 0x5C {
        escaped = true
      } else {
        entry.append(byte)
      }
    }
    return entry
  }
}
