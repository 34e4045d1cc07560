// `adam doc NAME`: the page of a name; without one, all names.
import AdamKit
import ArgumentParser

struct DocumentationCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "doc", abstract: "Show what a name of the language means; all names without one.")

  @Argument(help: "Names such as `linear`.")
  var names: [String] = []

  func status() -> ExitStatus {
    if names.isEmpty {
      Terminal.printOutput(Documentation.names.joined(separator: "\n") + "\n")
      return .success
    }
    var status = ExitStatus.success
    for (index, name) in names.enumerated() {
      if let page = Documentation(of: name) {
        Terminal.printOutput((index > 0 ? "\n" : "") + page.text)
      } else {
        let tip = Documentation.suggestion(for: name).map { "; did you mean `\($0)`?" } ?? ""
        Terminal.printError("error: nothing is called `\(name)`\(tip)\n")
        status = .failure
      }
    }
    return status
  }
}
