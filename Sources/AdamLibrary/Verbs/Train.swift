// train: fits a model to data. Weights, moments and step counts go on where they were.
import AdamData
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

enum TrainVerb {
  private static let count = NumberRange(from: 0, to: 9_007_199_254_740_992)

  /// Options that the language has and this version does not run.
  private static let later = ["checkpoint"]

  static let builtin = BuiltinDefinition(
    name: "train", group: "verb", summary: "Fits the model to the data.",
    signature: Signature(
      [
        ParameterDefinition(
          "epochs", .integer, "passes over the data", range: count, default: .some(.none)),
        ParameterDefinition(
          "steps", .integer, "updates instead of epochs", range: count, default: .some(.none),
          isKeywordOnly: true),
        ParameterDefinition("model", .layer, "what is trained", isImplicit: true),
        ParameterDefinition("data", .any, "a data set or (x, y)", isImplicit: true),
        ParameterDefinition("loss", .function, "what is made small", isImplicit: true),
        ParameterDefinition("opt", .optimizer, "how it is made small", isImplicit: true),
        ParameterDefinition(
          "val", .record, "when the part `val` is looked at: every(n)", default: .some(.none), isKeywordOnly: true),
        ParameterDefinition(
          "metrics", .any, "metrics of the part `val`, a list", default: .some(.none), isKeywordOnly: true),
        ParameterDefinition(
          "stop", .record, "when to stop before the end: early(…)", default: .some(.none), isKeywordOnly: true),
      ]
        + later.map {
          ParameterDefinition(
            $0, .any, "not in this version", default: .some(.none), isKeywordOnly: true)
        }),
    example: "model = linear(2, 1)\nr = train 5\nprint r.epochs  # prints: 5",
    page: Page(
      "Goes on where the last training ended: weights, moments and step counts stay. What is not given "
          + "comes from the variables `model`, `data`, `loss` and `opt`; without a loss the target's kind "
          + "decides, without an optimizer it is adam(lr=1e-3). Ctrl-C and a loss that is not finite keep the "
          + "weights of the last whole step. The result has loss, losses, val_loss, epochs, steps, seconds, "
          + "stopped, history and best.",
      see: ["eval", "early", "every", "on", "adam", "seed"]),
    check: { context, arguments in checkTrain(context, arguments) },
    run: { context, arguments throws(Diagnostic) in try train(context, arguments) })

  private static func refuseLater<V: ArgumentValue>(
    _ arguments: BoundArguments<V>
  ) throws(Diagnostic) {
    for name in later where arguments.isGiven(name) {
      throw .notYet("`\(name)=` of `train`", at: arguments.place(of: name))
    }
    switch (arguments.isGiven("epochs"), arguments.isGiven("steps")) {
    case (false, false): throw .noLength(at: arguments.span)
    case (true, true): throw .twoLengths(at: arguments.place(of: "steps"), arguments.place(of: "epochs"))
    default: break
    }
  }

  // MARK: Checking

  private static func checkTrain(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) -> AbstractValue {
    var result: AbstractValue = .unknown
    do throws(Diagnostic) {
      try refuseLater(arguments)
      result = try TrainingOptions(context, arguments).checkedRun()
      if arguments["model"] == nil { throw .noModel("train", at: arguments.span) }
      try checkModel(context, arguments)
    } catch {
      context.report(error)
    }
    return result
  }

  private static func checkModel(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) throws(Diagnostic) {
    let span = arguments.span
    let strict = context.session.isStrict
    if arguments["data"] == nil {
      if let meant = context.unnamedData { throw .dataNotNamed(meant, at: span) }
      if strict { context.report(.noData(strict: true, sample: "", at: span)) }
    }
    if strict, arguments["opt"] == nil { context.report(.noOptimizer(strict: true, at: span)) }
    let model = arguments.layer("model")
    let output = TensorType(.f32, Shape([.batch, .unknown]))
    if strict, arguments["loss"] == nil {
      let kind = arguments["data"]?.asData?.targetKind ?? .real
      context.report(.noLoss(.inferred(target: kind, output: output), strict: true, at: span))
    }
    guard let model else { return }
    let data: DataDescription?
    if var given = arguments["data"] {
      let place = context.source(of: "data", arguments)
      if given.layerFunction != nil { given = context.call(given, [], at: place) }
      data = try DataDescription.of(given, at: place)
      if let parts = data?.parts, !parts.isEmpty, !parts.contains("train"), let data {
        throw .noTrainingPart(parts, data, at: span)
      }
    } else {
      data = try DataDescription.sample(for: model, context.session, at: span)
    }
    guard let data else { return try checkInputs(context, arguments, model) }
    guard let loss = try checkedLoss(context, arguments, model, data) else { return }
    let tracer = StepTracer(
      model: model, data: data, loss: loss, verb: "train", span: span,
      sources: context.session.sources, caller: context.session.functionTracer)
    let step = try tracer.trace(rows: nil, isTraining: true)
    for warning in step.warnings(of: loss, at: span) { context.report(warning) }
  }

  /// Inputs alone tell whether the layers fit, and the sizes that were left open.
  private static func checkInputs(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>, _ model: Layer
  ) throws(Diagnostic) {
    guard let parts = arguments["data"]?.asElements, parts.count == 2, let x = parts[0].tensorType,
      x.shape.rank > 0
    else { return }
    let input = DataDescription.memory(x: x, y: nil, at: arguments.place(of: "data")).inputType
    _ = try model.traced(on: input, isTraining: true, caller: context.session.functionTracer)
  }

