// A builtin (function, verb, layer constructor, loss, optimizer) as a value. One file each, one line
// in `Environment.standard`; binding, range checks, did-you-mean, completion and help are derived.
import AdamIR
import AdamSource

/// What an argument may be. The order of checking is: kind, then range.
package enum ArgumentKind: Hashable, Sendable {
  case any
  case number
  /// A number without fraction within ±2^53.
  case integer
  case bool
  case string
  case tensor
  /// A tensor, number, or (nested) list of numbers.
  case tensorLike
  case list
  case layer
  case optimizer
  case data
  case function
  case hook
  case record
  /// A number or a schedule.
  case schedule
  /// A whole number of steps, or `epochs(n)`.
  case steps
  /// Pair of numbers, such as betas.
  case numbers(count: Int)
  case oneOf([ArgumentKind])

  /// In the user's words: `a whole number`, `a layer`.
  package var text: String {
    switch self {
    case .any: "a value"
    case .number: "a number"
    case .integer: "a whole number"
    case .bool: "true or false"
    case .string: "a string"
    case .tensor: "a tensor"
    case .tensorLike: "a tensor or a list of numbers"
    case .list: "a list"
    case .layer: "a layer"
    case .optimizer: "an optimizer"
    case .data: "a data set"
    case .function: "a function"
    case .hook: "an `on` block"
    case .record: "a record"
    case .schedule: "a number or a schedule"
    case .steps: "a whole number of steps or epochs(n)"
    case .numbers(let count): "\(count) numbers"
    case .oneOf(let kinds): kinds.map(\.text).joined(separator: " or ")
    }
  }
}

/// Allowed numbers; an end that is nil is open to infinity (which itself is never allowed).
package struct NumberRange: Hashable, Sendable {
  package var lower: Double?
  package var includesLower: Bool
  package var upper: Double?
  package var includesUpper: Bool
  package init(
    from lower: Double? = nil, includingLower: Bool = true, to upper: Double? = nil,
    includingUpper: Bool = true
  ) {
    self.lower = lower
    self.includesLower = includingLower
    self.upper = upper
    self.includesUpper = includingUpper
  }
}

package struct ParameterDefinition: Hashable, Sendable {
  package var name: String
  package var kind: ArgumentKind
  package var range: NumberRange?
  /// nil: must be given. `.none` as default means "not given".
  package var defaultValue: Constant?
  /// Default of a pair such as betas; instead of `defaultValue`.
  package var defaultNumbers: [Double]?
  /// Takes all remaining positional arguments (`seq`, `print`).
  package var isVariadic: Bool
  package var isKeywordOnly: Bool
  /// For verbs: bound from the scope's variable of this name when not given.
  package var isImplicit: Bool
  package var summary: String
  /// The default of a function of the script, as messages show it.
  package var shownDefault: String?
  /// The way out for whoever gives something of another kind; or empty.
  package var hint: String
  package init(
    _ name: String, _ kind: ArgumentKind, _ summary: String, range: NumberRange? = nil,
    default defaultValue: Constant? = nil, isVariadic: Bool = false, isKeywordOnly: Bool = false,
    isImplicit: Bool = false, defaultNumbers: [Double]? = nil, hint: String = ""
  ) {
    self.name = name
    self.hint = hint
    self.kind = kind
    self.defaultNumbers = defaultNumbers
    self.summary = summary
    self.range = range
    self.defaultValue = defaultValue
    self.isVariadic = isVariadic
    self.isKeywordOnly = isKeywordOnly
    self.isImplicit = isImplicit
  }
}

package struct Signature: Hashable, Sendable {
  package var parameters: [ParameterDefinition]
  /// Comparisons are likely arguments, so an unknown option `x = 3` was probably meant as one.
  package var takesComparisons: Bool
  /// Keywords without a parameter are kept for the function that is called in the end.
  package var passesKeywords: Bool
  package init(
    _ parameters: [ParameterDefinition], takesComparisons: Bool = false, passesKeywords: Bool = false
  ) {
    self.parameters = parameters
    self.takesComparisons = takesComparisons
    self.passesKeywords = passesKeywords
  }
}

extension Signature {
  /// What a model takes when it is called.
  package static let model = Signature([
    ParameterDefinition("x", .any, "inputs as the network sees them"),
    ParameterDefinition(
      "training", .bool, "dropout draws, as in a training step; as around the call without it", default: .bool(false),
      isKeywordOnly: true),
  ])
}

