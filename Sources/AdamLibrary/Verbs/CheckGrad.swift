// check grad: the derivatives of a loss against differences of its values, both in Double through the
// ops' own references.
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

package enum CheckGradVerb {
  package static let builtinName = "check_grad"
  /// Rows of the data that a loss is tried on.
  static let rows = 4

  static let builtin = BuiltinDefinition(
    name: builtinName, group: "internal", summary: "Compares a loss's derivatives with differences of its values.",
    signature: Signature([
      ParameterDefinition("model", .layer, "whose parameters are changed", isImplicit: true),
      ParameterDefinition("data", .any, "rows to try it on", isImplicit: true),
      ParameterDefinition("loss", .function, "what is checked", isImplicit: true),
      ParameterDefinition("epochs", .integer, "", default: .number(1), isKeywordOnly: true),
    ]),
    example: "",
    check: { context, arguments in
      do throws(Diagnostic) { try TrainingCheck(context, arguments, verb: "check grad").run() } catch {
        context.report(error)
      }
      return .unknown
    },
    run: { context, arguments throws(Diagnostic) in
      let request = try TrainingRequest(arguments, context)
      let check = try GradientCheck(request, context.session)
      let worst = try check.worst(context)
      if worst.error > GradientCheck.tolerance { throw check.mistake(worst) }
      context.session.report(check.agreement(worst))
      return .record(
        RecordBox([
          .init("checked", .number(Double(check.count))), .init("worst", .number(worst.error)),
          .init("where", .string(StringBox(check.element(worst)))),
        ]))
    })
}

/// One comparison, on a few rows and a sample of the parameters' elements.
private struct GradientCheck {
  /// Relative to the larger of the two and 1.
  static let tolerance = 1e-4
  private static let step = 1e-5
  /// A difference costs about as much as the model has parameters, so of a large one fewer are taken.
  private static let elements = 20...200
  private static let work = 4_000_000

  struct Worst {
    var error = 0.0
    /// Of the function's parameters, and the place in its row-major elements.
    var parameter: Int?
    var place = 0
    var derivative = 0.0
    var difference = 0.0
  }

  /// The loss alone, in Double.
  private let values: ReferenceRun
  /// For each of `parameters`.
  private let derivatives: [ReferenceTensor]
  private let function: TensorFunction
  private let inputs: [ReferenceTensor]
  private let parameters: [Int]
  private let span: Span
  private let model: Layer
  private let lossName: String
  private var total: Int { parameters.reduce(0) { $0 + inputs[$1].values.count } }
  /// Elements that are compared.
  private(set) var count = 0

  init(_ request: TrainingRequest, _ session: SessionState) throws(Diagnostic) {
    span = request.span
    model = request.model
    lossName = request.loss.name
    let rows = min(CheckGradVerb.rows, request.data.rowCount)
    guard rows > 0 else { throw .noRows("check", at: span) }
    let trace = try request.tracer(session).trace(rows: rows, isTraining: false)
    guard let loss = trace.function.results.first?.value else { throw .lossReachesNothing(at: span) }
    let reached = trace.function.parametersReached(from: loss)
    let derived: TensorFunction
    do throws(PassError) {
      derived = try trace.function.differentiated(loss: loss, wrt: reached)
      function = try trace.function.keeping(loss)
    } catch {
      throw Diagnostic(.shapesDisagree, error.message, at: error.span ?? span)
    }
    var tensors: [String: Tensor] = [:]
    for named in trace.parameters { tensors[named.name] = named.parameter.tensor }
    for (name, tensor) in trace.captures { tensors[name] = tensor }
    tensors["x"] = try request.data.inputs.rows(0..<rows, at: span)
    tensors["y"] = try request.targets(of: request.data, session)?.rows(0..<rows, at: span)
    inputs = function.inputs(tensors)
    values = try ReferenceRun(function, inputs, at: span)
    derivatives = Array(try ReferenceRun(derived, derived.inputs(tensors), at: span).results.dropFirst())
    let ids = Set(reached)
    parameters = function.parameters.indices.filter { ids.contains(trace.function.parameters[$0].value) }
    count = (total + stride - 1) / stride
  }

  /// Distance of the elements that are compared, over all parameters.
  private var stride: Int {
    let most = min(max(Self.work / max(total, 1), Self.elements.lowerBound), Self.elements.upperBound)
    return max(1, (total + most - 1) / most)
  }

