// Binds the arguments of a call to a signature: positions, keywords, rest, implicit names, kinds and
// ranges. One algorithm for the VM (values) and the checker (what is known of values), so that
// both say the same.
import AdamIR
import AdamSource

/// Whether a value is of a kind. What is not known fits perhaps, and perhaps is no error.
package enum Fit: Hashable, Sendable { case yes, perhaps, no }

/// What binding must know of a value.
package protocol ArgumentValue {
  static func constant(_ constant: Constant) -> Self
  /// A tuple of numbers.
  static func numbers(_ numbers: [Double]) -> Self
  /// Stands for an argument that was refused, so that checking can go on.
  static var refused: Self { get }
  /// A variable without a value: an implicit argument that the scope does not have.
  var isUnset: Bool { get }
  var isNone: Bool { get }
  /// A number, bool or string: never what a verb takes from its scope.
  var isScalar: Bool { get }
  func fit(_ kind: ArgumentKind) -> Fit
  /// The value as a kind asks for it (a rank-0 tensor as a number).
  func converted(to kind: ArgumentKind) -> Self
  /// Exactly known contents; nil when unknown or of another kind.
  var exactNumber: Double? { get }
  var exactNumbers: [Double]? { get }
  var exactString: String? { get }
  var exactBool: Bool? { get }
  /// In the user's words, for `found …`: `1.5`, `a string`, `a tensor [2, 3]`.
  var foundText: String { get }
}

/// One argument as written.
package struct GivenArgument<V> {
  package var name: String?
  package var value: V
  package var span: Span
  package var nameSpan: Span?
  package var isImplicit: Bool
  /// The variable that it was read from, where that is known.
  package var variable: String?
  package init(name: String? = nil, value: V, span: Span, nameSpan: Span? = nil, isImplicit: Bool = false) {
    self.name = name
    self.value = value
    self.span = span
    self.nameSpan = nameSpan
    self.isImplicit = isImplicit
  }
  package init(_ argument: CallArgument, _ value: V) {
    self.init(
      name: argument.name, value: value, span: argument.span, nameSpan: argument.nameSpan,
      isImplicit: argument.isImplicit)
  }
}

extension ParameterDefinition {
  /// May be left out.
  package var isOptional: Bool {
    defaultValue != nil || defaultNumbers != nil || isImplicit || isVariadic
  }

  /// May be given by position.
  var isPositional: Bool { !isKeywordOnly && !isVariadic }
}

extension Signature {
  /// The parameter that `name` means; `dim` and `axis` are one name, `keepdim` and
  /// `keepdims` another.
  package func parameter(named name: String) -> Int? {
    if let index = parameters.firstIndex(where: { $0.name == name && !$0.isVariadic }) {
      return index
    }
    switch name {
    case "dim": return parameters.firstIndex { $0.name == "axis" }
    case "axis": return parameters.firstIndex { $0.name == "dim" }
    case "keepdim": return parameters.firstIndex { $0.name == "keepdims" }
    default: return nil
    }
  }
}

/// Binds or throws the first mistake. `callee` is the name shown in messages.
///
/// Specialised by hand: its callers are in other modules, and unspecialised code looks up the
/// metadata of every collection it touches.
@_specialize(where V == Value)
package func bind<V: ArgumentValue>(
  _ arguments: [GivenArgument<V>], to signature: Signature, of callee: String, at span: Span
) throws(Diagnostic) -> BoundArguments<V> {
  let (bound, mistakes) = bindCollecting(arguments, to: signature, of: callee, at: span)
  if let first = mistakes.first { throw first }
  return bound
}

/// Binds and lists every mistake; refused arguments stand as `V.refused`.
@_specialize(where V == AbstractValue)
@_specialize(where V == Value)
package func bindCollecting<V: ArgumentValue>(
  _ arguments: [GivenArgument<V>], to signature: Signature, of callee: String, at span: Span
) -> (bound: BoundArguments<V>, mistakes: [Diagnostic]) {
  var binder = Binder(arguments: arguments, signature: signature, callee: callee, span: span)
  binder.placePositional()
  binder.exchange()
  binder.placeKeywords()
  binder.placeImplicit()
  return (binder.finish(), binder.mistakes)
}

