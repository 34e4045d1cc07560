// Runs scripts in this process with everything outside replaced by memory.
import AdamKit
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

extension Session {
  /// A session whose output and diagnostics go to `record`; notes are left out.
  public static func recorded(
    _ record: ScriptRecord, options: Options = Options(), files: MemoryFiles = MemoryFiles(),
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> Session {
    let host = files.host(output: { record.write($0) }, isCancelled: isCancelled)
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
  public init(_ script: String, budget: Int? = 10_000_000, files: MemoryFiles = MemoryFiles()) {
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
