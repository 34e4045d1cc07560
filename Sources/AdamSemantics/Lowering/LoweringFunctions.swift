// Functions and `on` blocks: their own registers, captured values, defaults.
import AdamIR
import AdamSource
import AdamSyntax

extension Lowering {
  /// Makes a function value. Defaults are evaluated here; locals of the functions around it and
  /// loop variables are captured by value here; top-level names are looked up when it runs.
  mutating func closure(
    _ name: String, _ parameters: [Parameter], _ body: NodeID, _ span: Span,
    into target: Register?, isNamed: Bool = false
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
    for local in tree.namesAssigned(in: body) { scope.declareLocal(local, isSet: false) }
    let result = self.body(body, into: scope.temporary())
    let captures = leave(index, value: result)
    let d = target ?? scope.temporary()
    emit(.closure(d: d, ClosureSite(function: index, captures: captures, defaults: defaults)), span)
    return d
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

  /// `on epoch every k { … }`: a closure that may update top-level variables.
  mutating func hook(_ event: Name, _ every: NodeID?, _ body: NodeID, _ span: Span) -> Register {
    guard scope.assignsGlobals else { return unsupported("`on` inside a function", span) }
    let every = every.map { expression($0) }
    let index = enter("on_\(event.text)", span, assignsGlobals: true)
    scope.function.isHook = true
    for name in ProgramFunction.hookNames {
      scope.declareLocal(name, isSet: true)
      scope.function.parameters.append(.init(name: name))
    }
    _ = self.body(body, into: nil)
    let captures = leave(index, value: nil)
    let closure = scope.temporary()
    emit(.closure(d: closure, ClosureSite(function: index, captures: captures)), span)
    let d = scope.temporary()
    emit(.hook(d: d, HookSite(event: event.text, every: every, closure: closure)), span)
    scope.release(closure)
    if let every { scope.release(every) }
    return d
  }
}