struct Binder<V: ArgumentValue> {
  let arguments: [GivenArgument<V>]
  let signature: Signature
  let callee: String
  let span: Span
  /// Index of the argument given for each parameter.
  private var slots: [Int?]
  private var rest: [Int] = []
  /// Keywords for whoever is called in the end.
  private var passed: [GivenArgument<V>] = []
  private(set) var mistakes: [Diagnostic] = []
  private var words: BindingWords { BindingWords(callee: callee, signature: signature, span: span) }

  init(arguments: [GivenArgument<V>], signature: Signature, callee: String, span: Span) {
    self.arguments = arguments
    self.signature = signature
    self.callee = callee
    self.span = span
    self.slots = Array(repeating: nil, count: signature.parameters.count)
  }

  mutating func placePositional() {
    var surplus: [Int] = []
    for (i, argument) in arguments.enumerated() where argument.name == nil && !argument.isImplicit {
      if let slot = slot(for: argument.value) {
        slots[slot] = i
      } else if signature.parameters.contains(where: \.isVariadic) {
        rest.append(i)
      } else {
        surplus.append(i)
      }
    }
    guard let first = surplus.first, let last = surplus.last else { return }
    let given = arguments.count { $0.name == nil && !$0.isImplicit }
    let place = arguments[first].span.union(arguments[last].span)
    mistakes.append(words.tooMany(given: given, at: place))
  }

  /// The next free place in order; but a model or data set finds the implicit parameter of its
  /// kind wherever it stands (`eval m, data.test`).
  private func slot(for value: V) -> Int? {
    let parameters = signature.parameters
    let free = parameters.indices.filter { slots[$0] == nil && parameters[$0].isPositional }
    let next = free.first { !parameters[$0].isImplicit }
    // A setting that stands by name leaves the position to what the layer is applied to.
    let isNamed = next.map { next in arguments.contains { $0.name == parameters[next].name } } ?? false
    if isNamed,
      let input = free.first(where: {
        parameters[$0].isImplicit && parameters[$0].kind != .any && value.fit(parameters[$0].kind) != .no
      })
    {
      return input
    }
    if let next, parameters[next].kind != .any, value.fit(parameters[next].kind) == .yes {
      return next
    }
    let isRefused = next.map { value.fit(parameters[$0].kind) == .no } ?? true
    // A place for this kind goes before one for anything.
    let implicit = free.filter { parameters[$0].isImplicit }
    for i in implicit.filter({ parameters[$0].kind != .any }) + implicit.filter({ parameters[$0].kind == .any }) {
      if parameters[i].kind == .any && (!isRefused || value.isScalar) { continue }
      if value.fit(parameters[i].kind) == .yes { return i }
    }
    return next ?? free.first { value.fit(parameters[$0].kind) != .no } ?? free.first
  }

  /// What is not known may be the model or the data, wherever it stands: it leaves its place to an argument
  /// that fits nowhere else.
  mutating func exchange() {
    let parameters = signature.parameters
    for place in slots.indices {
      guard let index = slots[place], isMisfit(index, place) else { continue }
      let open = slots.indices.first { other in
        guard other != place, let unknown = slots[other] else { return false }
        return arguments[unknown].value.fit(.layer) == .perhaps && fit(unknown, place) != .no
          && !isMisfit(index, other) && (parameters[other].isImplicit || parameters[place].isImplicit)
      }
      if let open { slots.swapAt(place, open) }
    }
  }

  /// Whether it cannot stand there; a single number is no data.
  private func isMisfit(_ argument: Int, _ place: Int) -> Bool {
    let parameter = signature.parameters[place]
    if parameter.isImplicit, parameter.kind == .any, arguments[argument].value.isScalar { return true }
    return fit(argument, place) == .no
  }

  private func fit(_ argument: Int, _ place: Int) -> Fit {
    arguments[argument].value.fit(signature.parameters[place].kind)
  }

  mutating func placeKeywords() {
    for (i, argument) in arguments.enumerated() where !argument.isImplicit {
      guard let name = argument.name else { continue }
      if signature.passesKeywords, signature.parameter(named: name) == nil {
        passed.append(argument)
        continue
      }
      guard let slot = signature.parameter(named: name) else {
        mistakes.append(words.unknownOption(name, at: argument.nameSpan ?? argument.span))
        continue
      }
      if let earlier = slots[slot] {
        let first = arguments[earlier]
        mistakes.append(
          words.givenTwice(
            signature.parameters[slot].name, at: argument.nameSpan ?? argument.span,
            first: first.nameSpan ?? first.span))
      } else {
        slots[slot] = i
      }
    }
  }

