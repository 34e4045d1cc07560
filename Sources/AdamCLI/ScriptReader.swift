// Reads whole scripts: files, pipes, FIFOs.
import AdamKit

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
      let descriptor = open(rawName(path), O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        let reason = String(cString: strerror(errno))
        throw UnreadableScript(message: "cannot open \(path): \(reason)\(commandTip(path))")
      }
      defer { close(descriptor) }
      return try readAll(descriptor, name: path)
    }
  }

  /// The bytes of a file's name as the system gave them: a name need not be UTF-8, and `String`
  /// would have repaired it.
  private static func rawName(_ path: String) -> [CChar] {
    if path.unicodeScalars.contains("\u{FFFD}") {
      for index in 1..<max(1, Int(CommandLine.argc)) {
        guard let raw = CommandLine.unsafeArgv[index], String(cString: raw) == path else { continue }
        return Array(UnsafeBufferPointer(start: raw, count: strlen(raw) + 1))
      }
    }
    return Array(path.utf8CString)
  }

  /// `; did you mean adam check?` for a word one slip away from a command.
  private static func commandTip(_ path: String) -> String {
    guard let near = nearest(path, in: RootCommand.subcommandNames) else { return "" }
    return "; did you mean `adam \(near)`?"
  }

  private static func readAll(_ descriptor: Int32, name: String) throws(UnreadableScript) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 13)
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
