// `adam explain CODE`: the page about a code; without one, all codes with their titles.
import AdamKit
import ArgumentParser

struct ExplainCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show what the code of a message means; all codes without one.")

  @Argument(help: "Codes such as `E0301`, or names of warnings such as `shadow-builtin`.")
  var codes: [String] = []
  @Flag(help: "The JSON schema of `--message-format json`.")
  var schema = false

  func status() -> ExitStatus {
    if schema {
      Terminal.printOutput(DiagnosticSchema.text)
      return .success
    }
    if codes.isEmpty {
      Terminal.printOutput(Explanation.list)
      return .success
    }
    var status = ExitStatus.success
    for (index, code) in codes.enumerated() {
      if let page = Explanation.named(code) {
        Terminal.printOutput((index > 0 ? "\n" : "") + page.page + ExplainCommand.levels(page))
      } else {
        let tip = Explanation.suggestion(for: code).map { "; did you mean `\($0)`?" } ?? ""
        Terminal.printError("error: no message has the code `\(code)`\(tip)\nsee `adam explain`\n")
        status = .usage
      }
    }
    return status
  }

  private static func levels(_ page: Explanation) -> String {
    guard let name = page.code.name else { return "" }
    return "\n`--allow \(name)` leaves it out, `--deny \(name)` makes it an error.\n"
  }
}

/// Options about warnings, of everything that checks a script.
struct WarningOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A warning to leave out, by name or code (repeatable).", valueName: "name"))
  var allow: [String] = []
  @Option(help: ArgumentHelp("A warning that is an error; `warnings` for all (repeatable).", valueName: "name"))
  var deny: [String] = []

  /// nil after saying which name is unknown.
  func levels() -> WarningLevels? {
    var levels = WarningLevels()
    do throws(UnknownWarning) {
      for word in allow { try levels.wish(.allow, of: word) }
      for word in deny { try levels.wish(.deny, of: word) }
      return levels
    } catch {
      let tip = error.meant.map { "; did you mean `\($0)`?" } ?? ""
      Terminal.printError("error: no warning is called `\(error.word)`\(tip)\nsee `adam explain`\n")
      return nil
    }
  }
}