  mutating func placeImplicit() {
    for (i, argument) in arguments.enumerated() where argument.isImplicit {
      guard !argument.value.isUnset, let name = argument.name,
        let slot = signature.parameter(named: name), slots[slot] == nil
      else { continue }
      slots[slot] = i
    }
    leaveOpen()
  }

  /// What is not known and stands where anything may stand, `train 3, m`, may as well be the model.
  private mutating func leaveOpen() {
    let parameters = signature.parameters
    for place in slots.indices where parameters[place].isImplicit && parameters[place].kind == .any {
      guard let index = slots[place], arguments[index].name == nil else { continue }
      for other in slots.indices where slots[other] == nil && parameters[other].isImplicit {
        if fit(index, other) == .perhaps { slots[other] = index }
      }
    }
  }

  mutating func finish() -> BoundArguments<V> {
    var entries: [BoundArguments<V>.Entry] = []
    entries.reserveCapacity(slots.count)
    for (parameter, slot) in zip(signature.parameters, slots) {
      entries.append(entry(parameter, slot.map { arguments[$0] }))
    }
    var variadic: [(value: V, span: Span)] = []
    if let parameter = signature.parameters.first(where: \.isVariadic) {
      variadic = rest.map { (checked(arguments[$0], parameter), arguments[$0].span) }
    }
    // Mistakes are found kind by kind of mistake; the reader wants them in the text's order.
    mistakes.sort { ($0.span?.start ?? 0) < ($1.span?.start ?? 0) }
    var bound = BoundArguments(
      names: signature.parameters.map(\.name), entries: entries, variadic: variadic, span: span)
    bound.passed = passed
    return bound
  }

  private mutating func entry(
    _ parameter: ParameterDefinition, _ argument: GivenArgument<V>?
  ) -> BoundArguments<V>.Entry {
    if let argument, !(argument.value.isNone && parameter.isOptional) {
      let value = checked(argument, parameter)
      return BoundArguments.Entry(value: value, span: argument.span, isGiven: true)
    }
    if let numbers = parameter.defaultNumbers {
      return BoundArguments.Entry(value: .numbers(numbers), span: nil, isGiven: false)
    }
    if let constant = parameter.defaultValue, constant != .none {
      return BoundArguments.Entry(value: .constant(constant), span: nil, isGiven: false)
    }
    // With an unknown keyword on the line the missing argument is most likely that one.
    let isExplained = mistakes.contains { $0.code == .unknownOption }
    if !parameter.isOptional && !isExplained { mistakes.append(words.missing(parameter)) }
    return BoundArguments.Entry(value: nil, span: nil, isGiven: false)
  }

  /// The order is kind, then range.
  private mutating func checked(_ argument: GivenArgument<V>, _ parameter: ParameterDefinition) -> V {
    let value = argument.value
    guard value.fit(parameter.kind) != .no else {
      mistakes.append(
        words.wrongKind(
          parameter, found: value.foundText, number: value.exactNumber, text: value.exactString, at: argument.span))
      return .refused
    }
    if let range = parameter.range {
      let numbers = value.exactNumber.map { [$0] } ?? value.exactNumbers ?? []
      if let outside = numbers.first(where: { !range.contains($0) }) {
        mistakes.append(words.outOfRange(parameter, range, found: outside, at: argument.span))
        return .refused
      }
    }
    return value.converted(to: parameter.kind)
  }
}

extension NumberRange {
  package func contains(_ x: Double) -> Bool {
    guard x.isFinite else { return false }
    if let lower, includesLower ? x < lower : x <= lower { return false }
    if let upper, includesUpper ? x > upper : x >= upper { return false }
    return true
  }

  /// `at least 0 and less than 1`
  package var text: String {
    let low = lower.map { (includesLower ? "at least " : "above ") + NumberRange.bound($0) }
    let high = upper.map { (includesUpper ? "at most " : "below ") + NumberRange.bound($0) }
    let both = [low, high].compactMap(\.self)
    return both.isEmpty ? "a finite number" : both.joined(separator: " and ")
  }

  /// Numbers beyond which not every whole number can be told apart are a power.
  private static func bound(_ x: Double) -> String { x == 0x1p53 ? "2^53" : messageText(x) }
}
