// The loss of a `train` or `eval`: a registered one, or a function of the script, `fn(pred, y)` or
// `fn(pred, y, x)`.
import AdamIR
import AdamRuntime
import AdamSource

package struct TrainingLoss {
  package let definition: LossDefinition
  /// The function of the script; nil for a registered loss.
  package let function: LayerFunction?

  package init(_ definition: LossDefinition) {
    self.definition = definition
    function = nil
  }

  package init(_ function: LayerFunction) {
    definition = .ofScript
    self.function = function
  }

  package var name: String { definition.name }

  /// The type in which targets come to it. A function gets them as the data has them.
  func targetType(for type: TensorType, output: TensorType) -> TensorType {
    function == nil ? definition.targetType(for: type, output: output) : type
  }

  /// A data set's targets in that form; nil without targets.
  func targets(
    of data: DataSet, model: Layer, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Tensor? {
    if function != nil { return data.targets }
    return try definition.targets(of: data, model: model, session, at: span)
  }

  /// Appends the loss of an output, a target and an input to the function of `tracer`.
  func trace(
    _ tracer: ModelTracer, output: ValueID, target: ValueID?, input: ValueID, at span: Span
  ) throws(Diagnostic) -> ValueID {
    guard let function, let caller = tracer.caller else { throw .shapeUnknown(at: span) }
    tracer.usesScript = true
    tracer.lossSides = LossSides(predictions: Set(tracer.unbundled(output).tracedParts))
    let inputs: [ValueID?] = [output, target, input]
    let value = try caller.trace(
      function, Array(inputs.prefix(max(2, function.parameterCount))), in: tracer, at: span)
    if let structure = tracer.structures[value] {
      throw .lossIsNoNumber(structure.foundText, function.place, at: span)
    }
    let type = tracer.function.type(value)
    guard type == TensorType(.f32, .scalar) else { throw .lossNotScalar(type, function.place, at: span) }
    return value
  }

  /// The loss of tensors at hand.
  func value(
    _ prediction: Value, _ target: Tensor?, _ input: Tensor, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Double {
    guard function != nil else {
      guard let target, case .tensor(let prediction) = prediction else { return .nan }
      return try definition.value(prediction, target, session, at: span)
    }
    let tracer = ModelTracer(name: "loss", isTraining: false, caller: session.functionTracer)
    var parts: [Tensor] = []
    let p = try tracer.parameters(for: prediction, &parts, at: span)
    let y = target.map { tracer.function.addParameter($0.type, name: "y", role: .target) }
    let x = tracer.function.addParameter(input.type, name: "x", role: .input)
    let result = try trace(tracer, output: p, target: y, input: x, at: span)
    tracer.function.results = [FunctionResult(result, "loss")]
    let plan = try session.plan(for: tracer.function, at: span)
    do throws(RuntimeError) {
      for (index, part) in parts.enumerated() { try plan.bind("pred.\(index)", to: part) }
      if let target { try plan.bind("y", to: target) }
      try plan.bind("x", to: input)
      try plan.bind(tracer)
    } catch {
      throw .runtime(error, at: span)
    }
    try plan.checkRows(tracer.function.rowChoices, at: span)
    plan.run()
    return plan.resultNumber(0) ?? .nan
  }
}

extension ModelTracer {
  /// Inputs for the tensors of a prediction, `pred.0`, `pred.1`, …, and the value that stands for it.
  fileprivate func parameters(
    for prediction: Value, _ parts: inout [Tensor], at span: Span
  ) throws(Diagnostic) -> ValueID {
    var found: [Tensor] = []
    let inputs = try prediction.replacingTensors { part throws(Diagnostic) in
      guard case .tensor(let tensor) = part else { return part }
      let input = function.addParameter(tensor.type, name: "pred.\(found.count)", role: .input)
      found.append(tensor)
      return .traced(TracedTensor(self, input))
    }
    parts = found
    if case .traced(let single) = inputs { return single.value }
    return try bundled(inputs, at: span)
  }
}

extension LossDefinition {
  /// Stands for a loss of the script; it compares nothing by itself.
  static let ofScript = LossDefinition(
    name: "loss", summary: "A function of the script.", target: .real, signature: .loss(), example: "",
    trace: { _, function, _, _, _ throws(ShapeError) in try function.constant(0) })
}

extension Plan {
  /// Binds what a traced function reads from outside: parameters and tensors at hand.
  func bind(_ tracer: ModelTracer) throws(RuntimeError) {
    for named in tracer.parameters {
      if let tensor = named.parameter.tensor { try bind(named.name, to: tensor) }
    }
    for (name, tensor) in tracer.captures { try bind(name, to: tensor) }
  }
}

extension Diagnostic {
  static func lossIsNoNumber(_ found: String, _ place: Span?, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .targetDisagrees, "a loss is a single number, and this function gives \(found)", at: place ?? span)
    if place != nil { diagnostic.labels = [Label(span, "used as the loss here")] }
    return diagnostic
  }

  /// - Parameter place: the function's, where it is known.
  static func lossNotScalar(_ type: TensorType, _ place: Span?, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .targetDisagrees, "a loss is a single number, and this function gives \(type.shape.text)",
      at: place ?? span)
    if place != nil { diagnostic.labels = [Label(span, "used as the loss here")] }
    diagnostic.helps = [Help("take the mean of it: `mean(…)`")]
    return diagnostic
  }
}
