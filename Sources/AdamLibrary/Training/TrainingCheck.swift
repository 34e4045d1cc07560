// What `train` and `check grad` ask of model, data and loss, looked at before rows are read.
import AdamIR
import AdamSource

struct TrainingCheck {
  private let context: any CheckContext
  private let arguments: BoundArguments<AbstractValue>
  /// The verb, for messages.
  private let verb: String
  private var span: Span { arguments.span }
  /// `check grad` asks the same without an optimizer.
  private var isTraining: Bool { arguments.names.contains("opt") }

  init(_ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>, verb: String) {
    self.context = context
    self.arguments = arguments
    self.verb = verb
  }

  func run() throws(Diagnostic) {
    if arguments["model"] == nil { throw .noModel(verb, at: span) }
    try checkDefaults()
    try checkRates()
    guard let model = arguments.layer("model") else { return }
    if model.isWithoutParameters { throw .nothingToTrain(model, at: span) }
    guard let data = try data(for: model) else { return }
    if data.targetKind == .unknown { return try checkInputs(model, data) }
    let found = try data.inEveryReading { reading throws(Diagnostic) in try warnings(model, reading) }
    for warning in found.first ?? [] where found.allSatisfy({ $0.contains(warning) }) { context.report(warning) }
  }

  /// Throws when a step certainly does not work; else what is to be said about it.
  private func warnings(_ model: Layer, _ data: DataDescription) throws(Diagnostic) -> [Diagnostic] {
    guard let loss = try loss(model, data) else { return [] }
    try checkLabels(loss, model, data)
    let tracer = StepTracer(
      model: model, data: data, loss: loss, verb: verb, span: span,
      sources: context.session.sources, caller: context.session.functionTracer)
    guard let step = try step(tracer) else { return [] }
    if arguments.isGiven("metrics") { try step.requireTensor("a metric", of: model, at: span) }
    if loss.function != nil, step.certainlyReachesNothing { throw .lossReachesNothing(at: span) }
    return isTraining ? step.warnings(of: loss, at: span) : []
  }

  /// A batch of any size, so that messages speak of `[batch, 3]`; then one of the size that most steps take,
  /// where it is known and may tell more of a function of the script: it decides where the first met branches
  /// of which it could not tell which is taken. nil when neither tells.
  private func step(_ tracer: StepTracer) throws(Diagnostic) -> ModelTracer? {
    let rows = tracer.loss.function == nil ? nil : tracer.data.knownBatch(isTraining)
    // A batch of any size is taken to have more than one row.
    var sizes: [Int?] = rows == 1 ? [] : [nil]
    if let rows { sizes.append(rows) }
    var step: ModelTracer?
    for (place, rows) in sizes.enumerated() {
      func trace() throws(Diagnostic) -> ModelTracer { try tracer.trace(rows: rows, isTraining: isTraining) }
      do throws(Diagnostic) {
        let isLast = place == sizes.count - 1
        step = isLast ? try trace() : try context.tentatively(trace) ?? step
      } catch {
        if error.code != .shapeUnknown { throw error }
      }
    }
    return step
  }

  /// What is left out, under `--strict`.
  private func checkDefaults() throws(Diagnostic) {
    let strict = context.session.isStrict
    if arguments["data"] == nil {
      if let meant = context.unnamedData { throw .dataNotNamed(meant, at: span) }
      if strict { context.report(.noData(strict: true, sample: "", at: span)) }
    }
    if strict, isTraining, arguments["opt"] == nil { context.report(.noOptimizer(strict: true, at: span)) }
    if strict, arguments["loss"] == nil { context.report(.noLoss(impliedLosses, strict: true, at: span)) }
  }

  /// What the target may ask for, as far as its kind is known.
  private var impliedLosses: [LossDefinition] {
    var kinds: [DataDescription.TargetKind] = [.real]
    if let given = arguments["data"] {
      let readings = (try? DataDescription.of(given, at: span))?.readings ?? []
      kinds = readings.isEmpty ? [.real, .label] : readings.map(\.targetKind)
    }
    return kinds.map { .inferred(target: $0, output: TensorType(.f32, Shape([.batch, .unknown]))) }
  }

  /// Classes that are written in the script.
  private func checkLabels(_ loss: TrainingLoss, _ model: Layer, _ data: DataDescription) throws(Diagnostic) {
    guard loss.function == nil, loss.definition.target == .classes, data.targetKind == .real,
      let parts = arguments["data"]?.asElements, parts.count == 2, case .known(let targets) = parts[1]
    else { return }
    let output = try TrainingRequest.output(of: model, data, context.session)
    _ = try targets.tensor(at: span).asClasses(for: output, at: span)
  }

