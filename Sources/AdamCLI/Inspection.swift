// `adam check` and `adam ir`: everything that looks at a script without running it.
import AdamKit
import AdamREPL

extension Execution {
  /// Every file is checked; the worst outcome counts.
  func check() -> ExitStatus {
    if let refusal = EnvironmentCheck.refusal() { return refusal }
    var results: [ExitStatus] = []
    for input in request.inputs {
      let (session, diagnostics) = makeSession()
      results.append(inspect(input) { ExitStatus(session.check($0, name: input.name)) })
      diagnostics.close()
    }
    return results.first { $0 != .success } ?? .success
  }

  /// One stage, or without one what the passes to be shown make.
  func printIntermediate(stage: String?) -> ExitStatus {
    if let refusal = EnvironmentCheck.refusal() { return refusal }
    guard let input = request.inputs.first else { return .nothingToRun }
    let (session, diagnostics) = makeSession()
    let status = inspect(input) { text in
      let (shown, outcome) =
        stage.map { session.intermediate(text, name: input.name, stage: $0) }
        ?? session.passTexts(text, name: input.name)
      guard writeAll(Array(shown.utf8), to: 1) else { return .outputFailed }
      return ExitStatus(outcome)
    }
    diagnostics.close()
    return status
  }

  /// Every pass with its reason; what is required says so.
  static func printPasses() -> ExitStatus {
    let width = Session.passes.map(\.name.count).max() ?? 0
    var text = ""
    var level = ""
    for pass in Session.passes {
      if pass.level != level { text += "on \(pass.level)\n" }
      level = pass.level
      let space = String(repeating: " ", count: width - pass.name.count)
      text += "  \(pass.name)\(space)  \(pass.purpose)\(pass.isRequired ? " (required)" : "")\n"
    }
    return writeAll(Array(text.utf8), to: 1) ? .success : .outputFailed
  }

  private func inspect(_ input: ScriptInput, _ body: ([UInt8]) -> ExitStatus) -> ExitStatus {
    do throws(UnreadableScript) {
      return body(try ScriptReader.read(input))
    } catch {
      Terminal.printError("error: \(error.message)\n")
      return .usage
    }
  }
}
