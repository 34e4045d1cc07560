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
  /// The machine that plans run on: one for all of a session's work.
  package let runtime: Runtime
  /// Single ops on tensors at hand.
  package let engine: TensorEngine
  /// The number of the last `seed`, for headers and summaries.
  package var seed: UInt64 = 0
  /// `--seed n`: replaces the number of the first top-level `seed`.
  package var forcedSeed: UInt64?
  /// Notes are errors: no sanity sample, no inferred loss, no default optimizer.
  package var isStrict = false
  package var hooks: [Hook] = []
  /// Notes and warnings for the front end, in order.
  package var report: (Diagnostic) -> Void

  /// Without `options` the machine chooses the best level and its own number of threads; throws
  /// when the options ask for what the processor does not have.
  package init(
    host: Host, environment: Environment, options: RuntimeOptions = RuntimeOptions(),
    report: @escaping (Diagnostic) -> Void
  ) throws(RuntimeError) {
    self.host = host
    self.environment = environment
    self.report = report
    self.random = RandomSource(Generator(seed: 0))
    self.runtime = try Runtime(options)
    self.engine = TensorEngine(runtime, random: random)
  }
}
