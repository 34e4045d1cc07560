// The loop of `train`: epochs of steps in bursts, hooks, validation, progress, cancelling. The steps
// themselves run inside the plan's runner; nothing here is done per step unless a block asks for it.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

/// Why a training ended.
enum TrainingStop: String { case completed, interrupted, broke = "break", early }

final class TrainingLoop {
  let request: TrainingRequest
  private let context: any ExecutionContext
  private let session: SessionState
  private(set) var plans: StepPlans
  private var full: StepRunner
  private var ragged: StepRunner?
  /// Changes of variables when the step was traced.
  private var tracedChanges = 0
  private let size: Int
  private let stepsPerEpoch: Int
  private let order: Tensor?
  private let sink: Tensor
  private var validator: Validator?

  private var step = 0
  private var epoch = 0
  /// Steps done of the running epoch.
  private var batchIndex = 0
  private var lossSum = 0.0
  private var rowSum = 0.0
  private var scalarBase = 0
  private var burst = 1
  private var trend = LossTrend()
  private var lastLoss = Double.nan
  private var history = TrainingHistory()
  private let best = BestState()
  /// The rates of the steps whose scalars are computed.
  private var rates: StepRates
  private var schedule: RateSchedule?
  private var settingsChanges = 0
  private let searching: SearchingSteps?
  /// What numbers of the data choose.
  private let rowChoices: [RowChoice]
  /// The targets that the plan reads.
  private var fedTargets: Tensor?

  private var isBatched: Bool { order != nil }
  private var rows: Int { request.data.rowCount }

  init(_ request: TrainingRequest, _ context: any ExecutionContext) throws(Diagnostic) {
    self.request = request
    self.context = context
    session = context.session
    let rows = request.data.rowCount
    let batch = request.data.description.batchSize
    size = min(batch ?? rows, rows)
    guard size > 0 else { throw .noRows("train on", at: request.span) }
    let hasRagged = rows % size > 0 && !request.data.dropsLast
    stepsPerEpoch = rows / size + (hasRagged ? 1 : 0)
    let steps = Self.steps(of: request, perEpoch: stepsPerEpoch)
    plans = try StepPlans(request, context.session, rows: size, steps: steps)
    rowChoices = plans.step.function.rowChoices
    try request.checkChoices(rowChoices, context.session)
    full = try plans.runner(rows: size)
    ragged = hasRagged ? try plans.runner(rows: rows % size) : nil
    do throws(AllocationError) {
      order = batch == nil ? nil : try Tensor([rows], integers: [])
      sink = try Tensor(.f32, [plans.scalarRows])
    } catch {
      throw .outOfMemory(error, at: request.span)
    }
    tracedChanges = context.variableChanges
    rates = try StepRates(request.optimizer, nil, from: 0, count: 0, context)
    searching = request.optimizer.searches ? try Self.searching(request, plans) : nil
    try feed()
    validator = try Validator(request, session)
    try validator?.check(request.metrics)
  }

  private static func searching(
    _ request: TrainingRequest, _ plans: StepPlans
  ) throws(Diagnostic) -> SearchingSteps {
    do throws(AllocationError) { return try SearchingSteps(request.optimizer, plans.named) } catch {
      throw .outOfMemory(error, at: request.span)
    }
  }

  /// Whole data sets are bound to the plan as they lie; batches are gathered by the order.
  private func feed() throws(Diagnostic) {
    let targets = try request.targets(of: request.data, session)
    fedTargets = targets
    let inputs = [("x", request.data.inputs)] + (targets.map { [("y", $0)] } ?? [])
    do throws(RuntimeError) {
      for runner in [full, ragged].compactMap(\.self) {
        for (name, tensor) in inputs {
          guard let index = runner.plan.parameterIndex(name) else { continue }
          if isBatched {
            try runner.feedRows(index, from: tensor)
          } else {
            try runner.plan.bind(index, to: tensor)
          }
        }
      }
    } catch {
      throw .runtime(error, at: request.span)
    }
  }

