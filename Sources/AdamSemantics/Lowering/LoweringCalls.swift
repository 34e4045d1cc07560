// Calls: functions, methods, pipes, verbs with their implicit arguments, assertions.
import AdamIR
import AdamSource
import AdamSyntax

extension Lowering {
  /// Evaluates arguments in order, `first` standing before them (a pipe's left side).
  mutating func arguments(
    _ arguments: [Argument], first: CallArgument? = nil, _ span: Span
  ) -> [CallArgument] {
    let registers = values(arguments.map(\.value), span)
    let rest = zip(arguments, registers).map { argument, register in
      CallArgument(
        name: argument.name?.text, register, tree.span(argument.value),
        nameSpan: argument.name?.span)
    }
    return (first.map { [$0] } ?? []) + rest
  }

  /// Keeps a callee or receiver while its arguments are evaluated.
  private mutating func keep(
    _ register: Register, while arguments: [Argument], _ span: Span
  ) -> Register {
    arguments.reduce(register) { keep($0, while: $1.value, span) }
  }

  mutating func call(
    _ callee: Register, _ arguments: [Argument], _ span: Span, into target: Register?
  ) -> Register {
    let f = keep(callee, while: arguments, span)
    let site = CallSite(self.arguments(arguments, span))
    scope.release(f)
    let d = target ?? scope.temporary()
    emit(.call(d: d, f, site), span)
    return d
  }

  mutating func methodCall(
    _ receiver: Register, _ method: Name, _ arguments: [Argument], first: CallArgument? = nil,
    _ span: Span, into target: Register?
  ) -> Register {
    let v = keep(receiver, while: arguments, span)
    var site = CallSite(self.arguments(arguments, first: first, span))
    if case .register(let local) = scope.place(method.text), scope.assigned.contains(local) {
      site.fallback = local
    }
    scope.release(v)
    let d = target ?? scope.temporary()
    emit(.callMethod(d: d, v, name: name(method.text), site), span)
    return d
  }

  // MARK: Pipes

  /// `x |> f(a)` is `f(x, a)`; a right side that is no call is applied.
  mutating func pipe(
    _ left: Register, _ right: NodeID, _ span: Span, into target: Register?
  ) -> Register {
    let leftSpan = Span(span.source, span.start, max(span.start, tree.span(right).start))
    let first = CallArgument(keep(left, while: right, span), leftSpan)
    defer { scope.release(first.register) }
    // What goes wrong in a step of a pipe goes wrong there.
    let span = tree.span(right)
    guard case .call(let callee, let arguments) = tree[right] else {
      return apply(right, [], first, span, into: target)
    }
    if case .field(let base, let method) = tree[callee] {
      let receiver = expression(base)
      return methodCall(receiver, method, arguments, first: first, span, into: target)
    }
    return apply(callee, arguments, first, span, into: target)
  }

  private mutating func apply(
    _ callee: NodeID, _ arguments: [Argument], _ first: CallArgument, _ span: Span,
    into target: Register?
  ) -> Register {
    if case .name(let text) = tree[callee], let verb = Verb(rawValue: text) {
      return self.verb(verb, arguments, first: first, span, into: target)
    }
    let f = keep(expression(callee), while: arguments, span)
    let site = CallSite(self.arguments(arguments, first: first, span))
    scope.release(f)
    let d = target ?? scope.temporary()
    emit(.call(d: d, f, site), span)
    return d
  }

  // MARK: Verbs

  mutating func verb(
    _ verb: Verb, _ arguments: [Argument], first: CallArgument? = nil, isStatement: Bool = false,
    _ span: Span, into target: Register?
  ) -> Register {
    if verb == .assert, first == nil, 1...2 ~= arguments.count, arguments.allSatisfy({ $0.name == nil }) {
      assertion(arguments, span)
      return constant(.none, span, into: target)
    }
    // `load "f"` fills the model of the scope; `m = load("f")` gives what the file holds.
    return internalVerb(
      verb.rawValue, arguments, first: first, takesScope: verb != .load || isStatement, span, into: target)
  }

