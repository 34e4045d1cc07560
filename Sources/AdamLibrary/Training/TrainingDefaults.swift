// What `train` uses when a script leaves it out: the sanity sample, the loss of the target's kind,
// adam(lr=1e-3). One printed note each; errors under --strict.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension DiagnosticCode {
  package static let defaultData = DiagnosticCode("E0402")
  package static let defaultLoss = DiagnosticCode("E0403")
  /// There is nothing to train, or no step to show.
  package static let noTraining = DiagnosticCode("E0407")
  package static let defaultOptimizer = DiagnosticCode("E0404")
}

extension Diagnostic {
  static func noData(strict: Bool, sample: String, at span: Span) -> Diagnostic {
    left(
      .defaultData, "no `data`", strict, "training on the sanity sample \(sample)",
      help: "write `data = csv(\"file.csv\", target=\"column\")` or `data = (x, y)`", at: span)
  }

  /// Nothing says how wide the sanity sample would have to be.
  static func noSample(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .defaultData, "no `data` is given, and the model does not tell its number of inputs", at: span)
    diagnostic.helps = [Help("write `data = csv(\"file.csv\", target=\"column\")` or `data = (x, y)`")]
    return diagnostic
  }

  /// The script has data and does not say so: the sanity sample would train on something else.
  static func dataNotNamed(_ meant: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.defaultData, "no `data` is given", at: span)
    diagnostic.helps = [Help("did you mean `data = \(meant)`?")]
    return diagnostic
  }

  /// - Parameter losses: what the target implies; several where its kind is open.
  static func noLoss(_ losses: [LossDefinition], strict: Bool, at span: Span) -> Diagnostic {
    let names = losses.map { "`\($0.name)`" }.joined(separator: " or ")
    let written = losses.map { "`loss = \($0.name)()`" }.joined(separator: " or ")
    return left(
      .defaultLoss, "no `loss`", strict, "using \(names), which the kind of target implies", help: "write \(written)",
      at: span)
  }

  static func noOptimizer(strict: Bool, at span: Span) -> Diagnostic {
    left(
      .defaultOptimizer, "no `opt`", strict, "using `adam(lr=1e-3)`",
      help: "write `opt = adam(lr=1e-3)`", at: span)
  }

  private static func left(
    _ code: DiagnosticCode, _ what: String, _ strict: Bool, _ instead: String, help: String,
    at span: Span
  ) -> Diagnostic {
    guard strict else { return Diagnostic(code, "\(what): \(instead)", at: span, severity: .note) }
    var diagnostic = Diagnostic(
      code, "\(what) is given, and nothing is assumed in strict mode", at: span)
    diagnostic.helps = [Help(help)]
    return diagnostic
  }
}

extension SessionState {
  /// A note, or an error in strict mode.
  func note(_ diagnostic: Diagnostic) throws(Diagnostic) {
    if diagnostic.severity == .error { throw diagnostic }
    report(diagnostic)
  }

  /// A warning as the session wishes it: left out, reported, or thrown as an error.
  func warn(_ diagnostic: Diagnostic) throws(Diagnostic) {
    guard let wished = warningLevels.applied(to: diagnostic), said.insert(wished) else { return }
    try note(wished)
  }
}

extension CheckContext {
  /// What the script most likely meant as `data`: `(x, y)`, `x`, or its only data set. nil when it
  /// binds nothing of the kind, and the sanity sample may be used.
  var unnamedData: String? {
    let variables = variables
    let names = Set(variables.map(\.name))
    if names.contains("x") { return names.contains("y") ? "(x, y)" : "x" }
    if names.contains("y") { return "(x, y)" }
    return variables.first { $0.value.asData != nil }?.name
  }
}

extension DataDescription {
  /// The sanity sample for a model: one row of 1, 2, … n and targets of 1. nil when the sizes of the
  /// model are not known.
  static func sample(
    for model: Layer, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> DataDescription? {
    guard let input = model.knownInput, input.shape.rank == 2 else { return nil }
    let trace = try model.traced(on: input, caller: session.functionTracer)
    if let structure = trace.structure {
      throw .givesStructure("the sanity sample", AbstractValue.typed(structure).foundText, model, at: span)
    }
    let output = trace.outputType
    var result = DataDescription.memory(x: input, y: output, at: span)
    result.origin = "sample"
    result.targetKind = .real
    result.targetType = output
    result.rows = 1
    return result
  }
}

extension DataSet {
  /// x = [[1, 2, …, n]], y = [[1, …]].
  static func sample(
    for model: Layer, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> DataSet? {
    guard let description = try DataDescription.sample(for: model, session, at: span),
      let inputs = description.inputType.shape.dimensions.last?.size,
      let outputs = description.targetType?.shape.dimensions.last?.size
    else { return nil }
    do throws(AllocationError) {
      let x = try Tensor([1, inputs], floats: (0..<inputs).map { Float($0 + 1) })
      let y = try Tensor([1, outputs], floats: Array(repeating: 1, count: outputs))
      let data = DataSet(description: description, inputs: x, targets: y)
      data.rawInputs = x.floats.map { Double($0) }
      data.rawTargets = y.floats.map { Double($0) }
      return data
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }

  /// `x = [[1, 2]], y = [[1]]`, shortened for wide models.
  var sampleText: String {
    func row(_ tensor: Tensor?) -> String {
      let values = tensor?.floats ?? []
      let shown = values.prefix(4).map { messageText(Double($0)) }.joined(separator: ", ")
      return "[[\(shown)\(values.count > 4 ? ", …" : "")]]"
    }
    return "x = \(row(inputs)), y = \(row(targets))"
  }
}
