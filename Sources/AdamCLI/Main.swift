// The start of the program.
import AdamKit
import AdamREPL
import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@main
enum Main {
  static func main() {
    Terminal.holdStandardDescriptors()
    let arguments = Array(CommandLine.arguments.dropFirst())
    let status = RunRequest.plain(arguments).map { Execution($0).run() } ?? parsed(arguments)
    if let signal = SignalPipe.terminatingSignal { SignalPipe.die(of: signal) }
    if status == .interrupted { SignalPipe.die(of: SIGINT) }
    exit(status.rawValue)
  }

  private static func parsed(_ arguments: [String]) -> ExitStatus {
    do {
      var command = try RootCommand.parseAsRoot(arguments)
      if let command = command as? any StatusCommand { return command.status() }
      // `adam help run`: the parser's own command throws the text it has to show.
      try command.run()
      return .success
    } catch {
      return explain(error)
    }
  }

  /// Help and version go to stdout; a usage error is two short lines on stderr, never the whole help.
  private static func explain(_ error: any Error) -> ExitStatus {
    if RootCommand.exitCode(for: error) == .success {
      Terminal.printOutput(RootCommand.fullMessage(for: error) + "\n")
      return .success
    }
    let message = RootCommand.message(for: error)
    let text = message.prefix(1).lowercased() + message.dropFirst()
    Terminal.printError("error: \(text)\n\(similarOption(message))see `adam --help`\n")
    return .usage
  }

  /// `tip: a similar option is --seed` for an option that does not exist.
  private static func similarOption(_ message: String) -> String {
    guard message.hasPrefix("Unknown option"), let word = message.split(separator: "'").dropFirst().first,
      let similar = nearest(String(word), in: RootCommand.optionNames)
    else { return "" }
    return "tip: a similar option is `\(similar)`\n"
  }
}
