// `adam fmt`: scripts in the one layout.
import AdamKit
import AdamREPL
import ArgumentParser

struct FormatCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Put scripts in the one layout; `-` is standard input to standard output.",
    discussion: """
      Rewrites each file in its place when something changes. White space changes, nothing else: tokens,
      comments and meaning stay. A script with syntax errors is left as it is.
      """)

  @Argument(help: "Scripts to format.")
  var files: [String]
  @Flag(help: "Write nothing; print the names of files that would change, status 1 if there are any.")
  var check = false
  @Flag(help: "Write nothing; print what would change as a unified diff.")
  var diff = false
  @OptionGroup var messages: MessageOptions

  func status() -> ExitStatus {
    let output = OutputOptions(
      color: messages.color, format: messages.messageFormat, progress: .none, isQuiet: messages.quiet)
    let formatting = Formatting(checks: check, showsDifference: diff, output: output)
    let results = files.map { formatting.format($0 == "-" ? .standardInput : .file($0)) }
    for status in [ExitStatus.outputFailed, .usage, .failure] where results.contains(status) { return status }
    return .success
  }
}

/// What `adam fmt` does with each of its files.
struct Formatting {
  var checks: Bool
  var showsDifference: Bool
  var output: OutputOptions

  func format(_ input: ScriptInput) -> ExitStatus {
    do throws(UnreadableScript) {
      return format(try ScriptReader.read(input), of: input)
    } catch {
      Terminal.printError("error: \(error.message)\n")
      return .usage
    }
  }

  private func format(_ text: [UInt8], of input: ScriptInput) -> ExitStatus {
    let diagnostics = DiagnosticOutput(options: output) {}
    defer { diagnostics.close() }
    do throws(ScriptFormatter.Failure) {
      let formatted = try ScriptFormatter.format(text, name: input.name, report: diagnostics.show)
      if checks || showsDifference { return compare(text, formatted, input.name) }
      return deliver(formatted, to: input, isChanged: formatted != text)
    } catch {
      if error == .changesMeaning {
        Terminal.printError("error: \(input.name) is left as it is: adam cannot format it\n")
      }
      return .failure
    }
  }

  private func compare(_ text: [UInt8], _ formatted: [UInt8], _ name: String) -> ExitStatus {
    if text == formatted { return .success }
    var shown: [UInt8] = []
    if checks && !showsDifference { shown = Array("\(name)\n".utf8) }
    if showsDifference { shown = UnifiedDifference.text(from: text, to: formatted, name: name) }
    guard writeAll(shown, to: 1) else { return .outputFailed }
    return checks ? .failure : .success
  }

  private func deliver(_ formatted: [UInt8], to input: ScriptInput, isChanged: Bool) -> ExitStatus {
    guard case .file(let path) = input else {
      return writeAll(formatted, to: 1) ? .success : .outputFailed
    }
    guard isChanged else { return .success }
    do throws(HostError) {
      try StandardHost.make(isCancelled: { false }).replaceFile(path, formatted)
    } catch {
      Terminal.printError("error: cannot write \(path): \(error.reason)\n")
      return .outputFailed
    }
    if !output.isQuiet { Terminal.printError("formatted \(path)\n") }
    return .success
  }
}
