// The tensor function of a training step before its derivation: forward pass and loss.
import AdamIR
import AdamSource

/// What disagrees is found here with all its places, for the checker (symbolic batch) and for
/// `train` (fixed batch) alike.
struct StepTracer {
  var model: Layer
  var data: DataDescription
  var loss: TrainingLoss
  /// The verb, for messages: `train`.
  var verb: String
  var span: Span
  var sources: SourceMap

  var caller: (any FunctionTracer)?

  /// Forward pass and loss on a batch; the batch is symbolic when `rows` is nil.
  func trace(rows: Int?, isTraining: Bool) throws(Diagnostic) -> ModelTracer {
    do throws(Diagnostic) {
      return try traced(rows: rows, isTraining: isTraining)
    } catch {
      // A message speaks of `[batch, 3]`, whatever the size of the batch at hand.
      if rows != nil, let symbolic = mistake(isTraining), symbolic.code == error.code { throw symbolic }
      throw error
    }
  }

  private func mistake(_ isTraining: Bool) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try traced(rows: nil, isTraining: isTraining)
      return nil
    } catch {
      return error
    }
  }

  private func traced(rows: Int?, isTraining: Bool) throws(Diagnostic) -> ModelTracer {
    let batch = rows.map { Dimension($0) } ?? .batch
    let tracer = ModelTracer(
      name: isTraining ? "train_step" : "evaluate", isTraining: isTraining, caller: caller)
    tracer.callPlace = span
    tracer.declareParameters(of: model)
    let input = TensorType(data.inputType.element, data.inputType.shape.with(batch))
    let x = tracer.function.addParameter(input, name: "x", role: .input, span: data.span)
    tracer.rowSources.insert(x)
    let output = try output(tracer, x)
    tracer.prediction = output
    if loss.function != nil {
      let y = data.targetType.map { target(TensorType($0.element, $0.shape.with(batch)), tracer) }
      let value = try loss.trace(tracer, output: output, target: y, input: x, at: span)
      tracer.function.results = [FunctionResult(value, "loss")]
      return tracer
    }
    if let structure = tracer.structures[output] {
      throw .lossTakesTensor(loss.name, structure.foundText, model, at: span)
    }
    guard let known = data.targetType else { throw .noTargets(data, loss.definition, at: span) }
    if loss.definition.target == .binary, let found = data.beyondUnit, known.element == .f32 {
      throw .noProbability(found, loss.name, data, at: span)
    }
    let outputType = tracer.function.type(output)
    let type = loss.targetType(
      for: TensorType(known.element, known.shape.with(batch)), output: outputType)
    try checkClasses(outputType, tracer.trail)
    let y = target(type, tracer)
    do throws(ShapeError) {
      let value = try loss.definition.trace(&tracer.function, output, y, span)
      tracer.function.results = [FunctionResult(value, "loss")]
    } catch {
      throw targetDisagrees(type, outputType, tracer.trail, error)
    }
    return tracer
  }

  private func target(_ type: TensorType, _ tracer: ModelTracer) -> ValueID {
    let y = tracer.function.addParameter(
      type, name: "y", role: .target, span: data.targetSpan ?? data.span)
    if type.shape.rank > 0 { tracer.rowSources.insert(y) }
    return y
  }

  private func output(_ tracer: ModelTracer, _ x: ValueID) throws(Diagnostic) -> ValueID {
    if let wanted = model.knownInput, data.inputType.shape.rank == 1 { throw inputsAreNumbers(wanted) }
    do throws(Diagnostic) {
      return try tracer.run(model, on: x)
    } catch {
      // A layer that a function calls by itself does not see the data.
      guard error.code == .inputDisagrees, error.span == model.leaves.first?.layer.span else { throw error }
      throw dataDisagrees(error)
    }
  }

  /// Classes and outputs, as far as both are known.
  private func checkClasses(_ output: TensorType, _ trail: [TrailStep]) throws(Diagnostic) {
    guard let classes = data.classes, data.targetKind == .label,
      let outputs = output.shape.dimensions.last?.size
    else { return }
    let isWrong =
      switch loss.definition.target {
      case .classes: outputs < classes
      case .binary: outputs == 1 && classes > 2
      case .real: false
      }
    guard isWrong else { return }
    var diagnostic = Diagnostic(
      .targetDisagrees,
      "the target has \(classes) classes but the model outputs \(output.shape.text)", at: span,
      label: loss.definition.target == .classes
        ? "`\(loss.name)` needs an output for each class" : "`\(loss.name)` tells two classes apart")
    addPlaces(&diagnostic, target: "\(classes) classes", output, trail)
    if let last = trail.last(where: { $0.layer.settings.int("out") != nil }) {
      let text = last.layer.text(changing: ["out": classes])
      diagnostic.helps = [
        Help("end the model with `\(text)`", edits: last.layer.edits(["out": classes]))
      ]
    }
    throw diagnostic
  }
}

// MARK: Messages

extension StepTracer {
  /// E0302 with the data's place and column names.
  fileprivate func dataDisagrees(_ error: Diagnostic) -> Diagnostic {
    guard let layer = model.leaves.first?.layer,
      let found = data.inputType.shape.dimensions.last?.size
    else { return error }
    let wanted = layer.settings.int("in")
    let noun = data.inputColumns == nil ? "input" : "input column"
    var diagnostic = error
    let takes = wanted.map { String($0) } ?? "other inputs"
    diagnostic.message =
      "the data has \(counted(found, noun)) but the first layer takes \(takes)"
    var label = counted(found, noun)
    if let columns = data.inputColumns {
      let shown = columns.prefix(8).joined(separator: ", ")
      label += ": \(shown)\(columns.count > 8 ? ", …" : "")"
    }
    diagnostic.labels = [Label(data.span, label)]
    diagnostic.moveToLatest()
    diagnostic.notes = ["found before the first step of \(callText)"]
    diagnostic.helps = [
      Help(
        "write `\(layer.text(changing: ["in": found]))`", edits: layer.edits(["in": found]))
    ]
    if let wanted, let columns = data.inputColumns, wanted < found, wanted <= 8, wanted > 0 {
      let names = columns.prefix(wanted).map { "\"\($0)\"" }.joined(separator: ",")
      diagnostic.helps.append(
        Help("choose \(counted(wanted, "column")) with `inputs=[\(names)]`"))
    }
    return diagnostic
  }

