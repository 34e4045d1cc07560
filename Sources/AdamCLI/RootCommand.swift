// The command line as swift-argument-parser sees it. Commands only fill in a request; `Execution`,
// `Check` and `IntermediateText` do the work.
import AdamKit
import ArgumentParser

extension ColorChoice: ExpressibleByArgument {}
extension MessageFormat: ExpressibleByArgument {}
extension ProgressChoice: ExpressibleByArgument {}

/// Something that ends with a status.
protocol StatusCommand: ParsableCommand {
  func status() -> ExitStatus
}

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adam",
    abstract: "Trains small neural networks from scripts.",
    discussion: """
      Examples:
        adam                        explore at a prompt
        adam net.adam               run a script
        adam -e 'print 1 + 1'       run a line
        adam check net.adam         find mistakes without training
        adam ir net.adam --stage opt
        adam fmt net.adam           put it in the one layout
        adam ir --passes            what turns a script into kernels
        adam doc linear             what a name means
        adam explain E0301          what a message means

      Options of a run:
        --set NAME=VALUE            replaces the value of the script's first top-level `NAME = …`
        --seed N                    replaces the script's first `seed`
        --strict                    what the script leaves out is an error
        --allow W, --deny W         a warning left out, a warning as an error
        -e CODE, -i                 a line to run; a prompt afterwards
        -x, --fail-fast             stop at the first script that fails
        -q, --quiet                 no notes, no progress
        --disable PASS              leave a pass out; no bit changes
        --print-after PASS          show what a pass makes, or `all`
        --progress P                auto, bar, plain, json or none
        --color C                   auto, always or never
        --message-format F          human, short or json
      """,
    version: "adam \(programVersion)",
    subcommands: [
      RunCommand.self, CheckCommand.self, FormatCommand.self, IntermediateCommand.self, DocumentationCommand.self,
      ExplainCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static let subcommandNames = ["run", "check", "fmt", "ir", "doc", "explain", "help"]

  /// For tips; a test holds that each is one of the parser's.
  static let optionNames = [
    "--seed", "--set", "--strict", "--fail-fast", "--quiet", "--progress", "--color", "--message-format", "--stage",
    "--json",
    "--allow", "--deny", "--schema", "--check", "--diff",
    "--disable", "--print-after", "--passes",
    "--help", "--version",
  ]
}

extension Session.Setting: ExpressibleByArgument {
  /// `lr=1e-3`
  public init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    self.init(name: String(argument[..<equals]), text: String(argument[argument.index(after: equals)...]))
  }
}

/// Options that say how messages look.
struct MessageOptions: ParsableArguments {
  @Option(help: "Colour of messages: auto, always or never.")
  var color = ColorChoice.auto
  @Option(help: "Form of messages: human, short or json.")
  var messageFormat = MessageFormat.human
  @Flag(name: .shortAndLong, help: "No notes, no progress.")
  var quiet = false
}

/// Options about passes.
struct PassArguments: ParsableArguments {
  @Option(help: "A pass to leave out (repeatable); no bit of any result changes.")
  var disable: [String] = []
  @Option(help: "Show what this pass makes, or every pass with `all` (repeatable).")
  var printAfter: [String] = []

  var options: PassOptions { PassOptions(disabled: disable, shown: printAfter) }
}

struct RunCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run scripts in the order given; `-` is standard input.")

  @Argument(help: "Scripts to run.")
  var files: [String] = []
  @Option(name: .customShort("e"), parsing: .unconditionalSingleValue, help: "A line to run (repeatable).")
  var code: [String] = []
  @Flag(name: .customShort("i"), help: "A prompt after the scripts.")
  var interactive = false
  @Option(parsing: .unconditional, help: "The seed; replaces the first top-level `seed` of the script.")
  var seed: UInt64?
  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: "NAME=VALUE: replaces the value of the first top-level `NAME = …` (repeatable).")
  var settings: [Session.Setting] = []
  @Flag(help: "Make notes about missing data, loss or optimizer errors.")
  var strict = false
  @Flag(name: [.customShort("x"), .long], help: "Stop at the first script that fails.")
  var failFast = false
  @Option(help: "Progress: auto, bar, plain, json or none.")
  var progress = ProgressChoice.auto
  @OptionGroup var warnings: WarningOptions
  @OptionGroup var passes: PassArguments
  @OptionGroup var messages: MessageOptions

  func status() -> ExitStatus {
    guard let levels = warnings.levels() else { return .usage }
    var request = RunRequest()
    request.warningLevels = levels
    for line in code { request.addCode(line) }
    request.inputs += files.map { $0 == "-" ? .standardInput : .file($0) }
    request.seed = seed
    request.settings = settings
    request.isStrict = strict
    request.staysInteractive = interactive
    request.stopsAtFirstFailure = failFast
    request.passes = passes.options
    request.output = OutputOptions(
      color: messages.color, format: messages.messageFormat, progress: progress, isQuiet: messages.quiet)
    return Execution(request).run()
  }
}

struct CheckCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find mistakes without reading a row of data or training.")

  @Argument(help: "Scripts to check.")
  var files: [String]
  @Flag(help: "Make notes about missing data, loss or optimizer errors.")
  var strict = false
  @OptionGroup var warnings: WarningOptions
  @OptionGroup var messages: MessageOptions

  func status() -> ExitStatus {
    guard let levels = warnings.levels() else { return .usage }
    var request = RunRequest()
    request.warningLevels = levels
    request.isStrict = strict
    request.inputs = files.map { $0 == "-" ? .standardInput : .file($0) }
    request.output = OutputOptions(
      color: messages.color, format: messages.messageFormat, progress: .none, isQuiet: messages.quiet)
    return Execution(request).check()
  }
}

enum Stage: String, CaseIterable, ExpressibleByArgument { case tokens, ast, ir, grad, opt, plan }

struct IntermediateCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "ir", abstract: "Print what a script becomes on its way to the kernels.")

  @Argument(help: "The script; `-` is standard input.")
  var file: String?
  @Option(help: "tokens, ast, ir, grad, opt or plan.")
  var stage: Stage?
  @Flag(name: .customLong("passes"), help: "List the passes instead.")
  var listsPasses = false
  @OptionGroup var passes: PassArguments
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    if file == nil && !listsPasses { throw ValidationError("Missing expected argument '<file>'") }
  }

  func status() -> ExitStatus {
    guard let file, !listsPasses else { return Execution.printPasses() }
    var request = RunRequest()
    request.inputs = [file == "-" ? .standardInput : .file(file)]
    request.passes = passes.options
    request.output = OutputOptions(
      color: messages.color, format: messages.messageFormat, progress: .none, isQuiet: messages.quiet)
    let showsPasses = stage == nil && !passes.printAfter.isEmpty
    return Execution(request).printIntermediate(stage: showsPasses ? nil : (stage ?? .ir).rawValue)
  }
}
