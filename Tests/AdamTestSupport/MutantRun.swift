// One mutant checked and, where the checker passes it, run: who refuses it, and where the caret stands.
import AdamInterpreter
import AdamKit
import AdamLibrary
import AdamSemantics
import AdamSource
import AdamSyntax

/// A script and the files it reads.
package struct MutantScript: Sendable {
  package var name: String
  package var text: String
  package var files: [String: String]
  package init(name: String, text: String, files: [String: String]) {
    self.name = name
    self.text = text
    self.files = files
  }
}

package struct MutantRun: Sendable {
  package struct Message: Sendable {
    package var code: String
    package var text: String
    package var place: Int?
  }

  /// What `check` reports, or `run` where `check` passes.
  package var errors: [Message] = []
  package var isRefusedByCheck = false
  package var isRefusedByRun = false
  /// The parser took it.
  package var isSentence = false
  /// Refused by the checker, and completed when run all the same.
  package var completesUnchecked = false

  private static let budget = 200_000

  package init(_ text: String, files: [String: String]) {
    let found = Found()
    let session = MutantRun.session(files, found)
    isRefusedByCheck = session.check(Array(text.utf8), name: "t") != .completed
    errors = found.errors
    if isRefusedByCheck {
      isRefusedByRun = true
      runUnchecked(text, files)
      return
    }
    isSentence = true
    let running = MutantRun.session(files, found)
    isRefusedByRun = running.execute(Array(text.utf8), name: "t") != .completed
    errors = found.errors
  }

  /// What the script does when nothing holds it back.
  private mutating func runUnchecked(_ text: String, _ files: [String: String]) {
    let source = SourceText(name: "t", bytes: Array(text.utf8))
    let parsed = parse(source, id: SourceID(0))
    isSentence = !parsed.diagnostics.contains { $0.severity == .error }
    guard isSentence else { return }
    let session = MutantRun.session(files, Found())
    _ = session.check(Array(text.utf8), name: "t")
    guard let interpreter = session.interpreter else { return }
    do throws(Diagnostic) {
      try interpreter.run(lower(parsed.tree, environment: .standard))
      completesUnchecked = true
    } catch {
      completesUnchecked = false
    }
  }

  private static func session(_ files: [String: String], _ found: Found) -> Session {
    var options = Session.Options()
    options.operationBudget = budget
    options.threads = 1
    return Session(host: MemoryFiles(files).host(), options: options) { diagnostic, _ in
      guard diagnostic.severity == .error else { return }
      found.errors.append(
        Message(code: diagnostic.code.text, text: diagnostic.message, place: diagnostic.span.map { Int($0.start) }))
    }
  }

  private final class Found {
    var errors: [Message] = []
  }
}
