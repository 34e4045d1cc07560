// Calls of what is known: functions of the script, builtins, layers; methods.
import AdamIR
import AdamLibrary
import AdamSource
import AdamSyntax

struct Call {
  let engine: CheckEngine
  let span: Span

  /// `name` is what the callee was read from, for messages.
  func apply(
    _ callee: AbstractValue, _ given: [GivenArgument<AbstractValue>], name: String?
  ) -> AbstractValue {
    switch callee {
    case .function(let function): return apply(function, given)
    case .known(.function(let closure)): return apply(AbstractFunction(closure), given)
    case .known(.builtin(let builtin)): return apply(builtin.definition, builtin.settings, given)
    case .unset, .unknown: return .unknown
    case .layer, .known(.layer): return applyLayer(callee, given)
    case .derivative(let function, let hasValue):
      // Options go to the function by name.
      if given.contains(where: { $0.name != nil }) { return .unknown }
      return Derivative(function, hasValue: hasValue, engine, at: span).result(given.map(\.value))
    default:
      engine.report(cannotCall(callee, name))
      if let name { engine.forget(name) }
      if given.contains(where: \.value.isDataStep) { engine.forgetData() }
      return .unknown
    }
  }

  private func cannotCall(_ callee: AbstractValue, _ name: String?) -> Diagnostic {
    var diagnostic = Diagnostic.cannotCall(
      name.map { "`\($0)` is \(callee.kindText) and" } ?? callee.kindText, at: span)
    if let name, engine.session.environment[name] != nil {
      diagnostic.notes.append("the variable `\(name)` hides the function `\(name)`")
      let number = engine.globals.number(of: name, in: engine.module)
      if let place = engine.assignedNames[number], place.source == span.source {
        diagnostic.labels.append(Label(place, "`\(name)` was assigned here"))
      }
    }
    return diagnostic
  }

  // MARK: Functions of the script

  private func apply(
    _ function: AbstractFunction, _ given: [GivenArgument<AbstractValue>]
  ) -> AbstractValue {
    guard function.program.functions.indices.contains(function.function) else { return .unknown }
    let body = function.program.functions[function.function]
    let name = body.name == "fn" ? "this function" : body.name
    let (bound, mistakes) = bindCollecting(given, to: body.signature, of: name, at: span)
    guard mistakes.isEmpty else {
      // What is wrong in the function is most likely why it is called otherwise than it is written.
      if engine.hasMistakes(function) { return .unknown }
      let shown = body.signature(defaults: function.defaults.map { ($0.parameter, $0.value.exactText) })
      for mistake in bindCollecting(given, to: shown, of: name, at: span).mistakes { engine.report(mistake) }
      return .unknown
    }
    let arguments = bound.entries.enumerated().map { index, entry -> AbstractValue in
      if let value = entry.value { return value }
      // A function of the script is given `none` as it stands.
      if let written = given.first(where: { $0.name == body.parameters[index].name }) {
        return written.value
      }
      if given.indices.contains(index), given[index].name == nil { return given[index].value }
      return function.defaults.first { $0.parameter == index }?.value ?? .unknown
    }
    return engine.result(of: function, arguments, at: span)
  }

  // MARK: Builtins

  func apply(
    _ definition: BuiltinDefinition, _ settings: [RecordBox.Field],
    _ given: [GivenArgument<AbstractValue>]
  ) -> AbstractValue {
    guard let definition = definition.taking(
      given.first.flatMap { $0.name == nil ? $0.value : nil }, options: given.compactMap(\.name))
    else { return .unknown }
    var arguments = given
    for setting in settings where !given.contains(where: { $0.name == setting.name }) {
      arguments.append(
        GivenArgument(name: setting.name, value: .known(setting.value), span: span))
    }
    let (bound, mistakes) = bindCollecting(
      arguments, to: definition.signature, of: definition.name, at: span)
    guard mistakes.isEmpty else {
      for mistake in mistakes { engine.report(placed(mistake, given, of: definition)) }
      return .unknown
    }
    if let folded = fold(definition, bound) { return folded }
    let follower = TypeFollower(engine, bound)
    if let followed = follower.result(of: definition, bound) {
      return followed
    }
    if definition.group == "layer" { engine.noteOpenSizes(bound, of: definition.name) }
    var result = definition.check?(engine, bound) ?? .unknown
    if !result.isUnknown, let loss = follower.loss(of: definition, bound) { result = loss }
    switch definition.rowUse {
    case .trains: engine.note(AbstractTraining(arguments: bound))
    case .looks: engine.evaluations.append(AbstractTraining(arguments: bound))
    case nil: break
    }
    return result
  }

