// The embeddable façade: text in, results and diagnostics out.
import AdamData
import AdamInterpreter
import AdamIR
import AdamLibrary
import AdamRuntime
import AdamSemantics
import AdamSource
import AdamSyntax

/// A session: variables, generator, hooks. Not thread-safe; any number of sessions may live side by side.
public final class Session {
  public struct Options: Sendable {
    /// Notes become errors.
    public var isStrict = false
    /// Warnings that are left out or count as errors.
    public var warningLevels = WarningLevels()
    /// Replaces the number of the first top-level `seed` and the default seed 0.
    public var seed: UInt64?
    /// Values for names of the first text that is run or checked; one that cannot be set is an error.
    public var settings: [Setting] = []
    /// Operations before an execution is stopped; nil for no limit.
    public var operationBudget: Int?
    /// Bytes that all tensors of the process may take together, beyond which an allocation is an error; nil
    /// leaves the limit as it is: 80 % of what the system has. Memory is the process's, so the limit of the
    /// session made last holds for all.
    public var memoryBudget: Int?
    /// Threads for kernels, 1 … 64; nil: as many as the process may use. Changes no bit.
    public var threads: Int?
    /// `base`, `v3` or `v4`; nil: the best the processor has. Changes no bit.
    public var instructionSet: String?
    /// A prompt: names may be defined later, and assigned models show their tables.
    public var isInteractive = false
    /// Optional passes to leave out, of `Session.passes`. Changes no bit.
    public var disabledPasses: [String] = []
    /// Passes whose result is shown each time they run; `all` for every one.
    public var shownPasses: [String] = []
    /// Gets those texts: the pass, then the function or program after it.
    public var showPass: (@Sendable (_ pass: String, _ text: String) -> Void)?
    public init() {}
  }

  /// How an execution ended.
  public enum Outcome: Hashable, Sendable {
    case completed
    /// A diagnostic of level error was reported.
    case failed
    /// Training stopped because the loss was not finite.
    case nonFinite
    case interrupted
    /// Output could not be written.
    case outputFailed
    /// The options ask for what this machine does not have; nothing was looked at.
    case unusable
  }

  let host: Host
  let options: Options
  private(set) var sources = SourceMap()
  let report: (Diagnostic, SourceMap) -> Void
  private let environment = Environment.standard
  /// nil when the options ask for what this processor does not have; `problem` says it.
  private var state: SessionState?
  package private(set) var interpreter: Interpreter?
  private var problem: Diagnostic?
  /// Made when a prompt asks: a script shows nothing.
  private var shown: (() -> String?)?
  private var overrides: Overrides

  /// Every diagnostic goes to `report` as it is found, with the texts to show it.
  public init(
    host: Host, options: Options = Options(), report: @escaping (Diagnostic, SourceMap) -> Void
  ) {
    self.host = host
    self.options = options
    self.report = report
    overrides = Overrides(settings: options.settings, seed: options.seed)
    reset()
  }

  /// Forgets variables, hooks and the generator's state: a session as it was at first.
  public func reset() {
    overrides = Overrides(settings: options.settings, seed: options.seed)
    do throws(Diagnostic) {
      try Session.checkPasses(options)
      let state = try Session.makeState(host, options, environment)
      state.disabledPasses = Set(options.disabledPasses)
      state.passObserver = Session.passObserver(options)
      state.report = { [weak self] diagnostic in self?.tell(diagnostic) }
      self.state = state
      interpreter = Interpreter(session: state)
      interpreter?.operationBudget = options.operationBudget
    } catch {
      problem = error
    }
  }

  private static func makeState(
    _ host: Host, _ options: Options, _ environment: Environment
  ) throws(Diagnostic) -> SessionState {
    var machine = RuntimeOptions(threads: options.threads)
    if let name = options.instructionSet {
      guard let isa = InstructionSet(rawValue: name) else { throw .unknownLevel(name) }
      machine.isa = isa
    }
    do throws(RuntimeError) { try Runtime.check(machine) } catch {
      throw Diagnostic(.badOption, error.message, at: nil)
    }
    if let budget = options.memoryBudget { MemoryBudget.process.limit = budget }
    let state = SessionState(
      host: host, environment: environment, options: machine, report: { _ in })
    state.isStrict = options.isStrict
    state.warningLevels = options.warningLevels
    if let seed = options.seed {
      state.seed = seed
      state.generator = Generator(seed: seed)
    }
    return state
  }

