// Loss and accuracy of a model on rows at hand: evaluation mode, no draws, the same bits for any
// block of rows.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

/// Evaluates one model on one set of rows.
struct Validator {
  let model: Layer
  let data: DataSet
  let loss: TrainingLoss
  let targets: Tensor?
  let session: SessionState
  let span: Span

  /// nil when the training has no validation part.
  init?(_ request: TrainingRequest, _ session: SessionState) throws(Diagnostic) {
    guard let data = request.validation, data.rowCount > 0 else { return nil }
    let targets = try request.targets(of: data, session)
    self.init(
      model: request.model, data: data, loss: request.loss, targets: targets, session: session,
      span: request.span)
  }

  init(
    model: Layer, data: DataSet, loss: TrainingLoss, targets: Tensor?, session: SessionState,
    span: Span
  ) {
    self.model = model
    self.data = data
    self.loss = loss
    self.targets = targets
    self.session = session
    self.span = span
  }

  /// The loss and the metrics, in this order. Looking never moves the generator.
  func measures(
    _ metrics: [TrainingMetric<Value>], _ context: any ExecutionContext
  ) throws(Diagnostic) -> [(name: String, value: Double)] {
    let generator = session.generator
    defer { session.generator = generator }
    let outputs = try model.applied(to: data.inputs, session, at: span)
    var result = [(name: "loss", value: try loss.value(outputs, targets, data.inputs, session, at: span))]
    guard !metrics.isEmpty else { return result }
    guard case .tensor(let outputs) = outputs else {
      throw .givesStructure("a metric", outputs.foundText, model, at: span)
    }
    let judged = judged
    for metric in metrics {
      var rows = data
      if metric.definition?.isOfClasses == true { rows = judged }
      result.append((metric.name, try metric.value(of: outputs, on: rows, context, at: span)))
    }
    return result
  }

  /// Throws before the first step when a metric of classes is asked for and the rows have none.
  func check(_ metrics: [TrainingMetric<Value>]) throws(Diagnostic) {
    guard let metric = metrics.first(where: { $0.definition?.isOfClasses == true }),
      judged.description.targetKind == .real
    else { return }
    throw .metricTarget(metric.name, "a real target", at: span)
  }

  /// The rows as metrics see them: whole numbers are classes for a class loss.
  private var judged: DataSet {
    guard data.description.targetKind == .real, let labels = labelsOfLoss else { return data }
    var description = data.description
    description.targetKind = .label
    return DataSet(description: description, inputs: data.inputs, targets: labels)
  }

  private var labelsOfLoss: Tensor? {
    guard let targets, loss.function != nil || loss.definition.target != .real else { return nil }
    if targets.element == .i32 { return targets }
    let numbers = targets.floats
    guard numbers.count == data.rowCount, numbers.allSatisfy({ $0 == 0 || $0 == 1 }) else { return nil }
    return try? Tensor([numbers.count], integers: numbers.map { $0 == 1 ? 1 : 0 })
  }
}

extension Tensor {
  /// The class each row of scores says: the largest, the first of equals; with one score, whether it
  /// is above 0 (a probability above one half).
  func decidedClasses() -> [Int] {
    guard let width = sizes.last, width > 0 else { return [] }
    let scores = floats
    return stride(from: 0, to: scores.count, by: width).map { start in
      if width == 1 { return scores[start] > 0 ? 1 : 0 }
      var best = 0
      for place in 1..<width where scores[start + place] > scores[start + best] { best = place }
      return best
    }
  }
}
