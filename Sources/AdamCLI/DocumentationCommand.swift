// `adam doc NAME`: the page of a name; without one, all names.
import AdamKit
import ArgumentParser

struct DocumentationCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "doc", abstract: "Show what a name of the language means; all names without one.")

  @Argument(help: "Names such as `linear`, or parts of them.")
  var names: [String] = []
  @Flag(help: "One JSON object for each name.")
  var json = false

  func status() -> ExitStatus {
    if json { return printJSON() }
    if names.isEmpty {
      Terminal.printOutput(Documentation.overview)
      return .success
    }
    var status = ExitStatus.success
    for (index, name) in names.enumerated() {
      switch Documentation.answer(to: name) {
      case .found(let text): Terminal.printOutput((index > 0 ? "\n" : "") + text)
      case .unknown(let message):
        status = DocumentationCommand.refuse(message)
      }
    }
    return status
  }

  private func printJSON() -> ExitStatus {
    var status = ExitStatus.success
    for name in names.isEmpty ? Documentation.names : names {
      if let page = Documentation(of: name) {
        Terminal.printOutput(page.json)
      } else {
        status = DocumentationCommand.refuse("nothing is called `\(name)`")
      }
    }
    return status
  }

  private static func refuse(_ message: String) -> ExitStatus {
    Terminal.printError("error: \(message)\nsee `adam doc`\n")
    return .usage
  }
}
