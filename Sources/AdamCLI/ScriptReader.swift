// Reads whole scripts: files, pipes, FIFOs.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a script could not be read, in the system's words.
struct UnreadableScript: Error {
  var message: String
}

enum ScriptReader {
  /// The lexer refuses more than 64 MB with a located message; one byte more is enough for it.
  static let limit = (64 << 20) + 1

  static func read(_ input: ScriptInput) throws(UnreadableScript) -> [UInt8] {
    switch input {
    case .code(let code, _): return Array(code.utf8)
    case .standardInput: return try readAll(STDIN_FILENO, name: "standard input")
    case .file(let path):
      guard !path.utf8.contains(0) else { throw UnreadableScript(message: "a file name cannot hold NUL") }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw UnreadableScript(message: "cannot open \(path): \(String(cString: strerror(errno)))")
      }
      defer { close(descriptor) }
      return try readAll(descriptor, name: path)
    }
  }

  private static func readAll(_ descriptor: Int32, name: String) throws(UnreadableScript) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
      let count = chunk.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw UnreadableScript(message: "cannot read \(name): \(String(cString: strerror(errno)))")
      }
      bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
  }
}
