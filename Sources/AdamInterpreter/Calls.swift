// Calls of everything that can be called: script functions, builtins, verbs, models.
import AdamIR
import AdamLibrary
import AdamSource

extension Interpreter {
  func given(_ site: CallSite, _ at: Registers) -> [GivenArgument<Value>] {
    site.arguments.map { GivenArgument($0, at[$0.register]) }
  }

  /// Starts a script function for the loop, or calls what is not one and stores its value.
  func callScript(
    _ callee: Value, _ arguments: [GivenArgument<Value>], destination: Register, at span: Span
  ) throws(Diagnostic) {
    if case .function(let closure) = callee {
      return try enter(closure, arguments, destination: destination.index, at: span)
    }
    let frame = frames[frames.count - 1]
    let value = try call(callee, arguments, at: span)
    Registers(stack: stack, base: frame.base)[destination] = value
  }

  /// Calls to the end and gives the value.
  func call(
    _ callee: Value, _ arguments: [GivenArgument<Value>], at span: Span
  ) throws(Diagnostic) -> Value {
    switch callee {
    case .function(let closure):
      try enter(closure, arguments, destination: 0, at: span)
      return try loop(until: frames.count - 1)
    case .builtin(let builtin):
      try tick(at: span)
      return try run(builtin.definition, withSettings(builtin, arguments), at: span)
    case .layer(let layer): return try apply(layer, arguments, at: span)
    default: throw ValueError.notCallable(callee.foundText, at: span)
    }
  }

  /// Keywords that a builtin was configured with stand behind the given ones.
  private func withSettings(
    _ builtin: ConfiguredBuiltin, _ arguments: [GivenArgument<Value>]
  ) -> [GivenArgument<Value>] {
    if builtin.settings.isEmpty { return arguments }
    let names = Set(arguments.compactMap(\.name))
    let span = arguments.first?.span ?? Span(SourceID(0), 0, 0)
    return arguments
      + builtin.settings.filter { !names.contains($0.name) }
      .map { GivenArgument(name: $0.name, value: $0.value, span: span) }
  }

  func run(
    _ definition: BuiltinDefinition, _ arguments: [GivenArgument<Value>], at span: Span
  ) throws(Diagnostic) -> Value {
    let given = arguments.first.flatMap { $0.name == nil ? $0.value : nil }
    let definition = definition.taking(given, options: arguments.compactMap(\.name)) ?? definition
    return try definition.run(
      self, try bind(arguments, to: definition.signature, of: definition.name, at: span))
  }

  func verb(
    _ name: String, _ arguments: [GivenArgument<Value>], at span: Span
  ) throws(Diagnostic) -> Value {
    guard let definition = session.environment.verb(name) else {
      throw ValueError.notYet("`\(name)`", at: span)
    }
    if definition.rowUse == .trains { noteTraining() }
    return try run(definition, arguments, at: span)
  }

  // MARK: Methods

  func field(_ value: Value, _ name: String, at span: Span) throws(Diagnostic) -> Value {
    // Inside a traced function a parameter is itself, not a copy of its numbers.
    if session.tracer != nil, case .layer(let layer) = value,
      let parameter = layer.parameters.first(where: { $0.name == name })
    {
      return .parameter(parameter)
    }
    return try value.field(name, at: span)
  }

  /// `v.f(args)`: the field `f` of `v`, else the function `f` with `v` first.
  func callMethod(
    _ frame: Frame, _ at: Registers, _ d: Register, _ receiver: Register, _ name: String,
    _ site: CallSite, at span: Span
  ) throws(Diagnostic) {
    if site.isUpdate, name == "append", site.isSinglePosition, case .list = at[receiver] {
      let value = at[site.arguments[0].register]
      return try at.change(receiver) { list throws(Diagnostic) in try list.append(value, at: span) }
    }
    var arguments = given(site, at)
    let value = at[receiver]
    let (callee, isField) = try method(name, of: value, site.fallback.map { at[$0] }, at: span)
    if !isField { arguments.insert(GivenArgument(value: value, span: span), at: 0) }
    guard site.isUpdate else { return try callScript(callee, arguments, destination: d, at: span) }
    let result = try call(callee, arguments, at: span)
    if case .builtin(let builtin) = callee, !isField, builtin.definition.taking(value)?.updatesVariable == true {
      at[d] = result
    }
  }

  /// What `v.f(…)` calls: the field, else a function of that name, innermost first. What cannot be
  /// called hides nothing: `xs.len()`, `xs.count(1)` beside a variable `count`.
  private func method(
    _ name: String, of value: Value, _ local: Value?, at span: Span
  ) throws(Diagnostic) -> (callee: Value, isField: Bool) {
    let slot = globals.slot(name, in: module)
    let builtin = globals.fallback(slot)
    let field = value.fieldIfPresent(name)
    if let field, field.isCallable || builtin.isUnset { return (field, true) }
    if let local, local.isCallable || builtin.isUnset { return (local, false) }
    let variable = globals.variable(slot)
    if variable.isCallable { return (variable, false) }
    let callee = builtin.isUnset ? variable : builtin
    guard callee.isUnset else { return (callee, false) }
    var error = ValueError.undefined(name, near: knownNames, at: span)
    error.message = "\(value.foundText) has no field `\(name)`, and there is no function `\(name)`"
    throw error
  }

