// The files that a session's scripts import. Each is read, checked and run once and has top-level names
// of its own; number 0 stands for the session itself.
import AdamIR
import AdamSource

package final class ImportedModule {
  package let number: Int32
  /// Without `.` and `..` where they can be resolved by text: what makes two imports one file.
  package let path: String
  /// What it defines at its top level for others, in order of appearance.
  package let exports: [String]
  package let program: Program
  /// The first `import` of it.
  package let importedAt: Span
  package init(number: Int32, path: String, exports: [String], program: Program, importedAt: Span) {
    self.number = number
    self.path = path
    self.exports = exports
    self.program = program
    self.importedAt = importedAt
  }
}

package final class ModuleTable {
  /// By path: the number stays the file's own even if it could not be read or checked.
  private var numbers: [String: Int32] = [:]
  /// What `here` means, by number.
  private var directories = ["."]
  private var modules: [Int32: ImportedModule] = [:]
  /// Modules whose top level has run.
  package private(set) var hasRun: Set<Int32> = []
  /// Modules of the text at hand that have not run, imported ones before their importers.
  package var pending: [ImportedModule] = []
  /// Where each text was imported, for the chain in messages.
  private var importers: [UInt32: Span] = [:]
  /// The file that defined an imported name, by importing module and name.
  private var origins: [Key: Int32] = [:]

  private struct Key: Hashable {
    var module: Int32
    var name: String
  }

  package init() {}

  package subscript(number: Int32) -> ImportedModule? { modules[number] }

  /// The module of a path if its top level has run.
  package func finished(_ path: String) -> ImportedModule? {
    numbers[path].flatMap { hasRun.contains($0) ? modules[$0] : nil }
  }

  package func number(of path: String) -> Int32 {
    if let number = numbers[path] { return number }
    let number = Int32(clamping: directories.count)
    directories.append(ScriptPath.directory(of: path))
    numbers[path] = number
    return number
  }

  /// What `here` means in a module.
  package func directory(of number: Int32) -> String {
    directories.indices.contains(Int(number)) ? directories[Int(number)] : "."
  }

  /// The session's own texts stand in this directory.
  package func setHome(_ directory: String) { directories[0] = directory }

  package func note(_ source: SourceID, importedAt span: Span) { importers[source.index] = span }

  package func add(_ module: ImportedModule) { modules[module.number] = module }

  package func markRun(_ number: Int32) { hasRun.insert(number) }

  /// What a failed statement ran may run again.
  package func restore(_ before: Set<Int32>) { hasRun = before }

  package func origin(of name: String, in module: Int32) -> Int32? { origins[Key(module: module, name: name)] }

  package func setOrigin(_ origin: Int32, of name: String, in module: Int32) {
    origins[Key(module: module, name: name)] = origin
  }

  /// `imported at main.adam:3`, from the nearest importer outwards.
  package func chain(of source: SourceID, _ sources: SourceMap) -> [String] {
    var notes: [String] = []
    var current = source
    while let span = importers[current.index], notes.count < 8 {
      if let text = sources[span.source] {
        notes.append("imported at \(text.name):\(text.position(of: span.start).line)")
      }
      current = span.source
    }
    return notes
  }
}

/// Paths of scripts, by their text alone.
package enum ScriptPath {
  /// The directory part; `.` for a bare name and for texts that are no files (`<stdin>`).
  package static func directory(of path: String) -> String {
    guard !path.hasPrefix("<"), let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `path` as a script in `directory` means it, shortest form.
  package static func resolve(_ path: String, in directory: String) -> String {
    path.hasPrefix("/") || directory == "." ? shortened(path) : shortened(directory + "/" + path)
  }

  private static func shortened(_ path: String) -> String {
    guard hasDotsOrSlashes(path) else { return path }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  /// Whether a part begins with a dot or is empty: most paths are short already.
  private static func hasDotsOrSlashes(_ path: String) -> Bool {
    let (dot, slash) = (UInt8(ascii: "."), UInt8(ascii: "/"))
    var last = slash
    var isFirst = true
    for byte in path.utf8 {
      if last == slash, byte == dot || byte == slash && !isFirst { return true }
      (last, isFirst) = (byte, false)
    }
    return last == slash
  }
}