  /// A variable of the wrong kind is said once. What a verb takes from its scope went wrong where that
  /// was assigned: there stands the message.
  private func placed(
    _ mistake: Diagnostic, _ given: [GivenArgument<AbstractValue>], of definition: BuiltinDefinition
  ) -> Diagnostic {
    if mistake.code == .missingArgument, definition.group == "data" { return withoutData(mistake) }
    guard mistake.code == .wrongKind,
      let name = mistake.arguments.first(where: { $0.name == "parameter" })?.value,
      let wrong = given.first(where: { $0.span == mistake.span && ($0.name == name || !$0.isImplicit) }),
      let variable = wrong.variable
    else { return mistake }
    defer { engine.forget(variable) }
    guard wrong.isImplicit, let place = engine.assignment(of: variable), place.source == span.source else {
      return mistake
    }
    var moved = mistake
    moved.span = place
    moved.labels.append(Label(span, "taken from here"))
    return moved
  }

  /// A step of a recipe on a line of its own: the data above it is not what was meant.
  private func withoutData(_ mistake: Diagnostic) -> Diagnostic {
    engine.forgetData()
    guard mistake.arguments.contains(where: { $0.name == "parameter" && $0.value == "data" }) else { return mistake }
    var mistake = mistake
    mistake.helps.append(Help("to go on with the line above write `|>` before it"))
    return mistake
  }

  /// Runs a pure builtin on exact arguments when that is certainly cheap.
  private func fold(
    _ definition: BuiltinDefinition, _ bound: BoundArguments<AbstractValue>
  ) -> AbstractValue? {
    guard definition.isPure, let exact = bound.exact, exact.isCheap(definition.group) else { return nil }
    let context = FoldingContext(session: engine.session)
    do throws(Diagnostic) {
      let value = try definition.run(context, exact)
      return context.hasCalled ? nil : .abstract(of: value)
    } catch {
      if context.hasCalled { return nil }
      engine.report(error)
      return .unknown
    }
  }

  // MARK: Models

  /// A model as a function: what goes in must fit, what comes out follows.
  private func applyLayer(
    _ callee: AbstractValue, _ given: [GivenArgument<AbstractValue>]
  ) -> AbstractValue {
    let (bound, mistakes) = bindCollecting(given, to: .model, of: "model", at: span)
    for mistake in mistakes { engine.report(mistake) }
    guard mistakes.isEmpty, let layer = callee.asLayer, let input = bound["x"] else { return .unknown }
    if case .number = input.kindOfValue { return .unknown }
    let isTaken = input.isTupleOfTensors && layer.startsInScript
    if !isTaken, let result = applyTraced(layer, given, input, at: bound.place(of: "x")) { return result }
    if isTaken || input.isStructure { return apply(layer, toStructure: input, at: bound.place(of: "x")) }
    do throws(Diagnostic) {
      try input.checkTensor(at: bound.place(of: "x"))
      guard let shape = input.tensorType?.shape else { return .unknown }
      let type = TensorType(.f32, shape)
      let trace = try layer.traced(on: type, called: bound.place(of: "x"), caller: engine)
      warn(of: layer, given, on: type)
      return trace.structure.map { .typed($0) } ?? .tensor(trace.outputType)
    } catch {
      engine.report(error)
      return .unknown
    }
  }

