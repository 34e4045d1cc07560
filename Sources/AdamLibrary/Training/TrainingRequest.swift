// One `train`, with everything it left out filled in and every shape checked.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

struct TrainingRequest {
  var model: Layer
  /// The rows to fit.
  var data: DataSet
  var validation: DataSet?
  /// The function that makes the rows of each step; nil for rows at hand.
  var source: StepSource?
  var loss: TrainingLoss
  var optimizer: Optimizer
  var total: Int
  /// `epochs` or `steps`.
  var unit: String
  var span: Span
  var metrics: [TrainingMetric<Value>] = []
  var stop: EarlyStop?
  /// Epochs, or steps where steps are counted, between two validations.
  var validationInterval = 1

  init(_ arguments: BoundArguments<Value>, _ context: any ExecutionContext) throws(Diagnostic) {
    let session = context.session
    span = arguments.span
    let strict = session.isStrict
    // `check grad` asks the same without an optimizer.
    let isTraining = arguments.names.contains("opt")
    guard case .layer(let model)? = arguments["model"] else {
      throw .noModel(isTraining ? "train" : "check grad", at: span)
    }
    self.model = model
    if model.namedParameters.isEmpty { throw .nothingToTrain(model, at: span) }
    let steps = arguments.int("steps")
    unit = steps == nil ? "epochs" : "steps"
    guard let total = steps ?? arguments.int("epochs") else { throw .noLength(at: span) }
    self.total = total
    let whole: DataSet
    if let given = arguments["data"] {
      let place = arguments.place(of: "data")
      source = StepSource(given, context, at: place)
      if let source { whole = try source.first() } else { whole = try given.dataSet(at: place) }
    } else {
      guard let sample = try DataSet.sample(for: model, session, at: span) else {
        throw .noSample(at: span)
      }
      try session.note(.noData(strict: strict, sample: sample.sampleText, at: span))
      whole = sample
    }
    data = try whole.trainingRows(at: span)
    validation = try whole.part("val", at: span)
    metrics = try TrainingMetric<Value>.list(arguments["metrics"], at: arguments.place(of: "metrics"))
    if !metrics.isEmpty, validation == nil {
      try session.warn(
        Diagnostic(
          .noValidation, "the data has no part `val`, so the metrics are not computed while training", at: span,
          severity: .warning))
    }
    if let interval = arguments["val"], !interval.isNone {
      validationInterval = try interval.interval("val", at: arguments.place(of: "val"))
    } else if unit == "steps" {
      validationInterval = .max
    }
    stop = try EarlyStop(
      arguments["stop"], metrics: metrics, hasValidation: validation != nil, at: arguments.place(of: "stop"))
    let output = try TrainingRequest.output(of: model, data.description, session)
    if let given = arguments["loss"] {
      guard let named = TrainingLoss(given) else {
        throw .noLossFunction(given.foundText, at: arguments.place(of: "loss"))
      }
      loss = named
    } else {
      loss = TrainingLoss(.inferred(target: data.description.targetKind, output: output))
      try session.note(.noLoss([loss.definition], strict: strict, at: span))
    }
    if case .optimizer(let given)? = arguments["opt"] {
      optimizer = given
    } else if !isTraining {
      optimizer = Optimizer.standard(at: span)
    } else {
      try session.note(.noOptimizer(strict: strict, at: span))
      optimizer = session.standardOptimizer(at: span)
    }
  }

  /// The model's output for a batch, as far as it can be told; shapes are judged later, with places.
  static func output(
    of model: Layer, _ data: DataDescription, _ session: SessionState
  ) throws(Diagnostic) -> TensorType {
    do throws(Diagnostic) {
      let trace = try model.traced(on: data.inputType, caller: session.functionTracer)
      if trace.structure == nil { return trace.outputType }
      return TensorType(.f32, Shape([.batch, .unknown]))
    } catch {
      return TensorType(.f32, Shape([.batch, .unknown]))
    }
  }

  func tracer(_ session: SessionState) -> StepTracer {
    StepTracer(
      model: model, data: data.description, loss: loss, verb: "train", span: span,
      sources: session.sources, caller: session.functionTracer)
  }

  /// Targets in the form that the loss wants.
  func targets(of data: DataSet, _ session: SessionState) throws(Diagnostic) -> Tensor? {
    try loss.targets(of: data, model: model, session, at: span)
  }
}

extension LossDefinition {
  /// A data set's targets in the form that this loss wants; nil without targets. Whole-number real
  /// targets are classes for a class loss, a number for each output is its probability.
  func targets(
    of data: DataSet, model: Layer, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Tensor? {
    guard let targets = data.targets else { return nil }
    switch (target, targets.element) {
    case (.classes, .i32) where targets.sizes.count == 1: return targets
    case (.classes, _):
      return try targets.asClasses(for: TrainingRequest.output(of: model, data.description, session), at: span)
    case (.binary, .i32), (.real, .i32):
      let sizes = target == .binary ? [data.rowCount, 1] : targets.sizes
      do throws(AllocationError) { return try Tensor(sizes, floats: targets.floats) } catch {
        throw .outOfMemory(error, at: span)
      }
    default: return targets
    }
  }
}

extension SessionState {
  /// The optimizer of scripts that name none. It lasts, so that a second `train` continues.
  func standardOptimizer(at span: Span) -> Optimizer {
    if let known = unnamedOptimizer { return known }
    let made = Optimizer.standard(at: span)
    unnamedOptimizer = made
    return made
  }
}

extension Diagnostic {
  static func noModel(_ verb: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.missingArgument, "`\(verb)` needs a model", at: span)
    diagnostic.helps = [Help("write `model = seq(linear(2,16), relu, linear(16,1))` above")]
    return diagnostic
  }

  static func nothingToTrain(_ model: Layer, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.noTraining, "the model has no parameters to train", at: span)
    diagnostic.labels = [Label(model.span, "made here, without weights")]
    return diagnostic
  }

  static func noLength(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.missingArgument, "`train` needs a number of epochs or steps", at: span)
    diagnostic.helps = [Help("write `train 50`, or `train 500 steps`")]
    return diagnostic
  }

  static func twoLengths(at span: Span, _ first: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .argumentGivenTwice, "`train` counts epochs or steps, not both", at: span, label: "steps here")
    diagnostic.labels = [Label(first, "epochs here")]
    return diagnostic
  }

  static func noLossFunction(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.wrongKind, "a loss is `mse()` and the like, or a function of (pred, y), found \(found)", at: span)
  }
}
