// Runs scripts in this process with everything outside replaced by memory.
import AdamKit
import Foundation
import Synchronization

/// Collects what a session writes and reports.
public final class ScriptRecord: Sendable {
  private let text = Mutex("")
  private let lines = Mutex<[String]>([])
  private let remarks = Mutex<[String]>([])
  public init() {}
  public var output: String { text.withLock { $0 } }
  public var messages: [String] { lines.withLock { $0 } }
  func write(_ bytes: [UInt8]) { text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
  /// The notes of all diagnostics.
  public var notes: [String] { remarks.withLock { $0 } }
  func note(_ line: String, _ notes: [String]) {
    lines.withLock { $0.append(line) }
    remarks.withLock { $0 += notes }
  }
  public func clear() {
    text.withLock { $0 = "" }
    lines.withLock { $0 = [] }
  }
}

/// Files in memory, over the repository's own tables: what a script saves it can load again, and
/// nothing reaches the disk.
public final class ScratchFiles: Sendable {
  private let files = Mutex<[String: [UInt8]]>([:])
  public init(_ texts: [String: String] = [:]) {
    files.withLock { $0 = texts.mapValues { Array($0.utf8) } }
  }

  func open(_ path: String) throws(HostError) -> any ByteSource {
    if let bytes = files.withLock({ $0[path] }) { return ScratchSource(bytes) }
    guard path.hasPrefix("scripts/data/"), let bytes = FileManager.default.contents(atPath: AdamProgram.root + "/" + path)
    else { throw HostError(.cannotOpen, path: path, reason: "No such file or directory") }
    return ScratchSource(Array(bytes))
  }

  func replace(_ path: String, _ bytes: [UInt8]) { files.withLock { $0[path] = bytes } }
}

private final class ScratchSource: ByteSource {
  private var bytes: ArraySlice<UInt8>
  let isReopenable = true
  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool {
    let part = bytes.prefix(max(1, limit))
    buffer += part
    bytes = bytes.dropFirst(part.count)
    return !part.isEmpty
  }
}

extension Session {
  /// A session whose output and diagnostics go to `record`; notes are left out. Without `files` there are none.
  public static func recorded(
    _ record: ScriptRecord, options: Options = Options(), files: ScratchFiles? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> Session {
    let host = Host(
      write: { (bytes) throws(HostError) in record.write(bytes) },
      flush: { () throws(HostError) in }, progress: { _ in },
      open: { (path) throws(HostError) -> any ByteSource in
        if let files { return try files.open(path) }
        throw HostError(.cannotOpen, path: path, reason: "No such file or directory")
      },
      replaceFile: { (path, bytes) throws(HostError) in files?.replace(path, bytes) }, now: { 0 }, isCancelled: isCancelled)
    return Session(host: host, options: options) { diagnostic, sources in
      if diagnostic.severity != .note { record.note(shortText(diagnostic, sources), diagnostic.notes) }
    }
  }

  /// `2:7 E0209 index 5 is outside a list of 2 (allowed: -2 to 1)`, helps behind it.
  private static func shortText(_ diagnostic: Diagnostic, _ sources: SourceMap) -> String {
    var text = ""
    if let span = diagnostic.span, let source = sources[span.source] {
      let line = source.lineStarts.lastIndex { $0 <= span.start } ?? 0
      text = "\(line + 1):\(span.start - source.lineStarts[line] + 1) "
    }
    text += "\(diagnostic.severity == .error ? "" : "warning ")\(diagnostic.code.text) \(diagnostic.message)"
    if !diagnostic.label.isEmpty { text += " (\(diagnostic.label))" }
    return diagnostic.helps.reduce(text) { $0 + "; help: \($1.text)" }
  }
}

/// One script run to its end in a session of its own.
public struct ScriptRun: Sendable {
  public var output: String
  public var messages: [String]
  public var outcome: Session.Outcome

  /// - Parameter budget: operations, so that no test hangs.
  public init(_ script: String, budget: Int? = 10_000_000, files: ScratchFiles? = nil) {
    let record = ScriptRecord()
    var options = Session.Options()
    options.operationBudget = budget
    let session = Session.recorded(record, options: options, files: files)
    outcome = session.execute(Array(script.utf8), name: "test.adam")
    output = record.output
    messages = record.messages
  }

  /// Output, then one line for each diagnostic.
  public var text: String { output + messages.map { "! \($0)\n" }.joined() }
}
