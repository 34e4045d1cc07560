// Optimizers in the language, derived from the rules: constructors, checked settings, `opt.lr = x`.
import AdamFormulas
import AdamIR
import AdamRuntime
import AdamSource

package enum OptimizerRegistry {
  /// One constructor for each rule of the formulas, and those that work on all parameters at once.
  package static let builtins: [Listed<BuiltinDefinition>] =
    OptimizerRules.all.map { constructor($0) } + [.init("lbfgs", LBFGS.builtin)]

  /// What `opt.name = x` is held against.
  static func parameter(_ name: String, of rule: String) -> ParameterDefinition? {
    builtins.named(rule)?.signature.parameters.first { $0.name == name }
  }

  private static func constructor(_ rule: any OptimizerRule.Type) -> Listed<BuiltinDefinition> {
    // Only the name is kept: a metatype is not sendable.
    let name = rule.name
    return Listed(name, constructor(of: name))
  }

  private static func constructor(of name: String) -> BuiltinDefinition {
    let rule = OptimizerRules.named(name)
    let hyperparameters = rule?.hyperparameters ?? []
    return BuiltinDefinition(
      name: name, group: "optimizer", summary: (rule?.summary ?? "").asSentence,
      signature: Signature(hyperparameters.map(\.parameter)),
      example: "opt = \(name)(lr=0.01)\nprint opt.lr  # prints: 0.01",
      page: Page(
        "The state belongs to parameters and goes on from `train` to `train`. `opt.lr = x` changes a setting and keeps "
          + "the state.",
        see: OptimizerRules.all.map { $0.name }.filter { $0 != name } + ["train"]),
      check: { context, arguments in
        let optimizer = Optimizer(
          rule: name, settings: arguments.settings(hyperparameters), span: arguments.span)
        optimizer.rateFunction = arguments.rateFunction
        if let mistake = optimizer.mistake(arguments.span) { context.report(mistake) }
        return .optimizer(optimizer)
      },
      run: { _, arguments throws(Diagnostic) in
        let optimizer = Optimizer(
          rule: name, settings: arguments.settings(hyperparameters), span: arguments.span)
        if let mistake = optimizer.mistake(arguments.span) { throw mistake }
        return .optimizer(optimizer)
      })
  }
}

extension String {
  /// With a capital letter and a full stop.
  fileprivate var asSentence: String {
    String(prefix(1)).uppercased() + String(dropFirst()) + (utf8.last == UInt8(ascii: ".") ? "" : ".")
  }
}

extension Hyperparameter {
  /// As an argument: the first one by position or name, the others by name.
  fileprivate var parameter: ParameterDefinition {
    let range = NumberRange(
      from: minimum, to: maximum.isFinite ? maximum : nil, includingUpper: !excludesMaximum)
    if kind == .flag {
      return ParameterDefinition(name, .bool, doc, default: .bool(false), isKeywordOnly: true)
    }
    if defaults.count > 1 {
      return ParameterDefinition(
        name, .numbers(count: defaults.count), doc, range: range, isKeywordOnly: true,
        defaultNumbers: defaults)
    }
    return ParameterDefinition(
      name, name == "lr" ? .schedule : .number, doc, range: range, default: defaults.first.map { .number($0) },
      isKeywordOnly: name != "lr")
  }
}

extension BoundArguments<AbstractValue> {
  /// A function given for `lr` that is no value yet.
  var rateFunction: AbstractValue? {
    guard case .function? = self["lr"] else { return nil }
    return self["lr"]
  }
}

extension BoundArguments where V: ArgumentValue {
  /// The schedule or function given for `lr`; nil for a number.
  var schedule: Value? {
    let given: Value? =
      switch self["lr"] {
      case let value as Value: value
      case let value as AbstractValue: if case .known(let known) = value { known } else { nil }
      default: nil
      }
    return given.flatMap { $0.isSchedule ? $0 : nil }
  }

  /// Settings in the rule's order; what the checker does not know has its default.
  fileprivate func settings(_ hyperparameters: [Hyperparameter]) -> [RecordBox.Field] {
    hyperparameters.map { hyper in
      if hyper.name == "lr", let schedule { return .init(hyper.name, schedule) }
      return switch (hyper.kind, hyper.defaults.count) {
      case (.flag, _): .init(hyper.name, .bool(bool(hyper.name) ?? false))
      case (_, 2...): .init(hyper.name, .numbers(numbers(hyper.name) ?? hyper.defaults))
      default: .init(hyper.name, .number(number(hyper.name) ?? hyper.defaults[0]))
      }
    }
  }
}

extension Optimizer {
  /// Settings that are each right and do not go together.
  func mistake(_ span: Span) -> Diagnostic? {
    if let schedule, let mistake = Schedule.mistake(schedule, at: span) { return mistake }
    return formula?.mistake(hyper).map { Diagnostic(.outOfRange, "\(rule): \($0)", at: span) }
  }