/// Arguments of one call after binding: one entry per parameter of the signature, in its order.
package struct BoundArguments<V> {
  package struct Entry {
    /// nil when not given and without default, or given as `none` for an optional keyword.
    package var value: V?
    /// Where it was written; nil for a default.
    package var span: Span?
    package var isGiven: Bool
    package init(value: V?, span: Span?, isGiven: Bool) {
      self.value = value
      self.span = span
      self.isGiven = isGiven
    }
  }
  package var names: [String]
  package var entries: [Entry]
  /// Elements of the variadic parameter with their places.
  package var variadic: [(value: V, span: Span)]
  /// Keywords for the function that is called in the end, where the signature passes them on.
  package var passed: [GivenArgument<V>] = []
  /// The whole call.
  package var span: Span
  package init(names: [String], entries: [Entry], variadic: [(value: V, span: Span)], span: Span) {
    self.names = names
    self.entries = entries
    self.variadic = variadic
    self.span = span
  }
  package subscript(name: String) -> V? {
    names.firstIndex(of: name).flatMap { entries[$0].value }
  }
  package func span(of name: String) -> Span? {
    names.firstIndex(of: name).flatMap { entries[$0].span }
  }
  package func isGiven(_ name: String) -> Bool {
    names.firstIndex(of: name).map { entries[$0].isGiven } ?? false
  }
}

/// What a builtin may use while it runs. The VM is the one implementation.
package protocol ExecutionContext: AnyObject {
  var session: SessionState { get }
  /// Calls a function value of the script or a builtin.
  func call(_ callee: Value, _ arguments: [Value], at span: Span) throws(Diagnostic) -> Value
  /// The same with arguments by name.
  func call(_ callee: Value, given: [GivenArgument<Value>], at span: Span) throws(Diagnostic) -> Value
  /// Runs an `on` block; gives whether it ended with `break`, which ends the training.
  func run(_ hook: Hook, _ arguments: [Value]) throws(Diagnostic) -> Bool
  /// Counts the changes of top-level variables: what a traced function read may be another value.
  var variableChanges: Int { get }
  /// Throws when cancelled or over budget.
  func poll() throws(Diagnostic)
  /// What the code of a function reads and does; nil where nothing is known of it.
  func reads(of closure: Closure) -> CodeReads?
  /// What a slot of `CodeReads` means now: the variable, else the builtin of that name, else unset.
  func variable(at slot: Int) -> Value
  /// How many functions are running: a call may fail for being too deep.
  var callDepth: Int { get }
  /// Operations that were counted so far.
  var operationCount: Int { get }
  /// Counts operations that need not be done; false when the budget ends before, with none counted.
  func count(operations: Int) -> Bool
}

extension ExecutionContext {
  /// As `print` writes it. Throws when it is interrupted meanwhile.
  package func printed(_ value: Value) throws(Diagnostic) -> String {
    let text = value.printed(until: session.host.isCancelled)
    // Only long texts are broken off when somebody asks to stop.
    if text.utf8.count >= 1 << 12 { try poll() }
    return text
  }

  /// A list made element by element. Throws when it is interrupted meanwhile.
  func list(of count: Int, _ element: (Int) -> Value) throws(Diagnostic) -> Value {
    var elements: [Value] = []
    elements.reserveCapacity(count)
    for index in 0..<count {
      if index & 0xFFFF == 0xFFFF { try poll() }
      elements.append(element(index))
    }
    return .list(ListBox(elements))
  }

  /// Where no function of the script can be met, names say nothing.
  package func call(
    _ callee: Value, given: [GivenArgument<Value>], at span: Span
  ) throws(Diagnostic) -> Value {
    try call(callee, given.map(\.value), at: span)
  }

  /// Where no function of the script can be met, nothing is known of any.
  package func reads(of closure: Closure) -> CodeReads? { nil }
  package func variable(at slot: Int) -> Value { .unset }
  package var callDepth: Int { 0 }
  package var operationCount: Int { 0 }
  package func count(operations: Int) -> Bool { false }
}

/// What a builtin may use while it is checked. The checker is the one implementation.
///
/// When a builtin is called in the checker, its arguments are bound first. A mistake there is
/// reported and the result is `unknown`; `check` is not called. A pure builtin whose arguments are
/// all exactly known is then run, and what it throws is reported. Otherwise `check` is called, if
/// there is one. Its arguments may be `unknown` or known by type only (`context.report` only what is
/// certain); arguments known exactly are `.known`, so `arguments.number("lr")` and the like answer.
/// It returns what is known of the result: `.unknown` after a report, so that nothing cascades.
/// It must not change values it is given, draw numbers, allocate weights or read rows. It may be
/// called several times for one place (a function called with other types) and in branches that
/// never run; equal diagnostics at one place are shown once.
package protocol CheckContext: AnyObject {
  var session: SessionState { get }
  /// Notes an error or warning; checking goes on.
  func report(_ diagnostic: Diagnostic)
  /// The top-level variables that have a value here, in order of first mention.
  var variables: [(name: String, value: AbstractValue)] { get }
  /// Where a top-level variable was assigned last; nil when that is not known.
  func assignment(of name: String) -> Span?
  func call(_ callee: AbstractValue, _ arguments: [AbstractValue], at span: Span) -> AbstractValue
  /// A function is being looked at as part of a step or of a derivative: its tensors have no numbers.
  var isTracing: Bool { get }
  /// nil, and nothing said, where `body` finds mistakes after branches of which it is not known whether they
  /// are taken.
  func tentatively<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result?
  /// The errors that `body` would report or throw; when there are any, nothing of it stays.
  func mistakes(_ body: () throws(Diagnostic) -> Void) -> [Diagnostic]
}

