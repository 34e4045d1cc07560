// Metrics as functions of (pred, y), and of a model's outputs.
import AdamIR
import AdamRuntime
import AdamSource

extension MetricDefinition {
  package var builtin: BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "metric", summary: summary,
      signature: Signature([
        ParameterDefinition("pred", .tensorLike, "what was predicted"),
        ParameterDefinition("target", .tensorLike, "what is right"),
      ]),
      example: example, page: page, isPure: true,
      check: { context, arguments in
        do throws(Diagnostic) { try checkRows(arguments) } catch {
          context.report(error)
          return .unknown
        }
        return .number
      },
      run: { _, arguments throws(Diagnostic) in try run(arguments) })
  }

  /// Throws when the two certainly have no rows to compare.
  private func checkRows(_ arguments: BoundArguments<AbstractValue>) throws(Diagnostic) {
    for case .traced? in ["pred", "target"].map({ arguments[$0] }) {
      throw .metricAsLoss(self, at: arguments.span)
    }
    guard let predicted = arguments["pred"]?.tensorType?.shape, let expected = arguments["target"]?.tensorType?.shape
    else { return }
    guard let rows = expected.dimensions.first, rows.size != 0, predicted.dimensions.first?.mayEqual(rows) == true
    else { throw .metricRows(name, predicted, expected, at: arguments.span) }
  }

  private func run(_ arguments: BoundArguments<Value>) throws(Diagnostic) -> Value {
    for case .traced? in ["pred", "target"].map({ arguments[$0] }) {
      throw .metricAsLoss(self, at: arguments.span)
    }
    let predicted = try (arguments["pred"] ?? .none).asTensor(at: arguments.place(of: "pred"))
    let expected = try (arguments["target"] ?? .none).asTensor(at: arguments.place(of: "target"))
    guard let rows = expected.sizes.first, rows > 0, predicted.sizes.first == rows else {
      throw .metricRows(name, predicted.type.shape, expected.type.shape, at: arguments.span)
    }
    var input = MetricInput()
    input.expected = expected.floats.map { Double($0) }
    let width = predicted.elementCount / rows
    if needsScores {
      guard width == 1 else { throw .metricScores(name, predicted, at: arguments.place(of: "pred")) }
      input.scores = predicted.floats.map { Double($0) }
    } else if isOfClasses, predicted.element == .f32, width > 1 {
      input.predicted = predicted.decidedClasses().map { Double($0) }
    } else if isOfClasses, predicted.element == .f32, !predicted.floats.allSatisfy({ $0 == 0 || $0 == 1 }) {
      throw .metricUndecided(name, at: arguments.place(of: "pred"))
    } else {
      input.predicted = predicted.floats.map { Double($0) }
    }
    guard (needsScores ? input.scores : input.predicted).count == input.expected.count else {
      throw Diagnostic(
        .targetDisagrees,
        "`\(name)` needs equal shapes, found \(predicted.type.shape.text) and \(expected.type.shape.text)",
        at: arguments.span)
    }
    return .number(value(input))
  }

  /// Of a model's outputs on a data set, real targets in their file's units.
  func value(of outputs: Tensor, on data: DataSet, at span: Span) throws(Diagnostic) -> Double {
    guard let targets = data.targets, data.rowCount > 0 else { throw .metricTarget(name, "no target", at: span) }
    var input = MetricInput()
    guard isOfClasses == (data.description.targetKind == .label) else {
      throw .metricTarget(name, isOfClasses ? "a real target" : "classes", at: span)
    }
    if isOfClasses {
      input.expected = targets.integers.map { Double($0) }
      input.predicted = outputs.decidedClasses().map { Double($0) }
      if needsScores { input.scores = try positiveScores(outputs, at: span) }
      return value(input)
    }
    let width = max(1, targets.elementCount / data.rowCount)
    input.expected = targets.floats.enumerated().map { data.units.real(Double($1), column: $0 % width) }
    input.predicted = outputs.floats.enumerated().map { data.units.real(Double($1), column: $0 % width) }
    guard input.expected.count == input.predicted.count else {
      throw .metricTarget(name, "a target \(targets.type.shape.text)", at: span)
    }
    return value(input)
  }

  /// One score per row: the only one, or the second of two less the first.
  private func positiveScores(_ outputs: Tensor, at span: Span) throws(Diagnostic) -> [Double] {
    let scores = outputs.floats.map { Double($0) }
    switch outputs.sizes.last {
    case 1: return scores
    case 2: return stride(from: 0, to: scores.count - 1, by: 2).map { scores[$0 + 1] - scores[$0] }
    default: throw .metricScores(name, outputs, at: span)
    }
  }
}

extension DataUnits {
  /// A target's number in the file's units.
  func real(_ x: Double, column: Int) -> Double { targets.map { $0.undo(x, column: column) } ?? x }
}

extension Diagnostic {
  fileprivate static func metricRows(
    _ name: String, _ predicted: Shape, _ expected: Shape, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .targetDisagrees, "`\(name)` compares rows, found \(predicted.text) and \(expected.text)", at: span)
  }

  static func metricAsLoss(_ metric: MetricDefinition, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .noTraining, "`\(metric.name)` is a metric; the loss is `\(metric.loss)`", at: span)
    diagnostic.notes = ["a metric is a number about a prediction; a loss is part of the step and has a slope"]
    diagnostic.helps = [Help("train by `loss = \(metric.loss)()` and watch `metrics=[\(metric.name)]`")]
    return diagnostic
  }

  static func metricTarget(_ name: String, _ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.targetDisagrees, "`\(name)` does not fit this data, which has \(found)", at: span)
  }

  static func metricScores(_ name: String, _ found: Tensor, at span: Span) -> Diagnostic {
    Diagnostic(
      .targetDisagrees, "`\(name)` needs one score per row for two classes, found \(found.type.shape.text)", at: span)
  }

  static func metricUndecided(_ name: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.targetDisagrees, "`\(name)` needs decided classes, and these are scores", at: span)
    diagnostic.helps = [Help("decide first: `p > 0.5` for probabilities, `p > 0` for logits")]
    return diagnostic
  }
}
