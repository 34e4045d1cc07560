// Environment variables that say nonsense are wrong usage: ignoring them would run something else
// than what was asked for.
import AdamKit

enum EnvironmentCheck {
  /// Prints the first mistake and gives its status; nil when all variables can be followed. An
  /// empty variable is one that is not set.
  static func refusal() -> ExitStatus? {
    guard let message = mistake() else { return nil }
    Terminal.printError("error: \(message)\n")
    return .usage
  }

  private static func mistake() -> String? {
    if let text = value("ADAM_THREADS"), Int(text).map({ (1...64).contains($0) }) != true {
      return "ADAM_THREADS is a whole number from 1 to 64, found `\(shown(text))`"
    }
    if let text = value("ADAM_ISA"), !["base", "v3", "v4"].contains(text) {
      return "ADAM_ISA is one of base, v3 and v4, found `\(shown(text))`"
    }
    if let text = value("ADAM_PROGRESS"), ProgressChoice(rawValue: text) == nil {
      let names = ProgressChoice.allCases.map(\.rawValue).joined(separator: ", ")
      return "ADAM_PROGRESS is one of \(names), found `\(shown(text))`"
    }
    return nil
  }

  private static func value(_ name: String) -> String? {
    Terminal.variable(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Control characters would reach the terminal.
  private static func shown(_ text: String) -> String {
    String(text.unicodeScalars.prefix(40).map { $0.value < 32 || $0.value == 127 ? "?" : Character($0) })
  }
}