  /// A layer of a function that is being traced becomes part of it; nil when the input takes no part.
  private func applyTraced(
    _ layer: Layer, _ given: [GivenArgument<AbstractValue>], _ input: AbstractValue, at place: Span
  ) -> AbstractValue? {
    guard engine.tracer(of: [input]) != nil, let type = input.tensorType else { return nil }
    do throws(Diagnostic) {
      let output = try engine.following([input], at: span) { values throws(Diagnostic) in
        try layer.applied(to: values[0], engine.session, at: place)
      }
      warn(of: layer, given, on: type)
      return output
    } catch {
      engine.report(error)
      return .unknown
    }
  }

  /// A derivative through layers that work otherwise while training.
  private func warn(of layer: Layer, _ given: [GivenArgument<AbstractValue>], on type: TensorType) {
    guard given.count == 1, engine.gradientDepth > 0, let place = layer.modePlace(on: type, engine) else { return }
    engine.report(.evaluationGradient(at: span, layer: place))
  }

  /// As the VM does: a layer of the script may take a record or a tuple.
  private func apply(_ layer: Layer, toStructure input: AbstractValue, at place: Span) -> AbstractValue {
    if layer.definition.isSequence, let first = layer.children.first?.layer {
      let output = engine.call(.layer(first), [input], at: place)
      return layer.children.dropFirst().reduce(output) { engine.call(.layer($1.layer), [$0], at: place) }
    }
    switch layer.function {
    case .abstract(let function)?: return engine.call(.function(function), [input], at: place)
    case .closure(let closure)?: return engine.call(.known(.function(closure)), [input], at: place)
    default:
      engine.report(.layerTakesTensor(layer, input.foundText, at: place))
      return .unknown
    }
  }
}

extension AbstractValue {
  /// A value of several parts that is no tensor.
  fileprivate var isStructure: Bool {
    switch self {
    case .known(let value): value.isStructure
    case .record: true
    case .tuple: tensorType == nil
    default: false
    }
  }

  /// A function that makes or changes data sets.
  fileprivate var isDataStep: Bool {
    guard case .known(.builtin(let builtin)) = self else { return false }
    return builtin.definition.family.contains { $0.group == "data" }
  }
}

extension AbstractValue {
  fileprivate var isBuiltin: Bool { if case .known(.builtin) = self { true } else { false } }
}

extension AbstractFunction {
  init(_ closure: Closure) {
    self.init(
      program: closure.program, function: closure.function,
      captures: closure.captures.map { ($0.register, .abstract(of: $0.value)) },
      defaults: closure.defaults.map { ($0.parameter, .abstract(of: $0.value)) })
  }
}

extension AbstractValue {
  /// As a script would write it, when it is known and short.
  fileprivate var exactText: String? {
    guard case .known(let value) = self, value.isShort else { return nil }
    return value.defaultText
  }
}

extension BoundArguments where V == AbstractValue {
  /// The arguments as values when every one is exactly known.
  fileprivate var exact: BoundArguments<Value>? {
    var exactEntries: [BoundArguments<Value>.Entry] = []
    for entry in entries {
      switch entry.value {
      case nil: exactEntries.append(.init(value: nil, span: entry.span, isGiven: entry.isGiven))
      case .known(let value)?:
        exactEntries.append(.init(value: value, span: entry.span, isGiven: entry.isGiven))
      default: return nil
      }
    }
    var rest: [(value: Value, span: Span)] = []
    for element in variadic {
      guard case .known(let value) = element.value else { return nil }
      rest.append((value, element.span))
    }
    return BoundArguments<Value>(names: names, entries: exactEntries, variadic: rest, span: span)
  }
}

extension BoundArguments where V == Value {
  /// Whether running on these takes little time and memory. Numbers may be sizes of the result,
  /// unless the builtin is a function of numbers or makes settings of them.
  fileprivate func isCheap(_ group: String) -> Bool {
    var size = 1.0
    for value in entries.compactMap(\.value) + variadic.map(\.value) {
      size *= value.sizeBound(isNumberSize: !["math", "schedule", "training"].contains(group))
    }
    return size <= 65_536
  }
}