  /// The schedule against the number of steps, where that is known.
  private func checkRates() throws(Diagnostic) {
    guard let optimizer = arguments.optimizer("opt"), let perEpoch = stepsPerEpoch else { return }
    let epochs = arguments.int("epochs").map { $0.multipliedReportingOverflow(by: perEpoch) }
    guard let total = arguments.int("steps") ?? epochs.flatMap({ $0.overflow ? nil : $0.partialValue }), total > 0
    else { return }
    try RateCheck(optimizer, context).run(total: total, stepsPerEpoch: perEpoch)
  }

  /// nil when it is not known.
  private var stepsPerEpoch: Int? {
    guard let given = arguments["data"] else { return 1 }
    switch given.kindOfValue {
    case .tuple, .list, .tensor: return 1
    default: break
    }
    guard let data = given.asData else { return nil }
    guard let size = data.batchSize else { return 1 }
    guard data.parts.isEmpty, let rows = data.rows, rows > 0, rows % size == 0 else { return nil }
    return rows / size
  }

  /// nil when it is not known.
  private func data(for model: Layer) throws(Diagnostic) -> DataDescription? {
    guard var given = arguments["data"] else {
      return try DataDescription.sample(for: model, context.session, at: span)
    }
    let place = context.source(of: "data", arguments)
    if given.layerFunction != nil { given = context.call(given, [], at: place) }
    let data = try DataDescription.of(given, at: place)
    if let parts = data?.parts, !parts.isEmpty, !parts.contains("train"), let data {
      throw .noTrainingPart(parts, data, at: span)
    }
    return data
  }

  /// Inputs alone tell whether the layers fit, and the sizes that were left open.
  private func checkInputs(_ model: Layer, _ data: DataDescription) throws(Diagnostic) {
    _ = try model.traced(on: data.inputType, isTraining: true, caller: context.session.functionTracer)
  }

  /// nil when the loss is not known.
  private func loss(_ model: Layer, _ data: DataDescription) throws(Diagnostic) -> TrainingLoss? {
    guard let given = arguments["loss"] else {
      let output = try TrainingRequest.output(of: model, data, context.session)
      // A column of text becomes a class when rows are read, and several outputs then fit it.
      if data.origin == "csv", data.targetKind == .real, data.targetColumns.count == 1,
        let outputs = output.shape.dimensions.last?.size, outputs != 1
      {
        return nil
      }
      return TrainingLoss(.inferred(target: data.targetKind, output: output))
    }
    if let metric = given.asMetric { throw .metricAsLoss(metric, at: context.source(of: "loss", arguments)) }
    if let loss = TrainingLoss(given) { return loss }
    if case .known(let value) = given {
      throw .noLossFunction(value.foundText, at: context.source(of: "loss", arguments))
    }
    return nil
  }
}

extension Layer {
  /// Certainly nothing in it can be trained.
  fileprivate var isWithoutParameters: Bool { !isOpen && !hasOpenPart && namedParameters.isEmpty }

  private var hasOpenPart: Bool { children.contains { $0.layer.isOpen || $0.layer.hasOpenPart } }
}

extension DataDescription {
  /// Rows of the batch that most steps take, or that a check of gradients takes; nil when that is not known
  /// before rows are read.
  fileprivate func knownBatch(_ isTraining: Bool) -> Int? {
    guard parts.isEmpty, part == nil, let rows, rows > 0 else { return nil }
    return min(rows, isTraining ? batchSize ?? rows : CheckGradVerb.rows)
  }
}

extension AbstractValue {
  fileprivate var asMetric: MetricDefinition? {
    guard case .known(.builtin(let builtin)) = self, builtin.definition.group == "metric" else { return nil }
    return MetricRegistry[builtin.definition.name]
  }
}

extension ModelTracer {
  /// No parameter, frozen or not, went into the loss, nor anything of which only the type is known.
  fileprivate var certainlyReachesNothing: Bool {
    guard let loss = function.results.first?.value else { return false }
    var open = Set(parameters.map { parameter($0.parameter) }).union(opaques)
    for operation in function.operations where operation.operands.contains(where: open.contains) {
      open.formUnion(operation.results)
    }
    return !open.contains(loss)
  }
}
