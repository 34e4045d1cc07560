// Functions and `on` blocks: their own registers, captured values, defaults.
import AdamIR
import AdamLibrary
import AdamSource
import AdamSyntax

extension Lowering {
  /// Makes a function value. Defaults are evaluated here; locals of the functions around it and
  /// loop variables are captured by value here; top-level names are looked up when it runs.
  mutating func closure(
    _ name: String, _ parameters: [Parameter], _ body: NodeID, _ span: Span,
    into target: Register?, isNamed: Bool = false
  ) -> Register {
    closure(name, parameters, span, into: target, isNamed: isNamed) { lowering in
      for local in lowering.tree.namesAssigned(in: body) { lowering.scope.declareLocal(local, isSet: false) }
      return lowering.body(body, into: lowering.scope.temporary())
    }
  }

  /// The same with any code as its body, which gives the register of its value.
  private mutating func closure(
    _ name: String, _ parameters: [Parameter], _ span: Span, into target: Register?, isNamed: Bool,
    _ body: (inout Lowering) -> Register?
  ) -> Register {
    var defaults: [ClosureSite.Default] = []
    let values = self.values(parameters.compactMap(\.defaultValue), span)
    var next = values[...]
    for (index, parameter) in parameters.enumerated() where parameter.defaultValue != nil {
      defaults.append(.init(parameter: index, from: next.popFirst() ?? Register(0)))
    }
    let index = enter(name, span, assignsGlobals: false, ownName: isNamed ? name : nil)
    for parameter in parameters {
      scope.declareLocal(parameter.name.text, isSet: true)
      scope.function.parameters.append(
        .init(name: parameter.name.text, hasDefault: parameter.defaultValue != nil))
    }
    let result = body(&self)
    let captures = leave(index, value: result)
    let d = target ?? scope.temporary()
    emit(.closure(d: d, ClosureSite(function: index, captures: captures, defaults: defaults)), span)
    return d
  }

  // MARK: Layers

  /// `layer f(n) { … fn(x) … }` is a function that makes a layer of its last function and of the names
  /// that its body binds.
  mutating func declaredLayer(_ parts: LayerParts, _ span: Span) {
    let value = closure(parts.name.text, parts.parameters, span, into: nil, isNamed: true) { lowering in
      lowering.layerBody(parts, span)
    }
    assign(parts.name.text, value, span)
    scope.release(value)
  }

  private mutating func layerBody(_ parts: LayerParts, _ span: Span) -> Register {
    var names: [String] = []
    for item in parts.items {
      if case .param(let name, _, _) = tree[item] {
        names.append(name.text)
      } else {
        names += tree.namesAssigned(in: item)
      }
    }
    var seen: Set<String> = []
    names = names.filter { seen.insert($0).inserted }
    for name in names { scope.declareLocal(name, isSet: false) }
    for item in parts.items { statement(item) }
    let forward = expression(parts.forward)
    let fields = names.compactMap { name -> (String, Register)? in
      guard case .register(let register) = scope.place(name), scope.assigned.contains(register) else { return nil }
      return (name, register)
    }
    let record = scope.temporary()
    emit(.record(d: record, names: fields.map(\.0), fields.map(\.1)), span)
    let name = constant(.string(parts.name.text), span)
    let d = scope.temporary()
    let arguments = [forward, name, record].map { CallArgument($0, span) }
    emit(.verb(d: d, name: self.name(DeclaredLayer.layerBuiltin), CallSite(arguments)), span)
    for register in [name, record, forward] { scope.release(register) }
    return d
  }

  /// `param w[n, m] = value`
  mutating func parameter(_ name: Name, _ shape: [NodeID]?, _ value: NodeID, _ span: Span) {
    let nodes = [value] + (shape ?? [])
    let registers = values(nodes, span)
    // The name's register must be none of those that have just been released.
    let text = scope.takeRow(1)
    _ = constant(.string(name.text), span, into: text)
    var arguments = zip(nodes, registers).map { CallArgument($1, tree.span($0)) }
    arguments.insert(CallArgument(text, name.span), at: 1)
    let d = scope.temporary()
    emit(.verb(d: d, name: self.name(DeclaredLayer.parameterBuiltin), CallSite(arguments)), span)
    scope.releaseRow(text, 1)
    assign(name.text, d, span)
    scope.release(d)
  }

  /// Starts a new function inside the current one; gives its index in the program.
  private mutating func enter(
    _ name: String, _ span: Span, assignsGlobals: Bool, ownName: String? = nil
  ) -> Int {
    scope = FunctionScope(
      name: name, span: span, parent: scope, assignsGlobals: assignsGlobals, ownName: ownName)
    program.functions.append(scope.function)
    return program.functions.count - 1
  }

  /// Ends the current function and goes back to the one around it; gives what it captures.
  private mutating func leave(_ index: Int, value: Register?) -> [ClosureSite.Capture] {
    finish(index: index, value: value)
    let captures = scope.captures
    if let parent = scope.parent { scope = parent }
    return captures
  }

  /// `on epoch every k { … }`: a closure that may update the variables around it: those of the file,
  /// or those of the function, which it then gives back.
  mutating func hook(_ event: Name, _ every: NodeID?, _ body: NodeID, _ span: Span) -> Register {
    let every = every.map { expression($0) }
    let isLocal = !scope.assignsGlobals
    let index = enter("on_\(event.text)", span, assignsGlobals: !isLocal)
    scope.function.isHook = true
    for name in ProgramFunction.hookNames {
      scope.declareLocal(name, isSet: true)
      scope.function.parameters.append(.init(name: name))
    }
    if isLocal {
      let names = tree.namesAssigned(in: body, updating: environment.updatesVariable)
      for name in names where !ProgramFunction.hookNames.contains(name) { scope.share(name) }
    }
    _ = self.body(body, into: nil)
    let updates = scope.updates.map { HookSite.Update($0.name, $0.from) }
    let captures = leave(index, value: isLocal ? hookResult(.none, span) : nil)
    let closure = scope.temporary()
    emit(.closure(d: closure, ClosureSite(function: index, captures: captures)), span)
    let d = scope.temporary()
    var site = HookSite(event: event.text, every: every, closure: closure)
    if isLocal { (site.captures, site.updates) = (captures, updates) }
    emit(.hook(d: d, site), span)
    scope.release(closure)
    if let every { scope.release(every) }
    return d
  }

  /// What an `on` block gives: whether the training ends, and what it updated of a function's variables.
  mutating func hookResult(_ flag: Constant, _ span: Span) -> Register {
    let value = constant(flag, span)
    guard !scope.assignsGlobals else { return value }
    emit(.tuple(d: value, [value] + scope.updates.map(\.to)), span)
    return value
  }
}
