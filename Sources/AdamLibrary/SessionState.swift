// What lasts between the statements of a session beside its variables.
import AdamData
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

/// Warnings by code and place.
package struct SaidWarnings {
  private struct Key: Hashable {
    var code: DiagnosticCode
    var span: Span?
  }
  private var keys: Set<Key> = []

  /// Whether it is new. Notes are new every time.
  @discardableResult
  package mutating func insert(_ diagnostic: Diagnostic) -> Bool {
    diagnostic.severity == .note || keys.insert(Key(code: diagnostic.code, span: diagnostic.span)).inserted
  }
}

package final class SessionState {
  package let host: Host
  package let environment: Environment
  /// The one generator of the session: initial weights, shuffles, splits, masks, user draws.
  package var generator: Generator {
    get { random.generator }
    _modify { yield &random.generator }
  }
  /// Where the generator lives; plans with random ops draw from the same place.
  package let random: RandomSource
  /// The number of the last `seed`, for headers and summaries.
  package var seed: UInt64 = 0
  /// Notes are errors: no sanity sample, no inferred loss, no default optimizer.
  package var isStrict = false
  /// Which warnings are left out and which are errors.
  package var warningLevels = WarningLevels()
  /// Warnings that were shown, so that none is said twice of one place.
  package var said = SaidWarnings()
  package var hooks: [Hook] = []
  /// The texts of the session, so that messages can quote what was written.
  package var sources = SourceMap()
  /// The files imported by scripts.
  package let modules = ModuleTable()
  /// Plans kept between statements.
  package let plans = PlanCache()
  /// Derivatives that need no tracing again.
  package let traces = TraceCache()
  /// What `train` uses when the script binds no `opt`.
  package var unnamedOptimizer: Optimizer?
  /// Sources that cannot be opened twice, by path: the check read their header, the run goes on.
  package var keptReaders: [String: CSVReader] = [:]
  /// What the checker knows of the places where `_` stands for a size.
  package var openSizes = OpenSizes()
  /// The function being traced: ops on tensors are appended to it.
  package var tracer: ModelTracer?
  /// Runs functions of the script where layers and losses are traced: the VM, or the checker while it
  /// checks.
  package weak var functionTracer: (any FunctionTracer)?
  /// A `train` is running: its blocks may not start another.
  package var isTraining = false
  /// Models that are called by hand run as in a training step (`training=true`).
  var modelsTrain = false
  /// Set while functions of the script are only looked at: whether one has tried to print.
  private var hasTriedToPrint: Bool?
  /// When set, `train` plans and shows its stages (`grad`, `opt`, `plan`) instead of running.
  package var stageObserver: ((_ stage: String, _ text: String) -> Void)?
  /// Names of passes that are left out. No bit of any result depends on it.
  package var disabledPasses: Set<String> = []
  /// Looks at what a pass made, under the pass's name.
  package var passObserver: ((_ pass: String, _ text: () -> String) -> Void)?
  /// Notes and warnings for the front end, in order.
  package var report: (Diagnostic) -> Void

  private let options: RuntimeOptions
  /// Kernels and threads; made when first used, because a check and a script without tensors need
  /// neither.
  package private(set) lazy var runtime: Runtime = {
    let runtime = Runtime(checked: options)
    runtime.isCancelled = host.isCancelled
    return runtime
  }()
  /// Applies single ops to tensors at hand.
  package private(set) lazy var engine = TensorEngine(runtime, random: random)
  /// The same without counting who uses it: the session keeps it.
  private(set) lazy var engineAtHand = Unmanaged.passUnretained(engine)

  /// Without `options` the machine chooses the best level and its own number of threads; what the
  /// processor does not have counts as not asked for (`Runtime.check` says it).
  package init(
    host: Host, environment: Environment, options: RuntimeOptions = RuntimeOptions(),
    report: @escaping (Diagnostic) -> Void
  ) {
    self.host = host
    self.environment = environment
    self.report = report
    self.options = options
    self.random = RandomSource(Generator(seed: 0))
  }
}

extension SessionState {
  /// A program as the VM runs it.
  package func optimised(_ program: Program) -> Program {
    ProgramPipeline.standard.run(program, without: disabledPasses) { pass, program in
      passObserver?(pass) { program.printed() }
    }
  }
}

extension SessionState {
  /// What scripts print.
  package func write(_ text: String) throws(HostError) {
    if hasTriedToPrint == nil { try host.write(Array(text.utf8)) } else { hasTriedToPrint = true }
  }

  /// Traces functions of the script to see what they do. nil when one fails, prints or draws, which it shall
  /// do only when it is needed; nothing of it stays.
  func looking<Result>(_ body: () throws(Diagnostic) -> Result) -> Result? {
    let (drawn, outer) = (generator, hasTriedToPrint)
    hasTriedToPrint = false
    defer {
      generator = drawn
      hasTriedToPrint = outer.map { $0 || hasTriedToPrint == true }
    }
    let result = try? body()
    return hasTriedToPrint == true || generator != drawn ? nil : result
  }
}