  /// E0302: rows that are numbers instead of lists.
  private func inputsAreNumbers(_ wanted: TensorType) -> Diagnostic {
    var diagnostic = Diagnostic(
      .inputDisagrees, "the inputs are [batch] but the first layer takes \(wanted.shape.text)", at: span)
    let verb = Label(span, "found before the first step")
    if data.span == span {
      diagnostic.labels = [Label(span, "each row is one number")]
    } else {
      diagnostic.span = data.span
      diagnostic.label = "each row is one number"
      diagnostic.labels = [verb]
    }
    diagnostic.helps = [Help("make each row a list: `[[1], [2], [3]]` instead of `[1, 2, 3]`")]
    return diagnostic
  }

  /// `` `train 50` on line 4``, or the verb alone when the text is not at hand.
  private var callText: String {
    guard let text = sources.text(of: span), !text.isEmpty, let starts = sources[span.source]?.lineStarts
    else { return "`\(verb)`" }
    let line = starts.lastIndex { $0 <= span.start } ?? 0
    let isShort = text.utf8.count <= 60 && !text.contains(where: \.isNewline)
    return "`\(isShort ? text : verb)` on line \(line + 1)"
  }

  /// E0303: the loss compares equal shapes only.
  fileprivate func targetDisagrees(
    _ target: TensorType, _ output: TensorType, _ trail: [TrailStep], _ error: ShapeError
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      .targetDisagrees,
      "the target is \(target.shape.text) but the model outputs \(output.shape.text)", at: span,
      label: loss.definition.target == .classes ? error.message : "`\(loss.name)` compares equal shapes only")
    addPlaces(&diagnostic, target: "target is \(target.shape.text)", output, trail)
    diagnostic.arguments = [
      .init("expected", target.shape.text), .init("found", output.shape.text),
    ]
    if target.shape.rank == 1, output.shape.rank == 2, output.shape.dimensions.last?.size == 1 {
      diagnostic.helps = [Help("make the target a column: `[[1], [2]]` instead of `[1, 2]`, or `column(y)`")]
    }
    let sizes = (output.shape.dimensions.last?.size, target.shape.dimensions.last?.size)
    guard target.shape.rank == 2, let (outputs, targets) = sizes as? (Int, Int), outputs != targets else {
      return diagnostic
    }
    diagnostic.notes = [
      "stretching \(counted(outputs, "output")) over \(counted(targets, "target")) would train, "
        + "and fit nothing; adam never does it"
    ]
    if let last = trail.last(where: { $0.layer.settings.int("out") != nil }) {
      let text = last.layer.text(changing: ["out": targets])
      diagnostic.helps = [
        Help("end the model with `\(text)`", edits: last.layer.edits(["out": targets]))
      ]
    }
    if targets > outputs {
      diagnostic.helps.append(Help("keep \(counted(outputs, "target column"))"))
    }
    return diagnostic
  }

  /// The places that disagree; the one written last is where the message stands.
  private func addPlaces(
    _ diagnostic: inout Diagnostic, target: String, _ output: TensorType, _ trail: [TrailStep]
  ) {
    let verb = Label(span, diagnostic.label)
    let place = data.targetSpan ?? data.span
    guard place != span, let last = trail.last else {
      diagnostic.labels = [Label(place, target)]
      if let last = trail.last { diagnostic.labels.append(Label(last.layer.span, "output is \(output.shape.text)")) }
      return
    }
    diagnostic.span = place
    diagnostic.label = target
    diagnostic.labels = [Label(last.layer.span, "output is \(output.shape.text)")]
    diagnostic.moveToLatest()
    diagnostic.labels.append(verb)
  }
}

extension Shape {
  /// The same with another first axis.
  func with(_ batch: Dimension) -> Shape {
    Shape(dimensions.isEmpty ? [] : [batch] + dimensions.dropFirst())
  }
}

extension Diagnostic {
  static func noProbability(
    _ found: Double, _ loss: String, _ data: DataDescription, at span: Span
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      .targetDisagrees, "`\(loss)` needs targets from 0 to 1, found \(messageText(found))", at: span)
    diagnostic.labels = [Label(data.targetSpan ?? data.span, "targets from here")]
    return diagnostic
  }

  /// Two places disagree, and either may be wrong: the one written last is shown as the place, because
  /// until there all was well.
  mutating func moveToLatest() {
    guard let first = span, let latest = labels.indices.max(by: { labels[$0].span.start < labels[$1].span.start }),
      labels[latest].span.source == first.source, labels[latest].span.start > first.start
    else { return }
    let own = Label(first, label)
    span = labels[latest].span
    label = labels[latest].text
    labels[latest] = own
  }

  static func noTargets(_ data: DataDescription, _ loss: LossDefinition, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .noTargets, "the data has no target, and `\(loss.name)` needs one", at: span)
    diagnostic.labels = [Label(data.span, "the data is made here")]
    diagnostic.helps = [
      Help(data.origin == "csv" ? "name it with `target=` or `label=`" : "write `data = (x, y)`")
    ]
    return diagnostic
  }
}