  // MARK: Script functions

  func closure(_ frame: Frame, _ site: ClosureSite, _ at: Registers) -> Closure {
    let owner = frame.function.owner
    let closure = Closure(
      program: owner.program, function: site.function,
      captures: site.captures.map { (register: $0.to, value: at[$0.from]) },
      defaults: site.defaults.map { (parameter: $0.parameter, value: at[$0.from]) })
    attach(owner, to: closure)
    return closure
  }

  func decoded(_ closure: Closure) -> DecodedProgram {
    if let code = closure.code as? DecodedProgram { return code }
    let code = DecodedProgram(closure.program, globals: globals)
    attach(code, to: closure)
    return code
  }

  private func attach(_ code: DecodedProgram, to closure: Closure) {
    closure.code = code
    guard code.functions.indices.contains(closure.function), closure.captures.isEmpty else { return }
    let function = code.functions[closure.function]
    if function.function.selfRegister == nil { closure.entry = Unmanaged.passUnretained(function).toOpaque() }
  }

  /// Pushes a frame with the arguments, captured values and defaults in their registers.
  private func enter(
    _ closure: Closure, _ arguments: [GivenArgument<Value>], destination: Int32, at span: Span
  ) throws(Diagnostic) {
    try tick(at: span)
    let code = decoded(closure)
    guard code.functions.indices.contains(closure.function) else {
      throw ValueError.notCallable("this", at: span)
    }
    let function = code.functions[closure.function]
    let values = try place(arguments, closure, function.function, at: span)
    try push(.passUnretained(function), destination: destination, at: span)
    let registers = stack.base + (frames.last?.base ?? 0)
    for (index, value) in values.enumerated() { registers[index] = value }
    for capture in closure.captures { registers[Int(capture.register.index)] = capture.value }
    if let own = function.function.selfRegister { registers[Int(own.index)] = .function(closure) }
  }

  /// Whether the body that stands behind an `inlined` is that of `callee`; counts the call if so.
  func startsInlined(
    _ callee: Value, _ number: Int, _ frame: Frame, at span: Span
  ) throws(Diagnostic) -> Bool {
    guard case .function(let closure) = callee, closure.function == number,
      closure.code as? DecodedProgram === frame.owner
    else { return false }
    try tick(at: span)
    try checkDepth(at: span)
    return true
  }

  /// One value for each parameter.
  private func place(
    _ arguments: [GivenArgument<Value>], _ closure: Closure, _ function: ProgramFunction,
    at span: Span
  ) throws(Diagnostic) -> [Value] {
    let parameters = function.parameters
    if arguments.count == parameters.count, arguments.allSatisfy({ $0.name == nil }) {
      return arguments.map(\.value)
    }
    let (bound, mistakes) = bindCollecting(arguments, to: function.signature, of: function.name, at: span)
    if !mistakes.isEmpty {
      let shown = function.signature(defaults: closure.defaults.map { ($0.parameter, $0.value.defaultText) })
      _ = try bind(arguments, to: shown, of: function.name, at: span)
    }
    var values: [Value] = []
    for (index, entry) in bound.entries.enumerated() {
      let standard = closure.defaults.first { $0.parameter == index }?.value
      values.append(entry.value ?? standard ?? .none)
    }
    return values
  }

  // MARK: Models

  /// `m(x)`: the network in the mode around it, which outside of training is evaluation.
  private func apply(
    _ layer: Layer, _ arguments: [GivenArgument<Value>], at span: Span
  ) throws(Diagnostic) -> Value {
    let bound = try bind(arguments, to: .model, of: "model", at: span)
    let training = bound.isGiven("training") ? bound.bool("training") : nil
    return try session.inMode(training: training) { () throws(Diagnostic) in
      try apply(layer, to: bound["x"] ?? .none, at: bound.place(of: "x"))
    }
  }

  /// A layer of the script may take a record or a tuple: it is a function, and is called as one.
  private func apply(_ layer: Layer, to value: Value, at span: Span) throws(Diagnostic) -> Value {
    guard value.isStructure || value.isTupleOfTensors && layer.startsInScript else {
      return try layer.applied(to: value, session, at: span)
    }
    if layer.definition.isSequence, !layer.children.isEmpty {
      var value = value
      for child in layer.children { value = try apply(child.layer, to: value, at: span) }
      return value
    }
    guard case .closure(let closure)? = layer.function else {
      throw .layerTakesTensor(layer, value.foundText, at: span)
    }
    return try call(.function(closure), [value], at: span)
  }
}