  /// The rows of the next step, written where the plan reads them.
  private func takeRows(_ source: StepSource) throws(Diagnostic) {
    let rows = try source.next()
    let targets = try request.targets(of: rows, session)
    guard rows.inputs.type == request.data.inputs.type else { throw source.changed(request.data.inputs, rows.inputs) }
    try request.checkChoices(rowChoices, rows.inputs, targets)
    request.data.inputs.copyElements(from: rows.inputs)
    guard let fed = fedTargets else { return }
    guard let targets, targets.type == fed.type else { throw source.changed(fed, targets) }
    fed.copyElements(from: targets)
    request.data.targets = fed
  }

  private var totalEpochs: Int {
    request.unit == "epochs" ? request.total : (request.total + stepsPerEpoch - 1) / stepsPerEpoch
  }

  private var totalSteps: Int { Self.steps(of: request, perEpoch: stepsPerEpoch) }

  private static func steps(of request: TrainingRequest, perEpoch count: Int) -> Int {
    if request.unit == "steps" { return request.total }
    let (steps, overflow) = request.total.multipliedReportingOverflow(by: count)
    return overflow ? .max : steps
  }

  // MARK: Running

  func run() throws(Diagnostic) -> TrainingStop {
    let stopped = try runSteps()
    // What was interrupted stays where it was; what ended as planned goes back to its best.
    if stopped == .completed || stopped == .early { best.restore(request.optimizer) }
    return stopped
  }

  private func runSteps() throws(Diagnostic) -> TrainingStop {
    history.losses.reserveCapacity(min(totalEpochs, 1 << 20))
    try prepareSchedule()
    while step < totalSteps {
      if batchIndex == 0 { try startEpoch() }
      let count = nextCount()
      try advance(count)
      if try runStepHooks() { return .broke }
      if request.unit == "steps", step % request.validationInterval == 0, try validate() { return .early }
      if isBatched, batchIndex == stepsPerEpoch || step == totalSteps {
        finishEpoch(isWhole: batchIndex == stepsPerEpoch)
        batchIndex = 0
        if let stop = try endEpoch() { return stop }
      } else if !isBatched {
        batchIndex = 0
        if let stop = try endEpoch() { return stop }
      }
      if session.host.isCancelled() { return .interrupted }
    }
    return .completed
  }

  private func startEpoch() throws(Diagnostic) {
    if let source = request.source, step > 0 { try takeRows(source) }
    guard let order else { return }
    let places = UnsafeMutableBufferPointer(
      start: order.pointer.assumingMemoryBound(to: Int32.self), count: order.elementCount)
    session.generator.dataLoaderOrder(into: places, shuffle: request.data.shuffles)
    lossSum = 0
    rowSum = 0
  }

  /// Steps until something has to be done between two steps.
  private func nextCount() -> Int {
    var count = min(burst, totalSteps - step, plans.scalarRows)
    for hook in session.hooks where hook.isActive && hook.event == "step" {
      count = min(count, hook.every - step % hook.every)
    }
    if request.unit == "steps", request.validationInterval != .max {
      count = min(count, request.validationInterval - step % request.validationInterval)
    }
    guard !isBatched else {
      let wholeBatches = rows / size
      return batchIndex < wholeBatches ? min(count, wholeBatches - batchIndex) : 1
    }
    if request.stop != nil || request.source != nil { return 1 }
    if validator != nil, request.unit == "epochs" {
      count = min(count, request.validationInterval - epoch % request.validationInterval)
    }
    count = min(count, reportEvery - epoch % reportEvery)
    for hook in session.hooks where hook.isActive && hook.event == "epoch" {
      count = min(count, hook.every - epoch % hook.every)
    }
    return count
  }

  /// Epochs between two progress events: at most ten in a training.
  private var reportEvery: Int { max(1, (totalEpochs + 9) / 10) }