  /// The optimizer of a script that names none.
  static func standard(at span: Span) -> Optimizer {
    let settings = Adam.hyperparameters.map { hyper -> RecordBox.Field in
      switch (hyper.kind, hyper.defaults.count) {
      case (.flag, _): .init(hyper.name, .bool(false))
      case (_, 2...): .init(hyper.name, .numbers(hyper.defaults))
      default: .init(hyper.name, .number(hyper.defaults[0]))
      }
    }
    return Optimizer(rule: Adam.name, settings: settings, span: span)
  }

  var formula: (any OptimizerRule.Type)? { OptimizerRules.named(rule) }

  /// What `lr` is when it is no number.
  var schedule: Value? {
    settings.first { $0.name == "lr" }.flatMap { $0.value.isSchedule ? $0.value : nil }
  }

  /// The settings as the rule takes them: one number each, `betas` two. Where `lr` is a schedule, 0
  /// stands for it, and momentum is what the schedule begins with.
  var hyper: [Double] {
    var numbers = settings.flatMap { field -> [Double] in
      if let flag = field.value.exactBool { return [flag ? 1 : 0] }
      if let numbers = field.value.exactNumbers { return numbers }
      return [field.value.exactNumber ?? 0]
    }
    if let schedule, let place = momentumPlace, let momentum = Schedule.momentum(schedule) {
      numbers[place] = momentum.first
    }
    return numbers
  }

  /// Where momentum or the first of `betas` stands in `hyper`; nil for a rule without.
  var momentumPlace: Int? {
    var place = 0
    for field in settings {
      if field.name == "momentum" || field.name == "betas" { return place }
      place += field.value.exactNumbers?.count ?? 1
    }
    return nil
  }

  /// `lr=0.01`, the settings of a help line or table.
  package var text: String {
    let shown = settings.map { field in
      let numbers = field.value.exactNumbers.map {
        "(" + $0.map { messageText($0) }.joined(separator: ", ") + ")"
      }
      let flag = field.value.exactBool.map { $0 ? "true" : "false" }
      let number = field.value.exactNumber.map { messageText($0) }
      return "\(field.name)=\(numbers ?? flag ?? number ?? Schedule.text(field.value))"
    }
    return "\(rule)(\(shown.joined(separator: ", ")))"
  }

  /// The settings, and what the schedule does beside the rate.
  var tableText: String {
    guard let schedule, let momentum = Schedule.momentum(schedule), momentumPlace != nil else { return text + "\n" }
    let name = settings.contains { $0.name == "betas" } ? "betas[0]" : "momentum"
    let (first, least) = (messageText(momentum.first), messageText(momentum.least))
    return text + "\n\(momentum.name) moves \(name) too: \(first), down to \(least) at the largest rate, and back\n"
  }

  /// `opt.lr`, `opt.betas`, `opt.steps`.
  package func field(_ name: String, at span: Span) throws(Diagnostic) -> Value {
    guard let value = fieldIfPresent(name) else { throw .unknownSetting(name, of: self, at: span) }
    return value
  }

  /// `lr` is the rate of the last update where it is a schedule, the schedule itself before the first.
  func fieldIfPresent(_ name: String) -> Value? {
    if name == "steps" { return .number(Double(steps)) }
    if name == "lr", schedule != nil, let currentRate { return .number(currentRate) }
    return settings.first { $0.name == name }?.value
  }

  /// `opt.lr = x`: the value is checked like the constructor's; the state stays.
  package func set(_ name: String, to value: Value, at span: Span) throws(Diagnostic) {
    let (index, parameter) = try settable(name, at: span)
    let argument = GivenArgument(name: name, value: value, span: span)
    let bound = try bind([argument], to: Signature([parameter]), of: rule, at: span)
    guard let checked = bound[name] else { return }
    let before = settings[index].value
    settings[index].value = checked
    if let mistake = mistake(span) {
      settings[index].value = before
      throw mistake
    }
  }
}

extension Value {
  /// A rate that is no single number.
  var isSchedule: Bool {
    switch self {
    case .record(let box): box.kind == Schedule.kind
    case .function: true
    default: false
    }
  }
}

extension Diagnostic {
  static func unknownSetting(_ name: String, of optimizer: Optimizer, at span: Span) -> Diagnostic {
    let known = optimizer.settings.map(\.name) + ["steps"]
    var diagnostic = Diagnostic(.noSuchField, "`\(optimizer.rule)` has no setting `\(name)`", at: span)
    if let meant = nearest(name, in: known) { diagnostic.label = "did you mean `\(meant)`?" }
    diagnostic.notes = ["it has: " + known.joined(separator: ", ")]
    return diagnostic
  }
}
