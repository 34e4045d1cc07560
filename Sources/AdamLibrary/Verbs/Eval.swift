// eval: loss and accuracy on a set of rows, in evaluation mode. Draws nothing.
import AdamIR
import AdamRuntime
import AdamSource

enum EvalVerb {
  static let builtin = BuiltinDefinition(
    name: "eval", group: "verb", summary: "Loss and accuracy of the model on data.",
    signature: Signature([
      ParameterDefinition("data", .any, "a part of a data set or (x, y)", isImplicit: true),
      ParameterDefinition("model", .layer, "what is evaluated", isImplicit: true),
      ParameterDefinition("loss", .function, "as in `train`", isImplicit: true),
      ParameterDefinition("metrics", .any, "a list of metrics", default: .some(.none), isKeywordOnly: true),
    ]),
    example: "model = linear(1, 1)\ndata = ([[1]], [[1]])\nprint eval(data).loss > 0  # prints: true",
    page: Page(
      "In evaluation mode, drawing nothing. Metrics are in the units of the target.",
      see: ["train", "predict", "accuracy", "mae"]),
    rowUse: .looks,
    check: { context, arguments in
      do throws(Diagnostic) { return try check(context, arguments) } catch {
        context.report(error)
        return .unknown
      }
    },
    run: { context, arguments throws(Diagnostic) in
      let session = context.session
      if session.tracer != nil { throw .insideTrace("evaluate", at: arguments.span) }
      let (model, data) = try operands(arguments, session)
      let output = try TrainingRequest.output(of: model, data.description, session)
      var loss = TrainingLoss(.inferred(target: data.description.targetKind, output: output))
      if let given = arguments["loss"] { loss = try named(given, arguments.place(of: "loss")) }
      let tracer = StepTracer(
        model: model, data: data.description, loss: loss, verb: "eval", span: arguments.span,
        sources: session.sources, caller: session.functionTracer)
      _ = try tracer.trace(rows: data.rowCount, isTraining: false)
      let targets = try loss.targets(of: data, model: model, session, at: arguments.span)
      let validator = Validator(
        model: model, data: data, loss: loss, targets: targets, session: session,
        span: arguments.span)
      var metrics = try TrainingMetric<Value>.list(
        arguments["metrics"], at: arguments.place(of: "metrics"))
      if metrics.isEmpty, data.description.targetKind == .label, loss.function == nil {
        metrics = [TrainingMetric<Value>(.accuracy)]
      }
      let fields = try validator.measures(metrics, context).map { RecordBox.Field($0.name, .number($0.value)) }
      return .record(RecordBox(fields, kind: "evaluation"))
    })

  private static func named(_ value: Value, _ span: Span) throws(Diagnostic) -> TrainingLoss {
    guard let loss = TrainingLoss(value) else { throw .noLossFunction(value.foundText, at: span) }
    return loss
  }

  private static func operands(
    _ arguments: BoundArguments<Value>, _ session: SessionState
  ) throws(Diagnostic) -> (Layer, DataSet) {
    guard case .layer(let model)? = arguments["model"] else {
      throw .noModel("eval", at: arguments.span)
    }
    guard let given = arguments["data"] else {
      guard let sample = try DataSet.sample(for: model, session, at: arguments.span) else {
        throw .noSample(at: arguments.span)
      }
      try session.note(
        .noData(strict: session.isStrict, sample: sample.sampleText, at: arguments.span))
      return (model, sample)
    }
    let data = try given.dataSet(at: arguments.place(of: "data"))
    if !data.parts.isEmpty {
      throw .needsPart("eval", data.parts.map(\.name), data.description, at: arguments.place(of: "data"))
    }
    if data.rowCount == 0 { throw .noRows("evaluate", at: arguments.place(of: "data")) }
    return (model, data)
  }

  private static func check(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) throws(Diagnostic) -> AbstractValue {
    if arguments["model"] == nil { throw .noModel("eval", at: arguments.span) }
    let metrics = try TrainingMetric<AbstractValue>.list(arguments["metrics"], at: arguments.place(of: "metrics"))
    guard let model = arguments.layer("model"), let given = arguments["data"],
      let data = try DataDescription.of(given, at: context.source(of: "data", arguments))
    else { return .unknown }
    if !data.parts.isEmpty {
      throw .needsPart("eval", data.parts, data, at: arguments.place(of: "data"))
    }
    if data.targetKind == .unknown {
      _ = try model.traced(on: data.inputType, caller: context.session.functionTracer)
      return .unknown
    }
    let found = try data.inEveryReading { reading throws(Diagnostic) in
      try check(reading, model, metrics, context, arguments)
    }
    return found.first ?? .unknown
  }

  private static func check(
    _ data: DataDescription, _ model: Layer, _ metrics: [TrainingMetric<AbstractValue>]?, _ context: any CheckContext,
    _ arguments: BoundArguments<AbstractValue>
  ) throws(Diagnostic) -> AbstractValue {
    let output = try TrainingRequest.output(of: model, data, context.session)
    var loss = TrainingLoss(.inferred(target: data.targetKind, output: output))
    if let given = arguments["loss"] {
      guard let known = TrainingLoss(given) else { return .unknown }
      loss = known
    }
    let tracer = StepTracer(
      model: model, data: data, loss: loss, verb: "eval", span: arguments.span,
      sources: context.session.sources, caller: context.session.functionTracer)
    let step = try tracer.trace(rows: nil, isTraining: false)
    if arguments.isGiven("metrics") { try step.requireTensor("a metric", of: model, at: arguments.span) }
    guard let metrics else { return .unknown }
    try TrainingMetric<AbstractValue>.check(metrics, on: data, of: model, context, arguments)
    var names = ["loss"] + metrics.map(\.name)
    // A column of text becomes a class when rows are read.
    if metrics.isEmpty, loss.function == nil, data.targetKind != .none { names.append("accuracy") }
    return .record(names.map { AbstractField($0, .number) }, kind: "evaluation")
  }
}

extension Diagnostic {
  static func needsPart(
    _ verb: String, _ parts: [String], _ data: DataDescription, at span: Span
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      .noPart, "`\(verb)` needs one part of the data: \(parts.joined(separator: ", "))", at: span)
    diagnostic.labels = [Label(data.span, "split here")]
    diagnostic.helps = [Help("write `\(verb) data.\(parts.last ?? "test")`")]
    return diagnostic
  }
}