  func worst(_ context: some ExecutionContext) throws(Diagnostic) -> Worst {
    let stride = stride
    var worst = Worst()
    var place = 0
    for (index, derivatives) in zip(parameters, derivatives) {
      let operations = values.reached(from: index)
      for element in inputs[index].values.indices {
        defer { place += 1 }
        guard place % stride == 0 else { continue }
        try context.poll()
        let difference = try slope(index, element, operations)
        let derivative = derivatives.values[element]
        let error = abs(derivative - difference) / max(1, abs(derivative), abs(difference))
        if error > worst.error || error.isNaN {
          worst = Worst(
            error: error.isNaN ? .infinity : error, parameter: index, place: element, derivative: derivative,
            difference: difference)
        }
      }
    }
    return worst
  }

  /// (f(x + h) − f(x − h)) / 2h
  private func slope(_ index: Int, _ element: Int, _ operations: [Operation]) throws(Diagnostic) -> Double {
    let x = inputs[index].values[element]
    let h = Self.step * max(1, abs(x))
    let above = try values.result(index, element, is: x + h, through: operations)
    let below = try values.result(index, element, is: x - h, through: operations)
    return (above - below) / (2 * h)
  }

  // MARK: What is said

  /// `0.weight[3, 1]`; nothing when no element differs at all.
  func element(_ worst: Worst) -> String {
    guard let index = worst.parameter else { return "" }
    var (rest, places) = (worst.place, [Int]())
    for size in inputs[index].sizes.reversed() {
      places.insert(rest % max(size, 1), at: 0)
      rest /= max(size, 1)
    }
    let indices = places.isEmpty ? "" : "[\(places.map(String.init).joined(separator: ", "))]"
    return name(index) + indices
  }

  /// As the model names it, where it is the model's.
  private func name(_ index: Int) -> String {
    let name = function.parameters[index].name
    return model.namedParameters.first { $0.nameInFunctions == name }?.name ?? name
  }

  /// N0401.
  func agreement(_ worst: Worst) -> Diagnostic {
    let compared = count < total ? "\(count) of \(total) derivatives" : counted(count, "derivative")
    var text = "\(compared) of `\(lossName)` by the parameters agree with differences of its values"
    if worst.parameter != nil {
      text += "; the largest error is \(LossTrend.short(worst.error)), at `\(element(worst))`"
    }
    var diagnostic = Diagnostic(.gradientsAgree, text, at: span, severity: .note)
    diagnostic.arguments = [.init("checked", String(count)), .init("worst", messageText(worst.error))]
    return diagnostic
  }

  /// E0408, with the layer whose parameter it is.
  func mistake(_ worst: Worst) -> Diagnostic {
    let element = element(worst)
    var diagnostic = Diagnostic(
      .gradientsDisagree,
      "the derivative of `\(lossName)` by `\(element)` is \(LossTrend.short(worst.derivative)), but differences of "
        + "its values give \(LossTrend.short(worst.difference))", at: span, label: "found by this check")
    if let name = worst.parameter.map(name), let layer = model.owner(of: name) {
      diagnostic.labels = [Label(layer.span, "`\(element)` is a parameter of this layer")]
    }
    diagnostic.notes = [
      "a function with a kink or a jump near this point (`relu`, `abs`, `floor`, `where`) has no derivative there"
    ]
    diagnostic.helps = [Help("try other initial values or data; if it stays, report a wrong derivative")]
    return diagnostic
  }
}

extension TensorFunction {
  /// The operations that one value needs; the parameters stay.
  fileprivate func keeping(_ value: ValueID) throws(PassError) -> TensorFunction {
    var function = self
    function.results.removeAll { $0.value != value }
    return try Pass.dce.run(function)
  }

  /// Values for the parameters, by their names.
  fileprivate func inputs(_ tensors: [String: Tensor]) -> [ReferenceTensor] {
    parameters.map { parameter in
      let tensor = tensors[parameter.name]
      let values = tensor.map { tensor in
        tensor.element == .f32 ? tensor.floats.map { Double($0) } : tensor.integers.map { Double($0) }
      }
      return ReferenceTensor(tensor?.sizes ?? [], values ?? [0])
    }
  }
}

extension Layer {
  /// The layer that a parameter belongs to, by the parameter's full name.
  fileprivate func owner(of name: String) -> Layer? {
    guard let parameter = namedParameters.first(where: { $0.name == name })?.parameter else { return nil }
    return owner(of: parameter)
  }

  private func owner(of parameter: LayerParameter) -> Layer? {
    if parameters.contains(where: { $0 === parameter }) { return self }
    for child in children {
      if let owner = child.layer.owner(of: parameter) { return owner }
    }
    return nil
  }
}

extension DiagnosticCode {
  package static let gradientsAgree = DiagnosticCode("N0401")
  package static let gradientsDisagree = DiagnosticCode("E0408")
}