  /// The schedule with this training's length, and the scalars of the first steps.
  private func prepareSchedule() throws(Diagnostic) {
    schedule = try request.optimizer.rateSchedule(
      total: totalSteps, stepsPerEpoch: stepsPerEpoch, context, at: request.span)
    if let leading = schedule?.leadingSteps, leading > 0, leading >= totalSteps {
      session.report(.scheduleTooLong(leading, totalSteps, request.optimizer.span))
    }
    try refillScalars()
  }

  private func refillScalars() throws(Diagnostic) {
    settingsChanges = request.optimizer.changes
    scalarBase = step
    let count = min(totalSteps - step, plans.scalarRows)
    rates = try StepRates(request.optimizer, schedule, from: step, count: count, context)
    plans.fillScalars(from: step, rates)
  }

  /// Runs `count` steps of one kind and books their losses.
  private func advance(_ count: Int) throws(Diagnostic) {
    if step - scalarBase + count > plans.scalarRows { try refillScalars() }
    let isRagged = isBatched && batchIndex == rows / size
    let runner = isRagged ? ragged ?? full : full
    let started = session.host.now()
    let outcome: StepOutcome
    do throws(RuntimeError) {
      let orderStart = isBatched ? batchIndex * size : 0
      if let searching {
        let (rates, first) = (rates, step - scalarBase)
        outcome = try searching.run(
          runner, steps: count, order: order, orderStart: orderStart, batch: size, losses: sink
        ) { rates.rate(first + $0, request.optimizer) }
      } else {
        outcome = try runner.run(
          steps: count, order: order, orderStart: orderStart, stepStart: step - scalarBase, losses: sink)
      }
    } catch {
      throw .runtime(error, at: request.span)
    }
    plans.count(outcome.completed)
    if schedule != nil, outcome.completed > 0 {
      request.optimizer.currentRate = rates.rate(step - scalarBase + outcome.completed - 1, request.optimizer)
    }
    book(outcome.completed, rows: isRagged ? rows % size : size)
    if let bad = outcome.nonFiniteLoss { throw nonFinite(bad) }
    adaptBurst(session.host.now() - started, count)
  }

  /// Bursts take some milliseconds, so that Ctrl-C is answered at once. Says nothing about bits.
  private func adaptBurst(_ seconds: Double, _ count: Int) {
    if seconds < 0.004, count == burst {
      burst = min(burst * 2, plans.scalarRows)
    } else if seconds > 0.02 {
      burst = max(1, burst / 2)
    }
  }

  private func book(_ completed: Int, rows: Int) {
    let values = sink.pointer.assumingMemoryBound(to: Float.self)
    for i in 0..<completed {
      lastLoss = Double(values[i])
      trend.note(lastLoss, step: step + i + 1)
      if isBatched {
        lossSum += lastLoss * Double(rows)
        rowSum += Double(rows)
      } else {
        history.losses.append(lastLoss)
        history.wholeEpochs += 1
        epoch += 1
      }
    }
    step += completed
    batchIndex += completed
  }

  // MARK: Between steps

  private func finishEpoch(isWhole: Bool) {
    history.losses.append(lossSum / rowSum)
    if isWhole { history.wholeEpochs += 1 }
    epoch += 1
  }

  /// Validation, then progress and `on epoch` blocks; why the training ends here, if it does.
  private func endEpoch() throws(Diagnostic) -> TrainingStop? {
    let isDue = request.unit == "epochs" && epoch % request.validationInterval == 0
    let isOver = isDue ? try validate() : false
    if try reportEpoch() { return .broke }
    return isOver ? .early : nil
  }

  /// Looks at the part `val` and at the rule for stopping; true when that says so.
  private func validate() throws(Diagnostic) -> Bool {
    if let validator {
      let measures = try validator.measures(request.metrics, context).map { ("val_\($0.name)", $0.value) }
      history.add(measures, epoch: isBatched && request.unit == "steps" ? epoch + 1 : epoch)
    }
    guard let rule = request.stop else { return false }
    let measures = [(name: "loss", value: history.losses.last ?? .nan)] + history.lastMeasures
    guard let value = measures.first(where: { $0.name == rule.monitor })?.value else { return false }
    if best.note(value, rule, epoch: epoch, step: step, measures: measures) {
      try best.keep(plans.parameters, request.optimizer, at: request.span)
    }
    return best.waited >= rule.patience
  }

