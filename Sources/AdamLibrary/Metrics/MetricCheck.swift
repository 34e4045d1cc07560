// Metrics of `train` and `eval` against data and model, looked at before rows are read.
import AdamIR
import AdamSource

extension TrainingMetric<AbstractValue> {
  /// Throws when one of these metrics certainly cannot be computed. A column of a table may become a
  /// class when rows are read.
  /// - Parameter isComputed: it will be, of rows of this data; otherwise only what it gives is looked at.
  static func check(
    _ metrics: [TrainingMetric], on data: DataDescription?, of model: Layer?, isComputed: Bool = true,
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) throws(Diagnostic) {
    let operands = metrics.contains(where: \.isOfScript) ? operands(data, model, context) : []
    for metric in metrics {
      let refusal = data.flatMap { metric.refusal($0, isClassLoss: arguments["loss"]?.mayWantClasses == true) }
      if isComputed, let found = refusal {
        throw .metricTarget(metric.name, found, at: arguments.place(of: "metrics"))
      }
      try metric.check(operands, context, at: arguments.span)
    }
  }

  /// Prediction and target, as far as they are known.
  private static func operands(
    _ data: DataDescription?, _ model: Layer?, _ context: any CheckContext
  ) -> [AbstractValue] {
    guard let data, let model, let target = data.targetType, data.origin != "csv" else { return [.unknown, .unknown] }
    do throws(Diagnostic) {
      return [.tensor(try TrainingRequest.output(of: model, data, context.session)), .tensor(target)]
    } catch {
      // Where the model does not fit the data, that is what will be said.
      return [.unknown, .unknown]
    }
  }

  /// What the data has and the metric does not fit; nil when it may fit. Whole numbers are classes for a
  /// class loss.
  private func refusal(_ data: DataDescription, isClassLoss: Bool) -> String? {
    guard let definition else { return data.targetKind == .none ? "no target" : nil }
    switch data.targetKind {
    case .label where !definition.isOfClasses: return "classes"
    case .real where definition.isOfClasses && data.origin != "csv" && !isClassLoss: return "a real target"
    case .none: return "no target"
    default: return nil
    }
  }
}

extension AbstractValue {
  /// Whether it may be a loss that takes classes; what a function of the script does with them is its affair.
  fileprivate var mayWantClasses: Bool {
    guard let loss = TrainingLoss(self) else { return isUnknown }
    return loss.function != nil || loss.definition.target != .real
  }
}
