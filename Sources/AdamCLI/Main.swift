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
      let command = try RootCommand.parseAsRoot(arguments)
      if let command = command as? any StatusCommand { return command.status() }
      Terminal.printOutput(RootCommand.helpMessage() + "\n")
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
    Terminal.printError("error: \(RootCommand.message(for: error))\nsee `adam --help`\n")
    return .usage
  }
}