  private func reportEpoch() throws(Diagnostic) -> Bool {
    session.host.progress(
      .epoch(
        index: epoch, total: totalEpochs, loss: history.losses.last ?? .nan,
        validationLoss: history.lastValidation, seconds: session.host.now()))
    return try runHooks("epoch", count: epoch, loss: history.losses.last ?? .nan)
  }

  private func runStepHooks() throws(Diagnostic) -> Bool {
    try runHooks("step", count: step, loss: lastLoss)
  }

  private func runHooks(_ event: String, count: Int, loss: Double) throws(Diagnostic) -> Bool {
    var isBroken = false
    for hook in session.hooks where hook.isActive && hook.event == event && count % hook.every == 0 {
      let currentEpoch = event == "epoch" || !isBatched ? epoch : epoch + 1
      let arguments: [Value] = [
        .number(Double(max(currentEpoch, 1))), .number(Double(step)), .number(loss),
        history.lastValidation.map { .number($0) } ?? .none,
      ]
      do throws(Diagnostic) {
        if try context.run(hook, arguments) { isBroken = true }
      } catch {
        var diagnostic = error
        diagnostic.labels.append(Label(request.span, "while training here"))
        throw diagnostic
      }
      try refreshRates()
      try refreshStep()
    }
    return isBroken
  }

  /// A block may have set `opt.lr`, or changed what a schedule's function reads.
  private func refreshRates() throws(Diagnostic) {
    let isChanged = request.optimizer.changes != settingsChanges
    if isChanged {
      schedule = try request.optimizer.rateSchedule(
        total: totalSteps, stepsPerEpoch: stepsPerEpoch, context, at: request.span)
    }
    guard isChanged || (schedule?.usesScript == true && context.variableChanges != tracedChanges) else { return }
    try refillScalars()
  }

  /// A block may have changed what a function in the step reads.
  private func refreshStep() throws(Diagnostic) {
    if plans.parameters.contains(where: \.isFrozen) {
      throw .notYet("freezing in the middle of a training", at: request.span)
    }
    guard plans.usesScript, context.variableChanges != tracedChanges else { return }
    tracedChanges = context.variableChanges
    try plans.refresh()
    full = try plans.runner(rows: size)
    if ragged != nil { ragged = try plans.runner(rows: rows % size) }
    try feed()
  }

  // MARK: Results

  private func nonFinite(_ loss: Float) -> Diagnostic {
    .nonFiniteLoss(
      loss, step: step + 1, epoch: isBatched ? epoch + 1 : step + 1, epochs: totalEpochs,
      place: NonFiniteSearch(request: request, session: session, rows: batchRows).place,
      trend: trend.text(last: lastLoss, step: step),
      rate: rates.rate(step - scalarBase, request.optimizer), request)
  }

  /// Rows of the batch that the next step takes.
  private var batchRows: [Int] {
    guard let order else { return Array(0..<rows) }
    return order.integers[(batchIndex * size)..<min(rows, (batchIndex + 1) * size)].map { Int($0) }
  }

  var header: ProgressEvent.TrainHeader {
    ProgressEvent.TrainHeader(
      total: request.total, unit: request.unit, stepsPerEpoch: stepsPerEpoch, examples: rows,
      parameters: request.model.parameterCount ?? 0, seed: session.seed)
  }

  func summary(_ stopped: String, seconds: Double) -> ProgressEvent.TrainSummary {
    ProgressEvent.TrainSummary(
      epochs: history.wholeEpochs, steps: step, seconds: seconds, losses: history.losses, examples: rows,
      seed: session.seed, stopped: stopped)
  }

  /// The value of `train`.
  func record(_ stopped: String, seconds: Double) -> Value {
    history.record(steps: step, seconds: seconds, stopped: stopped, best: best.record)
  }

  var newParameters: Int { plans.newParameters }
}
