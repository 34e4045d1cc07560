// What lasts between the statements of a session beside its variables.
import AdamData
import AdamRuntime
import AdamSource

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
  private var storedEngine: TensorEngine?
  /// The number of the last `seed`, for headers and summaries.
  package var seed: UInt64 = 0
  /// `--seed n`: replaces the number of the first top-level `seed`.
  package var forcedSeed: UInt64?
  /// Notes are errors: no sanity sample, no inferred loss, no default optimizer.
  package var isStrict = false
  package var hooks: [Hook] = []
  /// The texts of the session, so that messages can quote what was written.
  package var sources = SourceMap()
  /// Plans kept between statements.
  package let plans = PlanCache()
  /// What `train` uses when the script binds no `opt`.
  package var unnamedOptimizer: Optimizer?
  /// Sources that cannot be opened twice, by path: the check read their header, the run goes on.
  package var keptReaders: [String: CSVReader] = [:]
  /// A `train` is running: its blocks may not start another.
  package var isTraining = false
  /// When set, `train` plans and shows its stages (`grad`, `opt`, `plan`) instead of running.
  package var stageObserver: ((_ stage: String, _ text: String) -> Void)?
  /// Notes and warnings for the front end, in order.
  package var report: (Diagnostic) -> Void

  package init(host: Host, environment: Environment, report: @escaping (Diagnostic) -> Void) {
    self.host = host
    self.environment = environment
    self.report = report
    self.random = RandomSource(Generator(seed: 0))
  }

  /// Single ops on tensors at hand, on the session's one machine.
  package func engine(at span: Span) throws(Diagnostic) -> TensorEngine {
    if let storedEngine { return storedEngine }
    let engine = TensorEngine(try runtime(at: span), random: random)
    storedEngine = engine
    return engine
  }
}
