// `adam ir`: the text of one stage of a script on its way to the kernels.
import AdamData
import AdamIR
import AdamSource
import AdamSyntax

extension Session {
  /// The text of one stage: `tokens`, `ast`, `ir`, or of every `train` the step's function after
  /// `grad`, after all passes (`opt`), or its memory `plan`. For the last three the script runs with
  /// its trainings replaced by planning, its output dropped and no file written.
  public func intermediate(
    _ text: [UInt8], name: String, stage: String
  ) -> (text: String, outcome: Outcome) {
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

  private func stepTexts(
    _ text: [UInt8], _ name: String, _ stage: String
  ) -> (text: String, outcome: Outcome) {
    var collected = ""
    let planner = Session(host: host.silenced, options: options, report: report)
    planner.observeStages { if $0 == stage { collected += $1 } }
    let outcome = planner.execute(text, name: name)
    if collected.isEmpty, outcome == .completed {
      report(
        Diagnostic(.noTraining, "the script has no `train`, so there is no step to show", at: nil), sources)
      return ("", .failed)
    }
    return (collected, outcome)
  }
}

extension Host {
  /// The same files and clock; output is dropped and nothing is written.
  public var silenced: Host {
    Host(
      write: { (_) throws(HostError) in }, flush: { () throws(HostError) in }, progress: { _ in },
      open: open, replaceFile: { (_, _) throws(HostError) in }, now: now, isCancelled: isCancelled)
  }
}