  /// A verb by the name of its builtin; what the call leaves out comes from the scope.
  mutating func internalVerb(
    _ verb: String, _ arguments: [Argument], first: CallArgument? = nil, takesScope: Bool = true,
    _ span: Span, into target: Register? = nil
  ) -> Register {
    guard let definition = environment.verb(verb) else {
      return moved(unsupported("`\(verb)`", span), to: target, span)
    }
    var site = CallSite(self.arguments(arguments, first: first, span))
    let given = Set(arguments.compactMap { $0.name?.text })
    var rows: [Register] = []
    for parameter in definition.signature.parameters
    where takesScope && parameter.isImplicit && !given.contains(parameter.name) {
      let register = readIfSet(parameter.name, span, &rows)
      site.arguments.append(
        CallArgument(name: parameter.name, register, span, isImplicit: true))
    }
    for register in rows { scope.releaseRow(register, 1) }
    let d = target ?? scope.temporary()
    emit(.verb(d: d, name: name(verb), site), span)
    return d
  }

  /// A well-known name where a verb stands: a local of the function wins; unset is not an error.
  /// The register is none of those that the call's arguments have just been released from.
  private mutating func readIfSet(
    _ text: String, _ span: Span, _ rows: inout [Register]
  ) -> Register {
    // A block's own `loss` is the epoch's number; the verb means the loss of the script.
    let isOfHook = scope.function.isHook && ProgramFunction.hookNames.contains(text)
    if !isOfHook, case .register(let register) = scope.place(text) { return register }
    let d = scope.takeRow(1)
    rows.append(d)
    emit(.loadGlobalIfSet(d: d, name: name(text)), span)
    return d
  }

  /// `assert c, "text"`: both sides of a comparison are kept for the message.
  private mutating func assertion(_ arguments: [Argument], _ span: Span) {
    guard let condition = arguments.first?.value else { return }
    let conditionSpan = tree.span(condition)
    var sides: [Register] = []
    let value: Register
    if case .binary(let op, let left, let right) = tree[condition],
      let operation = op.programOperator, op.isComparison
    {
      sides = [keep(expression(left), while: right, conditionSpan), expression(right)]
      value = scope.temporary()
      emit(.binary(d: value, operation, sides[0], sides[1]), conditionSpan)
    } else {
      return assertion(condition, parts: tree.partsToShow(condition), message: arguments.dropFirst().first?.value)
    }
    let message = arguments.count > 1 ? expression(arguments[1].value) : nil
    emit(.assert(value, sides: sides, message: message), conditionSpan)
    for register in [message, value].compactMap({ $0 }) + sides.reversed() {
      scope.release(register)
    }
  }

  /// The values of parts are kept while the condition is evaluated; what `and` and `or` leave out has none.
  private mutating func assertion(_ condition: NodeID, parts: [NodeID], message: NodeID?) {
    var sides: [Register] = []
    for part in parts {
      let d = scope.takeRow(1)
      emit(.unset(d: d), tree.span(part))
      shownValues[part] = d
      sides.append(d)
    }
    let value = expression(condition)
    for part in parts { shownValues[part] = nil }
    let text = message.map { expression($0) }
    emit(.assert(value, sides: [value] + sides, message: text), tree.span(condition))
    for register in [text, value].compactMap({ $0 }) { scope.release(register) }
    for side in sides.reversed() { scope.releaseRow(side, 1) }
  }
}

extension SyntaxTree {
  /// More values than this say less.
  private static let mostShown = 8

  /// What a condition is computed from: operands of comparisons, arguments of calls, names. Literals
  /// show themselves.
  fileprivate func partsToShow(_ condition: NodeID) -> [NodeID] {
    var found: [NodeID] = []
    var open = [condition]
    while let node = open.popLast(), found.count < Self.mostShown {
      switch self[node] {
      case .binary(let op, let left, let right) where op == .and || op == .or: open += [right, left]
      case .binary(_, let left, let right): found += [left, right].filter(isWorthShowing)
      case .unary(_, let operand): open.append(operand)
      case .call(let callee, let arguments):
        if case .field(let base, _) = self[callee], isWorthShowing(base) { found.append(base) }
        found += arguments.map(\.value).filter(isWorthShowing)
      default: if node != condition { found.append(node) }
      }
    }
    return found
  }

  private func isWorthShowing(_ node: NodeID) -> Bool {
    switch self[node] {
    case .number, .string, .bool, .none, .lambda: false
    case .unary(_, let operand): isWorthShowing(operand)
    default: true
    }
  }
}

extension BinaryOperator {
  var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: true
    default: false
    }
  }
}
