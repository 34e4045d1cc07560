// check grad: the derivatives of a loss against differences of its values, both in Double through the
// ops' own references.
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

package enum CheckGradVerb {
  package static let builtinName = "check_grad"

  static let builtin = BuiltinDefinition(
    name: builtinName, group: "internal", summary: "Compares a loss's derivatives with differences of its values.",
    signature: Signature([
      ParameterDefinition("model", .layer, "whose parameters are changed", isImplicit: true),
      ParameterDefinition("data", .any, "rows to try it on", isImplicit: true),
      ParameterDefinition("loss", .function, "what is checked", isImplicit: true),
      ParameterDefinition("epochs", .integer, "", default: .number(1), isKeywordOnly: true),
    ]),
    example: "",
    check: { _, _ in .unknown },
    run: { context, arguments throws(Diagnostic) in
      let request = try TrainingRequest(arguments, context.session)
      let check = try GradientCheck(request, context.session)
      let worst = try check.worst()
      let text = "\(check.count) derivatives agree with differences, worst by \(messageText(worst.error))"
      if worst.error > GradientCheck.tolerance { throw check.mistake(worst) }
      context.session.report(Diagnostic(.gradientsAgree, text, at: arguments.span, severity: .note))
      return .record(
        RecordBox([.init("checked", .number(Double(check.count))), .init("worst", .number(worst.error))]))
    })
}

/// One comparison, on a few rows and a sample of the parameters' elements.
private struct GradientCheck {
  /// Relative to the larger of the two and 1.
  static let tolerance = 1e-4
  private static let rows = 4
  private static let mostElements = 200
  private static let step = 1e-5

  struct Worst {
    var error = 0.0
    var name = ""
    var place = 0
    var derivative = 0.0
    var difference = 0.0
  }

  private let function: TensorFunction
  private let inputs: [ReferenceTensor]
  private let parameters: [Int]
  private let span: Span
  private(set) var count = 0

  init(_ request: TrainingRequest, _ session: SessionState) throws(Diagnostic) {
    span = request.span
    let rows = min(Self.rows, request.data.rowCount)
    guard rows > 0 else { throw .noRows("check", at: span) }
    let trace = try request.tracer(session).trace(rows: rows, isTraining: false)
    guard let loss = trace.function.results.first?.value else { throw .lossReachesNothing(at: span) }
    let reached = trace.function.parametersReached(from: loss)
    let function: TensorFunction
    do throws(PassError) {
      function = try trace.function.differentiated(loss: loss, wrt: reached)
    } catch {
      throw Diagnostic(.shapesDisagree, error.message, at: error.span ?? span)
    }
    var tensors: [String: Tensor] = [:]
    for named in trace.parameters { tensors[named.name] = named.parameter.tensor }
    for (name, tensor) in trace.captures { tensors[name] = tensor }
    tensors["x"] = try request.data.inputs.rows(0..<rows, at: span)
    tensors["y"] = try request.targets(of: request.data, session)?.rows(0..<rows, at: span)
    let inputs = function.parameters.map { parameter in
      let tensor = tensors[parameter.name]
      let values = tensor.map { tensor in
        tensor.element == .f32 ? tensor.floats.map { Double($0) } : tensor.integers.map { Double($0) }
      }
      return ReferenceTensor(tensor?.sizes ?? [], values ?? [0])
    }
    let names = Set(trace.function.parameters.filter { reached.contains($0.value) }.map(\.name))
    let parameters = function.parameters.indices.filter { names.contains(function.parameters[$0].name) }
    self.function = function
    self.inputs = inputs
    self.parameters = parameters
    count = min(Self.mostElements, parameters.reduce(0) { $0 + inputs[$1].values.count })
  }

  func worst() throws(Diagnostic) -> Worst {
    let derivatives = try values(inputs)
    let total = parameters.reduce(0) { $0 + inputs[$1].values.count }
    let stride = max(1, total / Self.mostElements)
    var worst = Worst()
    var place = 0
    for (order, index) in parameters.enumerated() {
      for element in inputs[index].values.indices {
        defer { place += 1 }
        guard place % stride == 0 else { continue }
        let difference = try slope(index, element)
        let derivative = derivatives[order + 1].values[element]
        let error = abs(derivative - difference) / max(1, abs(derivative), abs(difference))
        if error > worst.error || error.isNaN {
          worst = Worst(
            error: error.isNaN ? .infinity : error, name: function.parameters[index].name, place: element,
            derivative: derivative, difference: difference)
        }
      }
    }
    return worst
  }

  /// (f(x + h) − f(x − h)) / 2h
  private func slope(_ index: Int, _ element: Int) throws(Diagnostic) -> Double {
    var moved = inputs
    let x = inputs[index].values[element]
    let h = Self.step * max(1, abs(x))
    moved[index].values[element] = x + h
    let above = try values(moved)[0].values[0]
    moved[index].values[element] = x - h
    let below = try values(moved)[0].values[0]
    return (above - below) / (2 * h)
  }

  /// The function's results in Double.
  private func values(_ arguments: [ReferenceTensor]) throws(Diagnostic) -> [ReferenceTensor] {
    var values = [ReferenceTensor?](repeating: nil, count: function.values.count)
    for (parameter, argument) in zip(function.parameters, arguments) { values[parameter.value.index] = argument }
    for operation in function.operations {
      guard let reference = operation.op.reference else {
        throw Diagnostic(
          .shapesDisagree, "`\(operation.op.name)` cannot be checked: it has no value of its own", at: span)
      }
      let operands = operation.operands.compactMap { values[$0.index] }
      let results = reference(operands, operation.attributes, operation.results.map { function.type($0) })
      for (id, result) in zip(operation.results, results) { values[id.index] = result }
    }
    return function.results.compactMap { values[$0.value.index] }
  }

  func mistake(_ worst: Worst) -> Diagnostic {
    var diagnostic = Diagnostic(
      .gradientsDisagree,
      "the derivative by element \(worst.place) of `\(worst.name)` is \(messageText(worst.derivative)), and "
        + "differences give \(messageText(worst.difference))", at: span)
    diagnostic.notes = ["a step in the function (`floor`, `where`, `relu` at 0) has no derivative there"]
    return diagnostic
  }
}

extension DiagnosticCode {
  package static let gradientsAgree = DiagnosticCode("N0401")
  package static let gradientsDisagree = DiagnosticCode("E0408")
}