  private func tell(_ diagnostic: Diagnostic) {
    var diagnostic = diagnostic
    if let state, let span = diagnostic.span, diagnostic.severity == .error {
      diagnostic.notes += state.modules.chain(of: span.source, sources)
    }
    report(diagnostic, sources)
  }

  // MARK: Running

  /// Whether nothing can run because of the options; says why.
  func isUnusable() -> Bool {
    if let problem { tell(problem) }
    return problem != nil
  }

  /// Checks and runs a text. An error found by the checker runs nothing; a failed statement
  /// changes no binding. `name` is what diagnostics show.
  public func execute(_ text: [UInt8], name: String) -> Outcome {
    shown = nil
    if isUnusable() { return .unusable }
    guard let interpreter, let (source, result) = parsed(text, name) else { return refusal }
    guard let program = checked(result.tree, name).map({ state?.optimised($0) ?? $0 }) else { return .failed }
    interpreter.sources = sources
    do throws(Diagnostic) {
      try interpreter.run(program)
    } catch {
      return end(with: error)
    }
    note(result.tree, source)
    return flushed(host.isCancelled() ? .interrupted : .completed)
  }

  /// Checks without running.
  public func check(_ text: [UInt8], name: String) -> Outcome {
    if isUnusable() { return .unusable }
    guard let (_, result) = parsed(text, name) else { return refusal }
    return checked(result.tree, name) == nil ? .failed : .completed
  }

  /// Why a text was not looked at: it is wrong, or what was asked for cannot be done with it.
  private var refusal: Outcome { problem == nil ? .failed : .unusable }

  /// The text and its tree; nil after reporting what is wrong with it.
  func parsed(_ text: [UInt8], _ name: String) -> (SourceText, ParseResult)? {
    if isUnusable() { return nil }
    let source = SourceText(name: name, bytes: text)
    let id = sources.add(source)
    state?.sources = sources
    var result = parse(source, id: id)
    for diagnostic in result.diagnostics { tell(diagnostic) }
    do throws(Diagnostic) { try overrides.apply(to: &result.tree) } catch {
      problem = error
      tell(error)
      return nil
    }
    return result.diagnostics.contains { $0.severity == .error } ? nil : (source, result)
  }

  /// The program with what it imports; nil after reporting what is wrong with them.
  func checked(_ tree: SyntaxTree, _ name: String) -> Program? {
    guard let state, let interpreter else { return nil }
    let loader = ModuleLoader(host: host, environment: environment, modules: state.modules, sources: sources)
    let program = loader.program(of: tree, name: name)
    sources = loader.sources
    state.sources = sources
    for mistake in loader.mistakes { tell(mistake) }
    if loader.mistakes.contains(where: { $0.severity == .error }) { return nil }
    let globals = interpreter.variablesByModule.mapValues { variables in
      variables.map { (name: $0.name, value: AbstractValue.abstract(of: $0.value)) }
    }
    var checker = Checker(session: state, modules: globals, isInteractive: options.isInteractive)
    let result = checker.check(program)
    let found = (result.diagnostics + warnings(about: tree)).enumerated().sorted { a, b in
      (a.element.span?.start ?? .max, a.offset) < (b.element.span?.start ?? .max, b.offset)
    }
    let errors = found.filter { $0.element.severity == .error }.compactMap(\.element.span)
    let wished = found.map(\.element)
      // What an error in it says comes first.
      .filter { one in one.severity == .error || !errors.contains { one.span?.contains($0) == true } }
      .compactMap { options.warningLevels.applied(to: $0) }
    for diagnostic in wished {
      state.said.insert(diagnostic)
      tell(diagnostic)
    }
    return wished.contains { $0.severity == .error } ? nil : program
  }

  private func end(with error: Diagnostic) -> Outcome {
    // What was printed before the error stands before it.
    let outcome = flushed(Session.outcome(of: error))
    if error.code == .interrupted {
      if options.isInteractive { tell(Diagnostic(.interrupted, "interrupted", at: nil, severity: .note)) }
    } else {
      tell(error)
    }
    return outcome
  }

