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

  func printIntermediate(stage: String) -> ExitStatus {
    if let refusal = EnvironmentCheck.refusal() { return refusal }
    guard let input = request.inputs.first else { return .nothingToRun }
    let (session, diagnostics) = makeSession()
    let status = inspect(input) { text in
      let (shown, outcome) = session.intermediate(text, name: input.name, stage: stage)
      guard writeAll(Array(shown.utf8), to: 1) else { return .outputFailed }
      return ExitStatus(outcome)
    }
    diagnostics.close()
    return status
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