  /// nil when the loss is not known.
  private static func checkedLoss(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>, _ model: Layer, _ data: DataDescription
  ) throws(Diagnostic) -> TrainingLoss? {
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
    if let loss = TrainingLoss(given) { return loss }
    if case .known(let value) = given {
      throw .noLossFunction(value.foundText, at: context.source(of: "loss", arguments))
    }
    return nil
  }

  // MARK: Running

  private static func train(
    _ context: any ExecutionContext, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Value {
    try refuseLater(arguments)
    let session = context.session
    if session.isTraining { throw .trainInBlock(at: arguments.span) }
    if session.tracer != nil { throw .insideTrace("train", at: arguments.span) }
    let request = try TrainingRequest(arguments, context)
    if let observer = session.stageObserver {
      return try showStages(request, session, observer)
    }
    let loop = try TrainingLoop(request, context)
    for warning in loop.warnings() { try session.warn(warning) }
    if loop.newParameters > 0 { try session.warn(.newParameters(loop.newParameters, request.span)) }
    try noteManyRows(request, session)
    session.isTraining = true
    defer { session.isTraining = false }
    // The model is what predict and save see afterwards, whatever ends the training.
    request.model.units = request.data.units
    return try run(loop, session)
  }

  private static func run(
    _ loop: TrainingLoop, _ session: SessionState
  ) throws(Diagnostic) -> Value {
    flush(session)
    session.host.progress(.trainStarted(loop.header))
    let started = session.host.now()
    do throws(Diagnostic) {
      let stopped = try loop.run().rawValue
      let seconds = session.host.now() - started
      flush(session)
      session.host.progress(.trainEnded(loop.summary(stopped, seconds: seconds)))
      return loop.record(stopped, seconds: seconds)
    } catch {
      let loss = error.code == .nonFiniteLoss ? error.arguments.first { $0.name == "loss" }?.value : nil
      let stopped = loss ?? "error"
      let seconds = session.host.now() - started
      session.host.progress(.trainEnded(loop.summary(stopped, seconds: seconds)))
      throw error
    }
  }

  /// What was printed reaches the descriptor before training starts.
  private static func flush(_ session: SessionState) {
    // A failed write is reported by the next one that matters.
    try? session.host.flush()
  }

  private static func noteManyRows(_ request: TrainingRequest, _ session: SessionState) throws(Diagnostic) {
    let rows = request.data.rowCount
    guard request.data.description.batchSize == nil, rows > 1024 else { return }
    try session.warn(
      Diagnostic(
        .noBatch, "no `batch`: every step uses all \(rows) rows", at: request.span, severity: .note))
  }

  /// `adam ir --stage grad|opt|plan`: the texts of the step instead of its run.
  private static func showStages(
    _ request: TrainingRequest, _ session: SessionState,
    _ observer: (_ stage: String, _ text: String) -> Void
  ) throws(Diagnostic) -> Value {
    let rows = request.data.rowCount
    let size = min(request.data.description.batchSize ?? rows, rows)
    let plans = try StepPlans(request, session, rows: size)
    let function = try plans.function(rows: size) { pass, function in
      if pass == "autodiff" { observer("grad", function.text) }
    }
    observer("opt", function.text)
    do throws(PassError) {
      let inPlace = !session.disabledPasses.contains(MemoryPlan.inPlaceName)
      observer("plan", try MemoryPlan(function, inPlace: inPlace).text(function))
    } catch {
      throw Diagnostic(.shapesDisagree, error.message, at: error.span ?? request.span)
    }
    return .record(
      RecordBox(
        [
          .init("loss", .number(0)), .init("losses", .list(ListBox([]))), .init("val_loss", .none),
          .init("epochs", .number(0)), .init("steps", .number(0)), .init("seconds", .number(0)),
          .init("stopped", .string(StringBox("planned"))),
          .init("history", .record(RecordBox([]))),
        ], kind: "run"))
  }
}

extension DiagnosticCode {
  package static let noBatch = DiagnosticCode("W0401", name: "no-batch")
  package static let newParameters = DiagnosticCode("W0402", name: "new-parameters")
  package static let noValidation = DiagnosticCode("W0403", name: "no-validation")
  package static let trainInBlock = DiagnosticCode("E0406")
}

extension Diagnostic {
  static func noTrainingPart(
    _ parts: [String], _ data: DataDescription, at span: Span
  ) -> Diagnostic {
    var diagnostic = Diagnostic(.noPart, "the data has no part `train` to learn from", at: span)
    diagnostic.notes = ["its parts are: " + parts.joined(separator: ", ")]
    diagnostic.labels = [Label(data.span, "the data is made here")]
    return diagnostic
  }

  static func trainInBlock(at span: Span) -> Diagnostic {
    Diagnostic(.trainInBlock, "a block that runs while training cannot start another", at: span)
  }

  static func newParameters(_ count: Int, _ span: Span) -> Diagnostic {
    Diagnostic(
      .newParameters,
      "\(counted(count, "parameter")) new to the optimizer; the others keep their state", at: span,
      severity: .note)
  }
}