extension Value {
  fileprivate func sizeBound(isNumberSize: Bool) -> Double {
    switch self {
    case .number(let x): isNumberSize ? max(1, abs(x)) : 1
    case .list where holdsTraced, .tuple where holdsTraced: .infinity
    case .list(let box):
      max(1, Double(box.elements.count)) * (isNumberSize ? product(box.elements) : 1)
    case .tuple(let box): isNumberSize ? product(box.elements) : 1
    case .string(let box): max(1, Double(box.text.utf8.count) / 16)
    case .tensor(let tensor): max(1, Double(tensor.elementCount))
    case .traced, .parameter: .infinity
    case .range(let box): max(1, abs(box.upper - box.lower))
    // Layers, data and functions are no constants.
    case .layer, .optimizer, .data, .hook, .function: .infinity
    case .unset, .none, .bool, .record, .builtin: 1
    }
  }

  /// Sizes are given as short lists; a long list of numbers is data.
  private func product(_ elements: [Value]) -> Double {
    guard elements.count <= 8 else { return 1 }
    return elements.reduce(1) { $0 * max(1, abs($1.exactNumber ?? 1)) }
  }
}

extension Frame {
  func arguments(_ site: CallSite) -> [GivenArgument<AbstractValue>] {
    site.arguments.map { argument in
      let slot = slot(argument.register)
      let value: AbstractValue =
        slot.isUnset ? (argument.isImplicit ? .unset : .unknown) : slot.value
      var given = GivenArgument(argument, value)
      // What a verb takes from its scope is wrong where it was made.
      if argument.isImplicit, let place = slot.place { given.span = place }
      given.variable = argument.isImplicit ? argument.name : operand(argument.register).name
      return given
    }
  }

  /// `v.f(args)`: the field `f` of `v` if it has one, else `f(v, args)`. What cannot be called hides
  /// nothing. As a statement it leaves the variable as it is unless the callee updates it.
  func method(_ receiver: Register, _ index: Int32, _ site: CallSite) -> AbstractValue {
    let value = value(receiver)
    let name = name(index)
    let given = arguments(site)
    if value.isUnknown, slot(receiver).isUndefined { return .unknown }
    let call = Call(engine: engine, span: span)
    let builtin = engine.builtin(name, in: program.module)
    if case .value(let field) = value.field(name), field.isCallable || builtin == nil {
      let result = call.apply(field, given, name: name)
      return site.isUpdate ? value : result
    }
    var first = GivenArgument(value: value, span: operand(receiver).span ?? span)
    first.variable = operand(receiver).name
    let all = [first] + given
    guard let callee = function(index, site, builtin) else { return noMethod(name, of: value) }
    // What may have a field of that name is not certainly given to a function of the script.
    if case .unknown = value.field(name), !callee.isBuiltin { return site.isUpdate ? value : .unknown }
    let result = call.apply(callee, all, name: name)
    guard site.isUpdate else { return result }
    guard case .known(.builtin(let builtin)) = callee, let definition = builtin.definition.taking(value)
    else { return value }
    return definition.updatesVariable ? result : value
  }

  private func function(_ index: Int32, _ site: CallSite, _ builtin: AbstractValue?) -> AbstractValue? {
    if let local = site.fallback.map({ value($0) }), local.isCallable || builtin == nil { return local }
    let slot = readGlobal(index)
    if !slot.isUnset, slot.value.isCallable || builtin == nil { return slot.value }
    return builtin
  }

  private func noMethod(_ name: String, of value: AbstractValue) -> AbstractValue {
    if case .unknown = value.kindOfValue { return .unknown }
    let isForeign = Phrasebook.member(name) != nil
    // It may have a field that only running will tell.
    if !isForeign, case .unknown = value.field(name) { return .unknown }
    let meant = isForeign ? nil : engine.suggestion(for: name, on: value)
    engine.report(.noMethod(name, of: value.foundText, meant: meant, at: span))
    return .unknown
  }
}
