// What `metrics=`, `val=` and `stop=` of a `train` ask for, looked at before it runs; and the fields that
// its record will have.
import AdamIR
import AdamSource

struct TrainingOptions {
  private let context: any CheckContext
  private let arguments: BoundArguments<AbstractValue>

  init(_ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>) {
    self.context = context
    self.arguments = arguments
  }

  /// The record of the run, as far as it is known.
  func checkedRun() throws(Diagnostic) -> AbstractValue {
    let metrics = try checkedMetrics()
    if case .known(let interval)? = arguments["val"], !interval.isNone {
      _ = try interval.interval("val", at: arguments.place(of: "val"))
    }
    if let metrics, !metrics.isEmpty { try checkTargets(metrics) }
    let parts = try knownParts()
    let hasValidation = parts.map { $0.contains("val") }
    if let metrics, let parts, let stop = arguments["stop"] {
      try check(stop, metrics, parts)
    }
    guard let metrics else { return .unknown }
    return run(metrics, hasValidation)
  }

  /// nil when they are not known.
  private func checkedMetrics() throws(Diagnostic) -> [TrainingMetric<AbstractValue>]? {
    try TrainingMetric<AbstractValue>.list(arguments["metrics"], at: arguments.place(of: "metrics"))
  }

  /// Metrics of classes need classes. A column of a table may become one when rows are read. Without rows
  /// to compute them of, metrics of one's own are held against those that there are.
  private func checkTargets(_ metrics: [TrainingMetric<AbstractValue>]) throws(Diagnostic) {
    let model = arguments.layer("model")
    if let data = arguments["data"]?.asData, data.parts.contains("val") {
      _ = try data.inEveryReading { reading throws(Diagnostic) in
        try TrainingMetric<AbstractValue>.check(metrics, on: reading, of: model, context, arguments)
      }
      return
    }
    var data: DataDescription?
    if let given = arguments["data"] {
      data = try DataDescription.of(given, at: context.source(of: "data", arguments))
    }
    // Where the kind of the target is open, so is what a metric is given.
    if data?.readings.count != 1 { data = nil }
    try TrainingMetric<AbstractValue>.check(metrics, on: data, of: model, isComputed: false, context, arguments)
  }

  /// The parts of the data; nil when they are not known.
  private func knownParts() throws(Diagnostic) -> [String]? {
    guard let data = arguments["data"] else { return [] }
    if let description = data.asData { return description.parts }
    switch data.kindOfValue {
    case .tuple, .list, .tensor: return []
    default: return nil
    }
  }

  private func check(
    _ stop: AbstractValue, _ metrics: [TrainingMetric<AbstractValue>], _ parts: [String]
  ) throws(Diagnostic) {
    guard case .known(let value) = stop else { return }
    _ = try EarlyStop(
      value, metrics: metrics, hasValidation: parts.contains("val"), at: arguments.place(of: "stop"))
  }

  /// An argument whose value is not known may have been meant for `stop`.
  private var mayMeanStop: Bool {
    arguments.entries.contains { entry in
      if case .unknown? = entry.value { entry.isGiven } else { false }
    }
  }

  /// - Parameter hasValidation: nil when that is not known.
  private func run(_ metrics: [TrainingMetric<AbstractValue>], _ hasValidation: Bool?) -> AbstractValue {
    let measures = hasValidation == false ? [] : ["val_loss"] + metrics.map { "val_\($0.name)" }
    let best: AbstractValue
    if case .known(.record)? = arguments["stop"] {
      let names = ["epoch", "step", "loss"] + measures
      best = .record(names.map { AbstractField($0, .number) }, kind: "record")
    } else {
      best = arguments["stop"].map { $0.isNone ? .known(.none) : .unknown } ?? (mayMeanStop ? .unknown : .known(.none))
    }
    let columns = ["epoch", "loss"].map { AbstractField($0, .listOf(.number)) }
      + (measures.isEmpty ? ["val_loss"] : measures).map { AbstractField($0, .listOf(.unknown)) }
    let fields: [(String, AbstractValue)] = [
      ("loss", .number), ("losses", .listOf(.number)),
      ("val_loss", hasValidation == false ? .known(.none) : .unknown), ("epochs", .number),
      ("steps", .number), ("seconds", .number), ("stopped", .string),
      ("history", .record(columns, kind: Table.kind)), ("best", best),
    ]
    return .record(
      (fields + measures.dropFirst().map { ($0, .unknown) }).map { AbstractField($0.0, $0.1) }, kind: "run")
  }
}
