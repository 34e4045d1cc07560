// `on` blocks: registered when the statement runs, run by the training loop. A block inside a function
// works on the variables of that call and ends with it.
import AdamIR
import AdamLibrary
import AdamSource

extension Interpreter {
  func hook(_ frame: Frame, _ site: HookSite, _ at: Registers, at span: Span) throws(Diagnostic) -> Value {
    guard case .function(let closure) = at[site.closure] else { return .none }
    var every = 1
    if let register = site.every {
      guard let x = at[register].exactNumber, let count = Int(exactly: x), count >= 1 else {
        throw Diagnostic(
          .outOfRange, "`every` must be a whole number from 1 on, found \(at[register].foundText)", at: span)
      }
      every = count
    }
    let isLocal = frame.owner.functions.first !== frame.function
    let call = isLocal ? HookCall(depth: frames.count, base: frame.base, site: site) : nil
    let hook = Hook(event: site.event, every: every, closure: closure, span: span, call: call)
    session.hooks.removeAll { $0.isReplaced(by: hook) }
    session.hooks.append(hook)
    if call != nil { hooksOfCalls += 1 }
    return .hook(hook)
  }

  package func run(_ hook: Hook, _ arguments: [Value]) throws(Diagnostic) -> Bool {
    guard let call = hook.call else {
      return try self.call(.function(hook.closure), arguments, at: hook.span).exactBool == true
    }
    let captures = call.site.captures.map { (register: $0.to, value: stack.base[call.base + Int($0.from.index)]) }
    let closure = Closure(
      program: hook.closure.program, function: hook.closure.function, captures: captures, defaults: [])
    closure.code = hook.closure.code
    guard case .tuple(let result) = try self.call(.function(closure), arguments, at: hook.span) else { return false }
    for (update, value) in zip(call.site.updates, result.elements.dropFirst()) {
      stack.base[call.base + Int(update.register.index)] = value
    }
    return result.elements.first?.exactBool == true
  }

  /// The blocks of a call end with it.
  func endHooks(ofCallAt depth: Int) {
    session.hooks.removeAll { hook in
      guard hook.call?.depth == depth else { return false }
      hook.isActive = false
      hooksOfCalls -= 1
      return true
    }
  }
}

extension Hook {
  /// The same place replaces; at a prompt, where every entry is a place of its own, the same head.
  fileprivate func isReplaced(by new: Hook) -> Bool {
    guard call?.depth == new.call?.depth else { return false }
    return span == new.span || (span.source != new.span.source && event == new.event && every == new.every)
  }
}
