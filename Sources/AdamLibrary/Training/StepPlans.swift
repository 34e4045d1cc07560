// Plans of a training step for the full and the ragged batch, bound to weights and state.
import AdamFormulas
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

/// The numbers an optimizer needs at each step, computed ahead for many steps.
final class ScalarFeed {
  let name: String
  /// Updates that the parameters of this feed have seen when the training starts.
  let start: Int
  let table: Tensor
  init(name: String, start: Int, table: Tensor) {
    self.name = name
    self.start = start
    self.table = table
  }
}

/// All that a training needs to run steps of one model.
struct StepPlans {
  /// Steps whose scalars are computed ahead.
  let scalarRows: Int
  private static let mostScalarRows = 4096

  let request: TrainingRequest
  let session: SessionState
  private(set) var feeds: [ScalarFeed] = []
  private var groups: [String: String] = [:]
  /// The state of each parameter, in the order of `named`.
  private var states: [Optimizer.ParameterState] = []
  /// What the loss reaches and training changes, in the order of the step's function.
  let named: [NamedParameter]
  /// The step on a batch of `rows` rows, which told what it reaches.
  private var first: (rows: Int, trace: ModelTracer)

  /// - Parameters:
  ///   - rows: of the batch that most steps take.
  ///   - steps: how many there will be at most.
  init(_ request: TrainingRequest, _ session: SessionState, rows: Int, steps: Int) throws(Diagnostic) {
    scalarRows = max(1, min(steps, Self.mostScalarRows))
    self.request = request
    self.session = session
    let trace = try request.tracer(session).trace(rows: rows, isTraining: true)
    guard let loss = trace.function.results.first?.value,
      !trace.function.parametersReached(from: loss).isEmpty
    else { throw .lossReachesNothing(at: request.span) }
    first = (rows, trace)
    named = trace.parameters.filter { !$0.parameter.isFrozen }
    try prepareState()
  }

  /// The traced step.
  var step: ModelTracer { first.trace }

  /// What the steps change.
  var parameters: [LayerParameter] { named.map(\.parameter) }

  /// Functions of the script take part in the step.
  var usesScript: Bool { first.trace.usesScript }

  /// Traces the step anew, since variables that it reads may have changed. What it reaches stays.
  mutating func refresh() throws(Diagnostic) {
    let trace = try request.tracer(session).trace(rows: first.rows, isTraining: true)
    let before = first.trace.parameters.map { ObjectIdentifier($0.parameter) }
    guard trace.parameters.map({ ObjectIdentifier($0.parameter) }) == before else {
      throw .notYet("reaching other parameters in the middle of a training", at: request.span)
    }
    first.trace = trace
  }

  private func trace(rows: Int) throws(Diagnostic) -> ModelTracer {
    if rows == first.rows { return first.trace }
    return try request.tracer(session).trace(rows: rows, isTraining: true)
  }

  /// Gives parameters without state fresh slots, and groups all by the updates they have seen.
  private mutating func prepareState() throws(Diagnostic) {
    let optimizer = request.optimizer
    let slots = (optimizer.formula?.slotNames(optimizer.hyper) ?? []).count
    var feedOfStart: [Int: String] = [:]
    do throws(AllocationError) {
      for named in named {
        let state = try optimizer.state(of: named.parameter, slots: slots)
        states.append(state)
        if feedOfStart[state.updates] == nil {
          let name = feeds.isEmpty ? "scalars" : "scalars.\(feeds.count)"
          let table = try Tensor(.f32, [scalarRows, OptimizerRules.scalarCount])
          feeds.append(ScalarFeed(name: name, start: state.updates, table: table))
          feedOfStart[state.updates] = name
        }
        groups[named.name] = feedOfStart[state.updates]
      }
    } catch {
      throw .outOfMemory(error, at: request.span)
    }
  }

  /// Parameters that meet this optimizer for the first time although others do not.
  var newParameters: Int {
    feeds.count > 1 ? states.count { $0.updates == 0 } : 0
  }

