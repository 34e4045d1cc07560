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
    rowUse: .trains,
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
    // `train 2 steps, m`: what is not known is the model or the data then.
    if arguments.isGiven("steps"), arguments["epochs"]?.isUnknown == true { return .unknown }
    do throws(Diagnostic) {
      try refuseLater(arguments)
      result = try TrainingOptions(context, arguments).checkedRun()
      try TrainingCheck(context, arguments, verb: "train").run()
    } catch {
      context.report(error)
    }
    return result
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
    let plans = try StepPlans(request, session, rows: size, steps: 1)
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
    return TrainingHistory.planned(request, stepsPerEpoch: (rows + size - 1) / max(1, size))
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
