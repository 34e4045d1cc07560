// every(n) and early(name): when `train` validates and when it stops.
import AdamIR
import AdamSource

enum ScheduleBuiltins {
  static let all: [Listed<BuiltinDefinition>] = [.init("every", every), .init("early", early)]

  static let every = BuiltinDefinition(
    name: "every", group: "training", summary: "Each n-th epoch, or step where `train` counts steps.",
    signature: Signature([
      ParameterDefinition("n", .integer, "how many", range: NumberRange(from: 1, to: 9_007_199_254_740_992))
    ]),
    example: "model = linear(1, 1)\nr = train 6, val=every(3)\nprint r.epochs  # prints: 6",
    page: Page("For `val=` and `checkpoint=` of `train`.", see: ["train", "early", "on"]),
    isPure: true,
    yieldsToVariables: true,
    run: { _, arguments in
      .record(RecordBox([.init("n", .number(arguments.number("n") ?? 1))], kind: "every"))
    })

  static let early = BuiltinDefinition(
    name: "early", group: "training",
    summary: "Stops when a number has not improved for some validations; the best weights come back.",
    signature: Signature([
      ParameterDefinition("monitor", .string, "`val_loss`, `loss`, or `val_` and a metric"),
      ParameterDefinition(
        "patience", .integer, "validations without improvement", range: NumberRange(from: 1), default: .number(10),
        isKeywordOnly: true),
      ParameterDefinition(
        "min_delta", .number, "what counts as an improvement", range: NumberRange(from: 0), default: .number(0),
        isKeywordOnly: true),
      ParameterDefinition(
        "mode", .string, "`min` or `max`: what is better; a registered metric knows it", default: .some(.none),
        isKeywordOnly: true),
    ]),
    example: "model = linear(1, 1)\nr = train 6, stop=early(\"loss\", patience=2)\nprint r.best.epoch  # prints: 6",
    page: Page(
      "What counts as better follows from the number: smaller for losses and errors, larger for metrics "
        + "such as accuracy; a function of the script must say it with `mode=`. The best weights come back with "
        + "their optimizer state.",
      source: "Prechelt 1998, Early Stopping - But When?", see: ["train", "every"]),
    isPure: true,
    run: { _, arguments throws(Diagnostic) in
      if let mode = arguments.string("mode"), !["min", "max"].contains(mode) {
        throw .unknownChoice(
          "mode", of: "early", found: mode, choices: ["min", "max"], at: arguments.place(of: "mode"))
      }
      return .record(
        RecordBox(
          [
            .init("monitor", arguments["monitor"] ?? .none),
            .init("patience", .number(arguments.number("patience") ?? 10)),
            .init("min_delta", .number(arguments.number("min_delta") ?? 0)),
            .init("mode", arguments["mode"] ?? .none),
          ], kind: "early"))
    })
}

/// What `stop=early(…)` asks for.
struct EarlyStop {
  let monitor: String
  let patience: Int
  let minDelta: Double
  let isLargerBetter: Bool

  init?<Function>(
    _ value: Value?, metrics: [TrainingMetric<Function>], hasValidation: Bool, at span: Span
  ) throws(Diagnostic) {
    guard let value, !value.isNone else { return nil }
    guard case .record(let box) = value, box.kind == "early", let monitor = box["monitor"]?.exactString else {
      throw Diagnostic(.wrongKind, "`stop` is `early(\"val_loss\")` and the like, found \(value.foundText)", at: span)
    }
    let metric = monitor.hasPrefix("val_") ? metrics.first { "val_\($0.name)" == monitor } : nil
    let names = ["loss"] + (hasValidation ? ["val_loss"] + metrics.map { "val_\($0.name)" } : [])
    guard names.contains(monitor) else {
      var diagnostic = Diagnostic(.unknownChoice, "there is no `\(monitor)` to watch in this training", at: span)
      diagnostic.notes = ["there is: \(names.joined(separator: ", "))"]
      if !hasValidation {
        diagnostic.helps = [Help("give the data a part to validate on: `split(train=0.8, val=0.2)`")]
      }
      throw diagnostic
    }
    self.monitor = monitor
    patience = box["patience"]?.exactNumber.flatMap { Int(exactly: $0) } ?? 10
    minDelta = box["min_delta"]?.exactNumber ?? 0
    isLargerBetter = try Self.isLargerBetter(box, metric, monitor, at: span)
  }

  /// What is better: as the call says, else as the metric knows.
  private static func isLargerBetter<Function>(
    _ box: RecordBox, _ metric: TrainingMetric<Function>?, _ monitor: String, at span: Span
  ) throws(Diagnostic) -> Bool {
    if let mode = box["mode"]?.exactString { return mode == "max" }
    guard let metric else { return false }
    if let known = metric.isLargerBetter { return known }
    var diagnostic = Diagnostic(
      .missingArgument, "`\(metric.name)` is a function of the script, so `early` cannot know what is better", at: span)
    diagnostic.helps = [
      Help("write `early(\"\(monitor)\", mode=\"min\")` when smaller is better, `mode=\"max\"` when larger is")
    ]
    throw diagnostic
  }

  /// Whether `value` is better than the best so far; NaN never is.
  func improves(_ value: Double, on best: Double?) -> Bool {
    guard let best else { return !value.isNaN }
    return isLargerBetter ? value > best + minDelta : value < best - minDelta
  }
}

extension Value {
  /// The number of `every(n)`; a bare number means the same.
  func interval(_ name: String, at span: Span) throws(Diagnostic) -> Int {
    if case .record(let box) = self, box.kind == "every", let n = box["n"]?.exactNumber, let count = Int(exactly: n) {
      return count
    }
    throw Diagnostic(.wrongKind, "`\(name)` is `every(5)` and the like, found \(foundText)", at: span)
  }
}
