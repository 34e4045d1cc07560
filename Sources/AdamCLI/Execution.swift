// Runs what a request asks for and says how it ended.
import AdamKit
import AdamREPL

/// One invocation of the program.
struct Execution {
  let request: RunRequest
  private let host: Host
  private let progress: ProgressOutput
  private let signals: SignalPipe?
  private let output: OutputOptions

  init(_ request: RunRequest) {
    self.request = request
    let interactive = request.staysInteractive || (request.inputs.isEmpty && Execution.ownsTerminal)
    // At a prompt `-q` leaves out the banner only: somebody is looking.
    var output = request.output
    if interactive { output.isQuiet = false }
    self.output = output
    signals = SignalPipe(interactive: interactive)
    progress = ProgressOutput(
      mode: Execution.progressMode(output), showsTimes: Terminal.variable("ADAM_STABLE") == nil,
      now: StandardHost.now, write: { Terminal.printError($0) })
    host = Execution.makeHost(progress)
  }

  /// Readline would echo prompts into pipes, so both ends must be terminals.
  static var ownsTerminal: Bool { Terminal.isTerminal(0) && Terminal.isTerminal(1) }

  func run() -> ExitStatus {
    if let refusal = EnvironmentCheck.refusal() { return refusal }
    if request.inputs.isEmpty {
      return Execution.ownsTerminal ? explore(makeSession().session) : runAlone([.standardInput])
    }
    let isOneProgram = request.inputs.allSatisfy { if case .code = $0 { true } else { false } }
    if isOneProgram || request.inputs.count == 1 { return runAlone(request.inputs) }
    return runBatch()
  }

  /// Inputs that share one session: one script, or the `-e` pieces.
  private func runAlone(_ inputs: [ScriptInput]) -> ExitStatus {
    let (session, diagnostics) = makeSession()
    var status = ExitStatus.success
    for input in inputs where status == .success {
      status = run(input, in: session)
    }
    diagnostics.close()
    status = finish(status)
    if request.staysInteractive && status != .interrupted { return explore(session) }
    // The process ends next. To free piece by piece what the script has made takes longer than the system does.
    _ = Unmanaged.passRetained(session)
    return status
  }

  /// Several scripts, each in a fresh session, in the order given; the last line is the verdict.
  private func runBatch() -> ExitStatus {
    var results: [ExitStatus] = []
    for input in request.inputs {
      let (session, diagnostics) = makeSession()
      let status = finish(run(input, in: session))
      diagnostics.close()
      results.append(status)
      if status == .interrupted || (status != .success && request.stopsAtFirstFailure) { break }
    }
    let failed = results.count { $0 != .success }
    let skipped = request.inputs.count - results.count
    if !request.output.isQuiet || failed > 0 {
      let tail = skipped > 0 ? ", \(skipped) skipped" : ""
      Terminal.printError("\(results.count - failed) passed, \(failed) failed\(tail)\n")
    }
    return Execution.verdict(results)
  }

  /// What stops a whole batch weighs most; else the first failure's status.
  private static func verdict(_ results: [ExitStatus]) -> ExitStatus {
    for status in [ExitStatus.interrupted, .outputFailed] where results.contains(status) { return status }
    return results.first { $0 != .success } ?? .success
  }

  private func run(_ input: ScriptInput, in session: Session) -> ExitStatus {
    do throws(UnreadableScript) {
      let text = try ScriptReader.read(input)
      return ExitStatus(session.execute(text, name: input.name))
    } catch {
      Terminal.printError("error: \(error.message)\n")
      return .usage
    }
  }

  /// Output that cannot reach its descriptor is a failure even after a good run.
  private func finish(_ status: ExitStatus) -> ExitStatus {
    progress.clearRow()
    do throws(HostError) {
      try host.flush()
      return status
    } catch {
      if status != .outputFailed { Terminal.printError("error: cannot write the output: \(error.reason)\n") }
      return .outputFailed
    }
  }

