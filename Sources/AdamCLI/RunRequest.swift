// What one invocation asks for, however it was written.
import AdamKit

/// Where a script comes from.
enum ScriptInput: Equatable {
  case file(String)
  /// The n-th `-e`.
  case code(String, index: Int)
  case standardInput

  /// As diagnostics name it.
  var name: String {
    switch self {
    case .file(let path): path
    case .code(_, let index): "<-e:\(index)>"
    case .standardInput: "<stdin>"
    }
  }
}

enum ColorChoice: String, CaseIterable { case auto, always, never }
enum MessageFormat: String, CaseIterable { case human, short, json }
enum ProgressChoice: String, CaseIterable { case auto, bar, plain, json, none }

/// How diagnostics and progress look.
struct OutputOptions: Equatable {
  var color = ColorChoice.auto
  var format = MessageFormat.human
  var progress = ProgressChoice.auto
  var isQuiet = false
}

/// Passes to leave out and to show.
struct PassOptions: Equatable {
  var disabled: [String] = []
  var shown: [String] = []
}

/// Run scripts, or explore when there are none.
struct RunRequest: Equatable {
  var inputs: [ScriptInput] = []
  var seed: UInt64?
  var settings: [Session.Setting] = []
  var isStrict = false
  var warningLevels = WarningLevels()
  /// `-i`: a prompt after the scripts.
  var staysInteractive = false
  var stopsAtFirstFailure = false
  var passes = PassOptions()
  var output = OutputOptions()
}

extension RunRequest {
  /// The plain forms `adam`, `adam FILE…`, `adam -`, `adam -e CODE…`; nil for all that needs the
  /// argument parser, whose start costs more than a small training.
  static func plain(_ arguments: [String]) -> RunRequest? {
    var request = RunRequest()
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if argument == "-e" && index + 1 < arguments.count {
        index += 1
        request.addCode(arguments[index])
      } else if argument == "-" {
        request.inputs.append(.standardInput)
      } else if argument.hasPrefix("-") || argument.isEmpty {
        return nil
      } else if index == 0 && RootCommand.subcommandNames.contains(argument) {
        return nil
      } else {
        request.inputs.append(.file(argument))
      }
      index += 1
    }
    return request
  }

  mutating func addCode(_ code: String) {
    let count = inputs.count { if case .code = $0 { true } else { false } }
    inputs.append(.code(code, index: count + 1))
  }
}
