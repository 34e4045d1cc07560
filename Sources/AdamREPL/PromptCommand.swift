// The commands of the prompt: `:help`, `:vars` and their kin. One case each; help and completion follow.
import AdamKit

/// What the commands need of the world outside; the executable supplies it.
public struct PromptOutside {
  /// Writes to stdout.
  public var output: (String) -> Void
  /// Writes one line to stderr.
  public var warn: (String) -> Void
  /// Seconds of a clock that only goes on.
  public var now: () -> Double
  public var read: (String) throws(PromptFailure) -> [UInt8]
  public var write: (String, [UInt8]) throws(PromptFailure) -> Void

  public init(
    output: @escaping (String) -> Void, warn: @escaping (String) -> Void, now: @escaping () -> Double,
    read: @escaping (String) throws(PromptFailure) -> [UInt8],
    write: @escaping (String, [UInt8]) throws(PromptFailure) -> Void
  ) {
    self.output = output
    self.warn = warn
    self.now = now
    self.read = read
    self.write = write
  }
}

/// Why a file could not be read or written, as one line.
public struct PromptFailure: Error {
  public var message: String
  public init(message: String) { self.message = message }
}

/// In the order of `:help`; of several that an abbreviation fits the first is meant.
enum PromptCommand: String, CaseIterable {
  case help, vars, shape, time, load, save, reset, history, quit

  /// The command of a name or its beginning.
  static func named(_ name: String) -> PromptCommand? {
    name.isEmpty ? nil : PromptCommand(rawValue: name) ?? allCases.first { $0.rawValue.hasPrefix(name) }
  }

  private var usage: (arguments: String, meaning: String) {
    switch self {
    case .help: ("[NAME]", "this text, or the page of a name; so do ?NAME and NAME?")
    case .vars: ("", "the variables with their kinds and shapes")
    case .shape: ("NAME", "what a variable or a part of it is: model.0, data.train")
    case .time: ("[on|off]", "how long each entry takes")
    case .load: ("FILE", "runs a script here")
    case .save: ("FILE", "writes the entries that succeeded as a script")
    case .reset: ("", "forgets all variables and starts anew")
    case .history: ("[N]", "the last N entries, 20 without it")
    case .quit: ("", "leaves, as Ctrl-D does where nothing is typed")
    }
  }

  static var helpText: String {
    let rows = allCases.map { (":\($0.rawValue) \($0.usage.arguments)", $0.usage.meaning) }
    let width = rows.map(\.0.count).max() ?? 0
    return """
      Type statements; an expression shows its value, `ans` is the last one, a `;` at the end hides it.
      Tab completes names, fields, keyword arguments and files. Ctrl-C drops the line or stops a
      training (the weights stay). A beginning of a command is enough: `:h` is `:help`.

      """ + rows.map { "  \($0)\(String(repeating: " ", count: width - $0.count))  \($1)\n" }.joined()
  }

  /// `0.17`, with more digits for short times.
  static func seconds(_ time: Double) -> String {
    let micros = Int(exactly: max(0, min(time, 1e9) * 1e6).rounded()) ?? 0
    let digits = String(micros % 1_000_000)
    let fraction = String(repeating: "0", count: 6 - digits.count) + digits
    return "\(micros / 1_000_000).\(fraction.prefix(time < 0.1 ? 6 : 2))"
  }
}

extension REPL {
  func run(_ command: PromptCommand, _ argument: String) {
    switch command {
    case .help: argument.isEmpty ? output(PromptCommand.helpText) : explain(argument)
    case .vars: output(session.variableTable)
    case .shape: showShape(argument)
    case .time: setTime(argument)
    case .load: load(argument)
    case .save: save(argument)
    case .reset:
      session.reset()
      succeeded = []
    case .history: showHistory(argument)
    case .quit: break
    }
  }

  private func showShape(_ path: String) {
    if path.isEmpty { return warn(":shape needs a name") }
    guard let text = session.shapeText(of: path) else { return warn("no variable is called `\(path)`") }
    output(text)
  }

  private func setTime(_ word: String) {
    switch word {
    case "": showsTimes.toggle()
    case "on": showsTimes = true
    case "off": showsTimes = false
    default: return warn(":time takes on or off")
    }
    output("times are \(showsTimes ? "shown" : "not shown")\n")
  }

  private func load(_ path: String) {
    if path.isEmpty { return warn(":load needs a file") }
    do throws(PromptFailure) {
      execute(try outside.read(path.unquoted), name: path.unquoted)
    } catch {
      warn("error: \(error.message)")
    }
  }

  private func save(_ path: String) {
    if path.isEmpty { return warn(":save needs a file") }
    do throws(PromptFailure) {
      try outside.write(path.unquoted, savedScript)
      output("\(succeeded.count) \(succeeded.count == 1 ? "entry" : "entries") in \(path.unquoted)\n")
    } catch {
      warn("error: \(error.message)")
    }
  }

  /// The entries that succeeded, laid out as `adam fmt` has it; as typed where it cannot.
  private var savedScript: [UInt8] {
    let typed = Array(succeeded.joined(separator: [0x0A])) + [0x0A]
    do throws(ScriptFormatter.Failure) {
      return try ScriptFormatter.format(typed, name: "", report: { _, _ in })
    } catch {
      return typed
    }
  }

  private func showHistory(_ word: String) {
    guard let count = word.isEmpty ? 20 : Int(word), count > 0 else { return warn(":history takes a number") }
    for entry in (history?.entries() ?? []).suffix(count) { output(String(decoding: entry, as: UTF8.self) + "\n") }
  }
}

extension String {
  var trimmed: String {
    var text = self[...]
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text.drop { $0 == " " || $0 == "\t" })
  }

  /// A file's name with or without quotes around it.
  fileprivate var unquoted: String {
    count > 1 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
  }
}
