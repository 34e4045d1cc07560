// Metrics of `train` and `eval` against data and model, looked at before rows are read.
import AdamIR
import AdamSource

extension TrainingMetric<AbstractValue> {
  /// Throws when one of these metrics certainly cannot be computed. A column of a table may become a
  /// class when rows are read.
  static func check(
    _ metrics: [TrainingMetric], on data: DataDescription, of model: Layer?, _ context: any CheckContext,
    _ arguments: BoundArguments<AbstractValue>
  ) throws(Diagnostic) {
    let place = arguments.place(of: "metrics")
    for metric in metrics {
      if let found = metric.refusal(data) { throw .metricTarget(metric.name, found, at: place) }
      guard let model, let target = data.targetType, data.origin != "csv" else { continue }
      let prediction = try TrainingRequest.output(of: model, data, context.session)
      try metric.check(prediction, target, context, at: arguments.span)
    }
  }

  /// What the data has and the metric does not fit; nil when it may fit.
  private func refusal(_ data: DataDescription) -> String? {
    guard let definition else { return data.targetKind == .none ? "no target" : nil }
    switch data.targetKind {
    case .label where !definition.isOfClasses: return "classes"
    case .real where definition.isOfClasses && data.origin != "csv": return "a real target"
    case .none: return "no target"
    default: return nil
    }
  }
}
