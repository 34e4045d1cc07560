// `adam ir`: the text of one stage of a script on its way to the kernels.
import AdamData
import AdamIR
import AdamSource
import AdamSyntax
import Synchronization

extension Session {
  /// The text of one stage: `tokens`, `ast`, `ir`, or of every `train` the step's function after
  /// `grad`, after all passes (`opt`), or its memory `plan`. For the last three the script runs with
  /// its trainings replaced by planning, its output dropped and no file written.
  public func intermediate(
    _ text: [UInt8], name: String, stage: String
  ) -> (text: String, outcome: Outcome) {
    if isUnusable() { return ("", .unusable) }
    switch stage {
    case "tokens":
      guard let (source, _) = parsed(text, name) else { return ("", .failed) }
      return (TokenPrinter.tokens(source, id: SourceID(0)), .completed)
    case "ast":
      guard let (source, result) = parsed(text, name) else { return ("", .failed) }
      return (result.tree.print(source), .completed)
    case "ir":
      guard let (_, result) = parsed(text, name), let program = checked(result.tree, name) else { return ("", .failed) }
      return (program.printed(), .completed)
    default: return stepTexts(text, name, stage)
    }
  }

  /// What the passes of `shownPasses` make of a script, under a line with the pass's name. The script
  /// runs as for the later stages.
  public func passTexts(_ text: [UInt8], name: String) -> (text: String, outcome: Outcome) {
    if isUnusable() { return ("", .unusable) }
    let collected = PassTexts()
    var options = options
    options.showPass = { collected.add($0, $1) }
    let outcome = planned(text, name, options) { _, _ in }
    if collected.text.isEmpty, outcome == .completed {
      let shown = options.shownPasses.joined(separator: ", ")
      report(
        Diagnostic(.noTraining, "the script has no function for the pass \(shown) to work on", at: nil), sources)
      return ("", .failed)
    }
    return (collected.text, outcome)
  }

  private func stepTexts(
    _ text: [UInt8], _ name: String, _ stage: String
  ) -> (text: String, outcome: Outcome) {
    var collected = ""
    let outcome = planned(text, name, options) { if $0 == stage { collected += $1 } }
    if collected.isEmpty, outcome == .completed {
      report(
        Diagnostic(.noTraining, "the script has no `train`, so there is no step to show", at: nil), sources)
      return ("", .failed)
    }
    return (collected, outcome)
  }

  /// Runs a script with its trainings planned. What the script makes of results that no training has
  /// computed is no mistake of it: an error behind the first planned training ends the planning with a note.
  private func planned(
    _ text: [UInt8], _ name: String, _ options: Options, _ observer: @escaping (String, String) -> Void
  ) -> Outcome {
    var isPlanned = false
    let report = report
    let planner = Session(host: host.silenced, options: options) { diagnostic, sources in
      report(isPlanned && diagnostic.severity == .error ? .planningEnds(diagnostic) : diagnostic, sources)
    }
    planner.observeStages {
      isPlanned = true
      observer($0, $1)
    }
    let outcome = planner.execute(text, name: name)
    return isPlanned && outcome == .failed ? .completed : outcome
  }
}

extension Diagnostic {
  /// A note in the place of an error that a script meets when its trainings are only planned.
  fileprivate static func planningEnds(_ error: Diagnostic) -> Diagnostic {
    var note = error
    note.severity = .note
    note.message = "what follows is not planned, since the trainings above did not run: \(error.message)"
    note.helps = []
    return note
  }
}

/// Collects texts; a class because the closure that adds to it is kept by a session's options.
private final class PassTexts: Sendable {
  private let storage = Mutex("")
  var text: String { storage.withLock { $0 } }
  func add(_ pass: String, _ text: String) {
    storage.withLock { $0 += Session.passHeading(pass) + text }
  }
}

extension Session {
  /// The line above what a pass made.
  public static func passHeading(_ pass: String) -> String { "# after \(pass)\n" }
}

extension Host {
  /// The same files and clock; output is dropped and nothing is written.
  public var silenced: Host {
    Host(
      write: { (_) throws(HostError) in }, flush: { () throws(HostError) in }, progress: { _ in },
      open: open, replaceFile: { (_, _) throws(HostError) in }, now: now, isCancelled: isCancelled)
  }
}
