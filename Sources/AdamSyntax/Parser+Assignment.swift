// Assignments: an expression is parsed, then `=` or `,` shows that it was a target.
import AdamSource

extension Parser {
  /// `assignment = target { "," target } "=" values | target COMPOUND expression | expression`
  @inline(never)
  mutating func parseAssignment() throws(Failure) -> NodeID {
    let start = current.start
    let first = try parseExpression()
    guard !isOnNewLine, current.kind == .comma || current.kind == .assign || current.kind.compound != nil
    else { return first }
    return try finishAssignment(first, from: start)
  }

  /// What follows the first expression. Apart, so that nested blocks do not pay for its frame.
  @inline(never)
  private mutating func finishAssignment(_ first: NodeID, from start: Int32) throws(Failure)
    -> NodeID
  {
    var targets = [first]
    var comma: Token?
    while current.kind == .comma, !isOnNewLine {
      if targets.count == 1 { try checkVerbCall(targets[0]) }
      comma = comma ?? current
      advance()
      if current.kind == .verb, !isCall { throw fail(.verbBound(span(current), text(current))) }
      targets.append(try parseExpression())
    }
    if !isOnNewLine {
      if current.kind == .assign { return try parseAssigned(targets, from: start) }
      if let operation = current.kind.compound {
        return try parseCompound(operation, targets, from: start)
      }
    }
    if let comma { throw fail(.bareTuple(span(comma))) }
    return targets[0]
  }

  /// `print(1), 2`: the parentheses have ended the call.
  @inline(never)
  private mutating func checkVerbCall(_ node: NodeID) throws(Failure) {
    guard case .call(let callee, _) = tree[node], case .name(let word) = tree[callee],
      Verb(rawValue: word) != nil
    else { return }
    let opening = tree.span(callee).end
    let call = tree.span(node)
    throw fail(
      .verbCallComma(
        span(current), word, open: Span(source, opening, opening + 1),
        close: Span(source, call.end - 1, call.end)))
  }

  /// `values = verb | import | expression { "," expression }`; the current token is `=`.
  @inline(never)
  private mutating func parseAssigned(_ targets: [NodeID], from start: Int32) throws(Failure)
    -> NodeID
  {
    for target in targets where !isTarget(target) {
      throw fail(.invalidTarget(tree.span(target), span(current)))
    }
    advance()
    let valueStart = current.start
    let value = try parseValue()
    guard current.kind == .comma, !isOnNewLine else {
      return add(.assign(targets, value), from: start)
    }
    let comma = current
    var values = [value]
    while current.kind == .comma, !isOnNewLine {
      advance()
      values.append(try parseExpression())
    }
    guard targets.count > 1, values.count == targets.count else {
      throw fail(
        .tupleMismatch(span(comma), targets: targets.count, values: values.count))
    }
    let tuple = add(.tuple(values), from: valueStart)
    return add(.assign(targets, tuple), from: start)
  }

  /// `value = verb | import | expression`
  mutating func parseValue() throws(Failure) -> NodeID {
    if current.kind == .verb, !isCall { return try parseVerb() }
    if current.kind == .import { return try parseImport() }
    return try parseExpression()
  }

  @inline(never)
  private mutating func parseCompound(
    _ operation: BinaryOperator, _ targets: [NodeID], from start: Int32
  ) throws(Failure) -> NodeID {
    guard targets.count == 1, isTarget(targets[0]), !isTuple(targets[0]) else {
      throw fail(.invalidTarget(span(from: start), span(current)))
    }
    advance()
    let value = try parseExpression()
    return add(.compoundAssign(operation, targets[0], value), from: start)
  }

  private func isTuple(_ node: NodeID) -> Bool {
    if case .tuple = tree[node] { return true }
    return false
  }

  /// `target = NAME { "." FIELD | index } | "(" target { "," target } ")"`
  func isTarget(_ node: NodeID) -> Bool {
    var node = node
    while true {
      switch tree[node] {
      case .name(let word): return Verb(rawValue: word) == nil
      case .field(let inner, _), .index(let inner, _):
        if isTuple(inner) { return false }
        node = inner
      case .tuple(let parts): return !parts.isEmpty && parts.allSatisfy(isTarget)
      // Already reported.
      case .invalid: return true
      default: return false
      }
    }
  }
}
