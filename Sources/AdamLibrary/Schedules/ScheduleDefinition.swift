// A learning rate schedule as a value: its settings and its rate at a step. One file each, one line in
// `ScheduleRegistry`; the constructor, its checks, help and text are derived.
import AdamIR
import AdamSource

/// The settings of one schedule in one training: numbers as given or by default, lengths in steps.
struct ScheduleSettings {
  let definition: ScheduleDefinition
  let given: [RecordBox.Field]
  /// Steps of one epoch, for `epochs(n)`; nil where nothing counts epochs.
  var stepsPerEpoch: Int?
  /// The first rate of the part behind this one.
  var next = 0.0

  private func value(_ name: String) -> Value? { given.first { $0.name == name }?.value }

  private func standard(_ name: String) -> Constant? {
    definition.signature.parameters.first { $0.name == name }?.defaultValue
  }

  func number(_ name: String) -> Double {
    if let number = value(name)?.exactNumber { return number }
    if case .number(let number)? = standard(name) { return number }
    return 0
  }

  func flag(_ name: String) -> Bool {
    if let flag = value(name)?.exactBool { return flag }
    if case .bool(let flag)? = standard(name) { return flag }
    return false
  }

  func text(_ name: String) -> String {
    if let text = value(name)?.exactString { return text }
    if case .string(let text)? = standard(name) { return text }
    return ""
  }

  /// A number of steps; nil when it is not given and has no default, or counts epochs where none are.
  func steps(_ name: String) -> Int? {
    if let value = value(name) { return steps(of: value) }
    if case .number(let number)? = standard(name) { return Int(exactly: number) }
    return nil
  }

  func stepList(_ name: String) -> [Int] { (value(name)?.elements ?? []).compactMap { steps(of: $0) } }

  private func steps(of value: Value) -> Int? {
    if let number = value.exactNumber { return Int(exactly: number) }
    guard let epochs = value.epochCount, let stepsPerEpoch else { return nil }
    return Int(exactly: (epochs * Double(stepsPerEpoch)).rounded())
  }

  /// A length is in epochs, which only `train` can count.
  var needsEpochs: Bool {
    given.contains { field in
      field.value.epochCount != nil || (field.value.elements ?? []).contains { $0.epochCount != nil }
    }
  }
}

/// Where a schedule stands: steps done in its part, and how many the part has.
struct SchedulePosition {
  var step: Int
  var length: Int
}

struct ScheduleDefinition: Sendable {
  /// torch's name in lower snake case: `step_lr`, `one_cycle`.
  let name: String
  let summary: String
  let signature: Signature
  let example: String
  /// torch's class, and what is not as there.
  var source = ""
  var formula = ""
  var deviation = ""
  /// Steps that it lasts; nil when it lasts as long as it must.
  var length: @Sendable (ScheduleSettings) -> Int? = { $0.steps("steps") }
  /// The rate of the step behind `position.step` steps.
  let rate: @Sendable (ScheduleSettings, SchedulePosition) -> Double
  /// What it makes of momentum (sgd) or of the first of betas; nil when it leaves them alone.
  var momentum: @Sendable (ScheduleSettings, SchedulePosition) -> Double? = { _, _ in nil }
  /// What is wrong with settings that are each in range.
  var mistake: @Sendable (ScheduleSettings) -> String? = { _ in nil }
  /// Rises to the part behind it, so it cannot be the last.
  var needsNext = false
  /// Its rate depends on its length.
  var usesLength = false
  /// Nothing may come after its own end, not even its last rate.
  var isOver = false
}

enum ScheduleRegistry {
  static let all: [Listed<ScheduleDefinition>] = [
    .init("warmup", .warmup),
    .init("constant_lr", .constantLr),
    .init("linear_lr", .linearLr),
    .init("step_lr", .stepLr),
    .init("multi_step_lr", .multiStepLr),
    .init("exponential_lr", .exponentialLr),
    .init("polynomial_lr", .polynomialLr),
    .init("cosine", .cosine),
    .init("cosine_restarts", .cosineRestarts),
    .init("one_cycle", .oneCycle),
  ]

  static subscript(name: String) -> ScheduleDefinition? { all.named(name) }

  static let builtins: [Listed<BuiltinDefinition>] =
    all.map { $0.map(\.builtin) } + [.init("epochs", Epochs.builtin)]
}

extension ScheduleDefinition {
  fileprivate var builtin: BuiltinDefinition {
    let definition = self
    return BuiltinDefinition(
      name: name, group: "schedule", summary: summary, signature: signature, example: example,
      page: Page(
        "A schedule counts the steps of one `train`, `epochs(n)` converts; several follow each other with `then`.",
        formula: formula, source: source, deviation: deviation),
      isPure: true,
      check: { _, _ in .record([], kind: Schedule.kind) },
      run: { _, arguments throws(Diagnostic) in
        let given = signature.parameters.compactMap { parameter in
          arguments.isGiven(parameter.name)
            ? arguments[parameter.name].map { RecordBox.Field(parameter.name, $0) } : nil
        }
        let settings = ScheduleSettings(definition: definition, given: given)
        if let mistake = definition.mistake(settings) {
          throw Diagnostic(.outOfRange, "\(definition.name): \(mistake)", at: arguments.span)
        }
        let name = RecordBox.Field("schedule", .string(StringBox(definition.name)))
        return .record(RecordBox([name] + given, kind: Schedule.kind))
      })
  }
}

extension ParameterDefinition {
  /// Where torch's factor schedules start from.
  static let baseRate = ParameterDefinition(
    "base", .number, "the rate that is scaled", range: NumberRange(from: 0))

  /// A whole number of steps, or `epochs(n)`.
  static func steps(
    _ name: String, _ summary: String, default standard: Constant? = nil, isKeywordOnly: Bool = false
  ) -> ParameterDefinition {
    ParameterDefinition(
      name, .steps, summary, range: NumberRange(from: 1, to: 9_007_199_254_740_992), default: standard,
      isKeywordOnly: isKeywordOnly)
  }

  /// How long a schedule lasts that has no end of its own.
  static let scheduleLength = steps(
    "steps", "how long it lasts; until the end of `train` without", default: .some(.none), isKeywordOnly: true)

  static func rate(_ name: String, _ summary: String, default standard: Double? = nil) -> ParameterDefinition {
    ParameterDefinition(
      name, .number, summary, range: NumberRange(from: 0), default: standard.map { .number($0) },
      isKeywordOnly: standard != nil)
  }

  static func factor(
    _ name: String, _ summary: String, range: NumberRange = NumberRange(from: 0), default standard: Double
  ) -> ParameterDefinition {
    ParameterDefinition(name, .number, summary, range: range, default: .number(standard), isKeywordOnly: true)
  }
}
