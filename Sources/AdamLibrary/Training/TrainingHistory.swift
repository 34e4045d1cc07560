// What a training has measured: a row for each epoch, and the value that `train` gives.
import AdamSource

struct TrainingHistory {
  /// The loss of every epoch; a training that ends inside an epoch adds a row for the part.
  var losses: [Double] = []
  /// Epochs that were trained whole.
  var wholeEpochs = 0
  /// Every validation's numbers, with the epoch they belong to.
  private(set) var validations: [(epoch: Int, measures: [(name: String, value: Double)])] = []

  mutating func add(_ measures: [(name: String, value: Double)], epoch: Int) {
    validations.append((epoch, measures))
  }

  /// The latest validation; empty before the first.
  var lastMeasures: [(name: String, value: Double)] { validations.last?.measures ?? [] }
  var lastValidation: Double? { lastMeasures.first?.value }

  /// A column for the number of the epoch, the loss, and everything that was validated; `none` where
  /// an epoch was not validated.
  var table: Value {
    let names = ["val_loss"] + (validations.last?.measures.dropFirst().map(\.name) ?? [])
    var columns: [[Value]] = Array(repeating: Array(repeating: .none, count: losses.count), count: names.count)
    for validation in validations where losses.indices.contains(validation.epoch - 1) {
      for (column, name) in names.enumerated() {
        guard let measure = validation.measures.first(where: { $0.name == name }) else { continue }
        columns[column][validation.epoch - 1] = .number(measure.value)
      }
    }
    var fields = [
      RecordBox.Field("epoch", .list(ListBox(losses.indices.map { .number(Double($0 + 1)) }))),
      RecordBox.Field("loss", .list(ListBox(losses.map { .number($0) }))),
    ]
    fields += zip(names, columns).map { RecordBox.Field($0, .list(ListBox($1))) }
    return .record(RecordBox(fields, kind: Table.kind))
  }

  /// The value of `train`.
  func record(steps: Int, seconds: Double, stopped: String, best: Value) -> Value {
    .record(
      RecordBox(kind: "run") {
        let last = lastMeasures.dropFirst().map { RecordBox.Field($0.name, .number($0.value)) }
        let fields: [RecordBox.Field] = [
          .init("loss", losses.last.map { .number($0) } ?? .none),
          .init("losses", .list(ListBox(losses.map { .number($0) }))),
          .init("val_loss", lastValidation.map { .number($0) } ?? .none),
          .init("epochs", .number(Double(wholeEpochs))), .init("steps", .number(Double(steps))),
          .init("seconds", .number(seconds)), .init("stopped", .string(StringBox(stopped))),
          .init("history", table), .init("best", best),
        ]
        return fields + last
      })
  }
}

extension TrainingHistory {
  /// Epochs that a planned training has rows for.
  private static let plannedEpochs = 65_536

  /// What a training that is only planned gives: every field that the training would, and zeros for its
  /// numbers; of very long ones the first epochs.
  static func planned(_ request: TrainingRequest, stepsPerEpoch: Int) -> Value {
    let isInEpochs = request.unit == "epochs"
    let epochs = isInEpochs ? request.total : request.total / max(1, stepsPerEpoch)
    let (steps, overflows) = request.total.multipliedReportingOverflow(by: isInEpochs ? stepsPerEpoch : 1)
    var history = TrainingHistory()
    history.wholeEpochs = epochs
    history.losses = Array(repeating: 0, count: min(isInEpochs ? epochs : max(1, epochs), plannedEpochs))
    if request.validation != nil {
      let measures = (["loss"] + request.metrics.map(\.name)).map { (name: "val_\($0)", value: 0.0) }
      for epoch in history.losses.indices { history.add(measures, epoch: epoch + 1) }
    }
    let best = BestState()
    if let rule = request.stop {
      _ = best.note(0, rule, epoch: 1, step: 1, measures: [(name: "loss", value: 0)] + history.lastMeasures)
    }
    return history.record(steps: overflows ? .max : steps, seconds: 0, stopped: "planned", best: best.record)
  }
}

extension BestState {
  /// The epoch that early stopping went back to; none without it.
  var record: Value {
    guard value != nil else { return .none }
    let measures = measures.map { RecordBox.Field($0.name, .number($0.value)) }
    return .record(
      RecordBox([.init("epoch", .number(Double(epoch))), .init("step", .number(Double(step)))] + measures))
  }
}