  func makeSession() -> (session: Session, diagnostics: DiagnosticOutput) {
    let progress = progress
    let diagnostics = DiagnosticOutput(options: output) { progress.clearRow() }
    var options = Session.Options()
    options.isStrict = request.isStrict
    options.warningLevels = request.warningLevels
    options.isInteractive = Execution.ownsTerminal && (request.staysInteractive || request.inputs.isEmpty)
    options.seed = request.seed
    options.settings = request.settings
    options.threads = Terminal.variable("ADAM_THREADS").flatMap { Int($0) }
    options.instructionSet = Terminal.variable("ADAM_ISA").flatMap { $0.isEmpty ? nil : $0 }
    options.disabledPasses = request.passes.disabled
    options.shownPasses = request.passes.shown
    // stdout holds what the script prints, so a run shows passes on the other descriptor.
    options.showPass = {
      progress.clearRow()
      Terminal.printError(Session.passHeading($0) + $1)
    }
    let session = Session(host: host, options: options) { diagnostics.show($0, $1) }
    return (session, diagnostics)
  }

  private func explore(_ session: Session) -> ExitStatus {
    // Without a terminal there is nobody to prompt: what comes in is run.
    guard Execution.ownsTerminal else { return finish(run(.standardInput, in: session)) }
    guard let signals else { return .failure }
    if !request.output.isQuiet && request.inputs.isEmpty {
      Terminal.printOutput("adam \(programVersion)\n:help shows how, Ctrl-D leaves\n")
    }
    #if Readline
      let editor: any LineEditor = ReadlineEditor(signals: signals) {
        PromptCompletion.of($0, cursor: $1, session: session)
      }
    #else
      let editor: any LineEditor = PlainLineEditor(signals: signals)
    #endif
    REPL(
      session: session, editor: editor, history: HistoryFile.standard(environment: Terminal.variable),
      signals: signals, outside: promptOutside
    ).run()
    return finish(.success)
  }

  /// What the prompt's commands need of the world.
  private var promptOutside: PromptOutside {
    let host = host
    return PromptOutside(
      output: { text in
        try? host.flush()
        Terminal.printOutput(text)
      },
      warn: { Terminal.printError($0 + "\n") }, now: host.now,
      read: { path throws(PromptFailure) in
        do throws(UnreadableScript) { return try ScriptReader.read(.file(path)) } catch {
          throw PromptFailure(message: error.message)
        }
      },
      write: { path, bytes throws(PromptFailure) in
        do throws(HostError) { try host.replaceFile(path, bytes) } catch {
          throw PromptFailure(message: "cannot write \(path): \(error.reason)")
        }
      })
  }

  private static func makeHost(_ progress: ProgressOutput) -> Host {
    let standard = StandardHost.make(isCancelled: { SignalPipe.isCancelled })
    return Host(
      write: { bytes throws(HostError) in
        progress.clearRow()
        try standard.write(bytes)
      },
      flush: standard.flush, progress: { progress.show($0) }, open: standard.open,
      replaceFile: standard.replaceFile, now: standard.now, isCancelled: standard.isCancelled,
      terminal: {
        guard Terminal.isTerminal(1), Terminal.variable("TERM").map({ $0 != "dumb" && !$0.isEmpty }) == true else {
          return nil
        }
        return Host.Terminal(columns: Terminal.width(of: 1), hasColor: Terminal.wantsColor(.auto, on: 1))
      })
  }

  private static func progressMode(_ options: OutputOptions) -> ProgressChoice {
    if options.isQuiet { return .none }
    let wish = Terminal.variable("ADAM_PROGRESS").flatMap(ProgressChoice.init) ?? .auto
    let choice = options.progress == .auto ? wish : options.progress
    guard choice == .auto else { return choice }
    let live = Terminal.isTerminal(2) && Terminal.variable("CI") == nil
    return live && Terminal.variable("TERM").map { $0 != "dumb" && !$0.isEmpty } == true ? .bar : .plain
  }
}

let programVersion = "0.1.0"