extension CheckContext {
  /// A number computed from tensors: a tensor of rank 0 while a function is traced.
  package var numberOfTensors: AbstractValue { isTracing ? .tensor(TensorType(.f32, .scalar)) : .number }
}

extension CheckContext {
  /// Where an argument was written; for one that a verb takes from a variable, where that was assigned.
  func source(of name: String, _ arguments: BoundArguments<AbstractValue>) -> Span {
    let place = arguments.place(of: name)
    guard place == arguments.span, let assigned = assignment(of: name), assigned.source == place.source else {
      return place
    }
    return assigned
  }
}

/// What a verb does with a model and rows.
package enum RowUse: Hashable, Sendable {
  /// Fits the model to them.
  case trains
  /// Looks at how it does on them.
  case looks
}

/// A reference: lists and tables of some hundred definitions are made at every start.
package final class BuiltinDefinition: Sendable {
  package typealias Check = @Sendable (any CheckContext, BoundArguments<AbstractValue>) -> AbstractValue
  package typealias Run =
    @Sendable (any ExecutionContext, BoundArguments<Value>) throws(Diagnostic) -> Value

  package let name: String
  /// Heading in help: `layer`, `loss`, `optimizer`, `verb`, `data`, `math`, `list`, `tensor`.
  package let group: String
  package let summary: String
  package let signature: Signature
  /// A runnable script with what it prints as comments `# prints: …`, one for each line.
  package let example: String
  /// What the documentation says beyond all this.
  package let page: Page
  /// Depends on its arguments only, so the checker may run it on constants.
  package let isPure: Bool
  /// `xs.f(…)` as a statement stores the result in `xs`: what changes a list elsewhere.
  package let updatesVariable: Bool
  /// A variable of this name is usual and hides it without a warning: what is written `v.f(…)`, where
  /// variables do not matter, and words such as `epochs`.
  package let yieldsToVariables: Bool
  /// What it does with a model and rows, where the checker keeps account of that.
  package let rowUse: RowUse?
  /// The result as the checker sees it when arguments are not constants; nil: derived as `unknown`.
  package let check: Check?
  package let run: Run
  /// Definitions of the same name for other kinds of first argument.
  package let alternatives: [BuiltinDefinition]

  package init(
    name: String, group: String, summary: String, signature: Signature, example: String, page: Page = Page(),
    isPure: Bool = false, updatesVariable: Bool = false, yieldsToVariables: Bool = false,
    rowUse: RowUse? = nil, check: Check? = nil, run: @escaping Run
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.signature = signature
    self.example = example
    self.page = page
    self.isPure = isPure
    self.updatesVariable = updatesVariable
    self.yieldsToVariables = yieldsToVariables
    self.rowUse = rowUse
    self.check = check
    self.run = run
    alternatives = []
  }

  /// The same beside other definitions of its name.
  init(_ first: BuiltinDefinition, alternatives: [BuiltinDefinition]) {
    name = first.name
    group = first.group
    summary = first.summary
    signature = first.signature
    example = first.example
    page = first.page
    isPure = first.isPure
    updatesVariable = first.updatesVariable
    yieldsToVariables = first.yieldsToVariables
    rowUse = first.rowUse
    check = first.check
    run = first.run
    self.alternatives = alternatives
  }
}

extension BuiltinDefinition {
  /// All definitions of this name.
  package var family: [BuiltinDefinition] { [self] + alternatives }

  /// The definition for this first argument: names may be shared by functions of different kinds of
  /// value (`split` of a data set or a string). nil when more than one may be meant.
  /// - Parameter options: names of what is given; without a first argument they tell which one is meant.
  package func taking<V: ArgumentValue>(_ first: V?, options: [String] = []) -> BuiltinDefinition? {
    if alternatives.isEmpty { return self }
    guard let first else {
      return family.first { one in options.allSatisfy { one.signature.parameter(named: $0) != nil } } ?? self
    }
    let fits = family.map { $0.signature.parameters.first.map { first.fit($0.kind) } ?? .no }
    if let index = fits.firstIndex(of: .yes) { return family[index] }
    switch fits.count(where: { $0 == .perhaps }) {
    case 0: return self
    case 1: return fits.firstIndex(of: .perhaps).map { family[$0] }
    default: return nil
    }
  }
}