  private static func outcome(of error: Diagnostic) -> Outcome {
    switch error.code {
    case .nonFiniteLoss: .nonFinite
    case .interrupted: .interrupted
    case .outputFailed: .outputFailed
    default: error.arguments.contains { $0.name == "write" } ? .outputFailed : .failed
    }
  }

  private func flushed(_ outcome: Outcome) -> Outcome {
    do throws(HostError) {
      try host.flush()
      return outcome
    } catch {
      tell(Diagnostic(.outputFailed, "cannot write the output: \(error.reason)", at: nil))
      return .outputFailed
    }
  }

  // MARK: What a prompt shows

  /// The value of the last expression statement as a prompt shows it, or nil.
  public var shownResult: String? { shown?() }

  /// Sets `ans`, and what is shown: the last expression's value unless a `;` ends the text, or the
  /// table of a model, data set or run that was just assigned.
  private func note(_ tree: SyntaxTree, _ source: SourceText) {
    guard let interpreter else { return }
    if case .unset = interpreter.result {} else { interpreter.define("ans", interpreter.result) }
    guard !Session.endsQuietly(source.bytes), let last = tree.statements.last else { return }
    switch tree[last] {
    case .assign(let targets, _):
      guard targets.count == 1, case .name(let name) = tree[targets[0]] else { return }
      let value = interpreter.variable(name)
      shown = { value?.assignedTable }
    default:
      switch interpreter.result {
      case .unset, .none: return
      case let value:
        let session = interpreter.session
        shown = {
          value.tableText(session).map { String($0.trimmedEnd) } ?? value.shown(until: session.host.isCancelled)
        }
      }
    }
  }

  /// Whether the last token is a `;`.
  private static func endsQuietly(_ bytes: [UInt8]) -> Bool {
    let text = bytes.reversed().drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    return text.first == 0x3B
  }

  /// Whether more lines are needed before the text can be parsed (for a prompt).
  public func isIncomplete(_ text: [UInt8]) -> Bool {
    parse(SourceText(name: "", bytes: text), id: SourceID(0)).isIncomplete
  }

  /// The session's variables, one a line: name, kind, shape.
  public var variableTable: String {
    let variables = interpreter?.variables ?? []
    let width = variables.map(\.name.count).max() ?? 0
    return variables.map { name, value in
      "\(name)\(String(repeating: " ", count: width - name.count))  \(value.kindText)\n"
    }.joined()
  }

  var globalNames: [String] { (interpreter?.variables ?? []).map(\.name) }
  var builtins: [String: BuiltinDefinition] { environment.builtins }
  func variable(_ name: String) -> Value? { interpreter?.variable(name) }
  func observeStages(_ observer: @escaping (String, String) -> Void) { state?.stageObserver = observer }
}

extension Value {
  /// What `:vars` says of a variable: its kind and shape.
  fileprivate var kindText: String {
    switch self {
    case .layer(let layer):
      let count = layer.parameterCount.map { ", \($0) parameter\($0 == 1 ? "" : "s")" } ?? ""
      return "a layer `\(layer.definition.name)`\(count)"
    case .data(let data):
      let shapes = [data.inputs.type, data.targets?.type].compactMap { $0?.shape.text }
      return "a data set " + shapes.joined(separator: " → ")
    default: return foundText
    }
  }

  /// Shown on assignment: models, data sets and runs; other assignments are silent.
  fileprivate var assignedTable: String? {
    switch self {
    case .layer, .data: tableText().map { String($0.trimmedEnd) }
    case .record(let box) where box.kind == "run": tableText().map { String($0.trimmedEnd) }
    default: nil
    }
  }
}

extension String {
  fileprivate var trimmedEnd: Substring {
    var text = self[...]
    while text.last == "\n" { text.removeLast() }
    return text
  }
}

extension DiagnosticCode {
  /// A choice of the machine that this processor or this version does not have.
  static let badOption = DiagnosticCode("E0001")
}

extension Diagnostic {
  fileprivate static func unknownLevel(_ name: String) -> Diagnostic {
    var diagnostic = Diagnostic(.badOption, "there is no instruction set level `\(name)`", at: nil)
    diagnostic.helps = [Help("use one of: \(InstructionSet.allCases.map(\.rawValue).joined(separator: ", "))")]
    return diagnostic
  }
}
