// What Tab offers at the prompt: the commands and their arguments, names after `?`, files inside strings,
// and whatever the session knows.
import AdamKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

public enum PromptCompletion: Equatable {
  /// In order; they replace the word before the cursor.
  case words([Session.Completion])
  /// Files whose path begins so, in a string or not.
  case files(String, isString: Bool)

  /// For a cursor at a byte offset of a line.
  public static func of(_ line: [UInt8], cursor: Int, session: Session) -> PromptCompletion {
    let before = Array(line[..<max(0, min(cursor, line.count))])
    if before.first == 0x3A { return command(before, session) }
    if let path = openString(before) { return .files(path, isString: true) }
    if before.first == 0x3F { return .words(topics(String(decoding: before.dropFirst(), as: UTF8.self))) }
    return .words(session.complete(line, cursor: cursor))
  }

  private static func command(_ before: [UInt8], _ session: Session) -> PromptCompletion {
    let text = String(decoding: before.dropFirst(), as: UTF8.self)
    guard let space = text.firstIndex(of: " ") else {
      let commands = PromptCommand.allCases.map(\.rawValue).filter { $0.hasPrefix(text) }
      return .words(commands.map { .init(text: $0, suffix: " ") })
    }
    let argument = String(text[space...].drop { $0 == " " })
    switch PromptCommand.named(String(text[..<space])) {
    case .help?: return .words(topics(argument))
    case .load?, .save?:
      let isString = argument.hasPrefix("\"")
      return .files(isString ? String(argument.dropFirst()) : argument, isString: isString)
    case .shape?:
      return .words(session.complete(Array(argument.utf8), cursor: argument.utf8.count).filter { $0.suffix.isEmpty })
    case .time?: return .words(["on", "off"].filter { $0.hasPrefix(argument) }.map { .init(text: $0, suffix: "") })
    default: return .words([])
    }
  }

  private static func topics(_ part: String) -> [Session.Completion] {
    Documentation.names.filter { $0.hasPrefix(part) }.map { .init(text: $0, suffix: "") }
  }

  /// What stands behind a quote that is still open; nil outside of strings.
  private static func openString(_ line: [UInt8]) -> String? {
    var open: Int?
    var isEscaped = false
    for (place, byte) in line.enumerated() {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = open != nil
      } else if byte == 0x22 {
        open = open == nil ? place + 1 : nil
      }
    }
    return open.map { String(decoding: line[$0...], as: UTF8.self) }
  }
}

enum FileNames {
  /// For each file or folder whose path begins with `path`, what is missing at the end, in byte order: a
  /// folder ends with `/`, the only file of a string with its quote. Hidden ones are named only when asked for.
  static func rests(of path: String, isString: Bool) -> [String] {
    let cut = path.utf8.lastIndex(of: 0x2F).map { path.utf8.index(after: $0) } ?? path.startIndex
    let (folder, part) = (String(path[..<cut]), String(path[cut...]))
    guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(stream) }
    var rests: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { place in
        place.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(part), name != ".", name != "..", !name.hasPrefix(".") || part.hasPrefix(".") else {
        continue
      }
      rests.append(name.dropFirst(part.count) + (isFolder(folder + name) ? "/" : ""))
    }
    if isString, rests.count == 1, !rests[0].hasSuffix("/") { rests[0] += "\"" }
    return rests.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