  /// Computes the scalars of the steps from `step` (0-based within this training) on.
  func fillScalars(from step: Int, _ rates: StepRates) {
    guard let formula = request.optimizer.formula else { return }
    for feed in feeds {
      let rows = feed.table.pointer.assumingMemoryBound(to: Float.self)
      rates.fill(formula, request.optimizer.hyper, from: feed.start + step + 1, into: rows)
      // What rounding made subnormal is zero like in every tensor.
      feed.table.flushSubnormals()
    }
  }

  /// Counts updates: what the state of each parameter has seen.
  func count(_ steps: Int) {
    request.optimizer.steps += steps
    for state in states { state.updates += steps }
  }

  /// A runner of steps on `rows` rows. `observer` sees the function after autodiff and at the end.
  func runner(
    rows: Int, observer: (String, TensorFunction) -> Void = { _, _ in }
  ) throws(Diagnostic) -> StepRunner {
    let trace = try trace(rows: rows)
    let plan = try plan(trace, observer: observer)
    do throws(RuntimeError) {
      try plan.bind(trace)
      for (index, parameter) in plan.function.parameters.enumerated() {
        if let tensor = storage(of: parameter) { try plan.bind(index, to: tensor) }
      }
      let runner = StepRunner(plan)
      for feed in feeds {
        if let index = plan.parameterIndex(feed.name) {
          try runner.feedSteps(index, from: feed.table)
        }
      }
      return runner
    } catch {
      throw .runtime(error, at: request.span)
    }
  }

  /// The function of a step after all passes.
  func function(
    rows: Int, observer: (String, TensorFunction) -> Void
  ) throws(Diagnostic) -> TensorFunction {
    try derive(try trace(rows: rows).function, observer)
  }

  private func derive(
    _ traced: TensorFunction, _ observer: (String, TensorFunction) -> Void
  ) throws(Diagnostic) -> TensorFunction {
    let optimizer = request.optimizer
    if optimizer.searches {
      return try session.optimise(traced, by: .gradients, at: request.span, observer: observer)
    }
    guard let formula = optimizer.formula, let op = OpRegistry.standard[optimizer.rule] else {
      throw .notYet("the optimizer `\(optimizer.rule)`", at: optimizer.span)
    }
    let groups = groups
    let update = OptimizerUpdate(
      op, slots: formula.slotNames(optimizer.hyper), scalarCount: OptimizerRules.scalarCount,
      options: formula.options(optimizer.hyper), scalarsName: { groups[$0] ?? "scalars" })
    return try session.optimise(traced, by: .training(update), at: request.span, observer: observer)
  }

  private func plan(
    _ trace: ModelTracer, observer: (String, TensorFunction) -> Void
  ) throws(Diagnostic) -> Plan {
    let traced = trace.function
    let optimizer = request.optimizer
    let key = PlanCache.Key(
      function: traced, optimizer: optimizer.rule,
      options: optimizer.formula?.options(optimizer.hyper) ?? 0,
      groups: named.map { named in
        feeds.firstIndex { $0.name == groups[named.name] } ?? 0
      })
    if let known = session.plans[key] { return known }
    let plan = try session.makePlan(try derive(traced, observer), at: request.span)
    session.plans[key] = plan
    return plan
  }

  /// The tensor that lives outside the plan: a weight or a slot of its state.
  private func storage(of parameter: FunctionParameter) -> Tensor? {
    switch parameter.role {
    case .state:
      for (named, state) in zip(named, states) where parameter.name.hasPrefix(named.name + ".") {
        let slot = parameter.name.dropFirst(named.name.count + 1)
        let names = request.optimizer.formula?.slotNames(request.optimizer.hyper) ?? []
        if let index = names.firstIndex(of: String(slot)), state.slots.indices.contains(index) {
          return state.slots[index]
        }
      }
      return nil
    default: return nil
    }
  }
}

extension Diagnostic {
  static func lossReachesNothing(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .noTraining, "the loss depends on no parameter that may change, so there is nothing to train", at: span)
    diagnostic.helps = [Help("use the prediction in the loss, or `unfreeze(…)` a part of the model")]
    return diagnostic
  }
}
