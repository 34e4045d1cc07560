// Expressions down to operators. Operators wait on `pending`, so chains and levels need no recursion.
import AdamSource

extension Parser {
  /// `expression = lambda | pipe { "then" pipe }`
  mutating func parseExpression() throws(Failure) -> NodeID {
    if current.kind == .fn { return try parseLambda() }
    let start = current.start
    var left = try parsePipe()
    while current.isContextual(.then), !isOnNewLine {
      // `if a then {` is another language's.
      if context.isHeader, peek().kind == .leftBrace { break }
      advance()
      let right = try parsePipe()
      left = add(.binary(.then, left, right), from: start)
    }
    return left
  }

  /// `pipe = operators { "|>" postfix } [ "|>" lambda ]`
  mutating func parsePipe() throws(Failure) -> NodeID {
    let start = current.start
    var left = try parseOperators(.or)
    while current.kind == .pipe {
      if let verb = context.pipeVerb { throw pipeInVerb(verb) }
      advance()
      if current.kind == .fn {
        let right = try parseLambda()
        return add(.binary(.pipe, left, right), from: start)
      }
      let right = try parsePostfix()
      left = add(.binary(.pipe, left, right), from: start)
      if current.kind.infix != nil, !isOnNewLine {
        throw operatorAfterPipe()
      }
    }
    return left
  }

  /// `operators = operand { INFIX operand }`, grouped by the table of precedences from `minimum` up.
  mutating func parseOperators(_ minimum: Precedence) throws(Failure) -> NodeID {
    let floor = pending.count
    let allowsOpenRange = context.allowsOpenRange
    context.allowsOpenRange = false
    var start = current.start
    var left = try parseOperand(floor, minimum, &start)
    while let (operation, precedence) = current.kind.infix, precedence >= minimum, !isOnNewLine {
      if operation == .subtract, isSpacedMinus { throw fail(here: Diagnostic.spacedMinus) }
      left = try reduce(left, to: precedence, floor, &start)
      let operatorToken = current
      advance()
      if allowsOpenRange, precedence == .range, pending.count == floor, endsIndexItem {
        foundOpenRange = true
        return left
      }
      if precedence == .power { try descend(at: operatorToken) }
      pending.append(
        PendingOperator(
          operation: .infix(operation), precedence: precedence, left: left, start: start,
          countsDepth: precedence == .power))
      start = current.start
      left = try parseOperand(floor, minimum, &start)
    }
    return try reduce(left, to: nil, floor, &start)
  }

  /// `operand = { "-" | "not" } postfix`; the prefixes wait like operators.
  private mutating func parseOperand(
    _ floor: Int, _ minimum: Precedence, _ start: inout Int32
  ) throws(Failure) -> NodeID {
    while true {
      switch current.kind {
      case .minus: try push(.neg, .negation)
      case .not:
        let outer = pending.count > floor ? pending.last?.precedence : nil
        guard minimum <= .not, (outer ?? .or) <= .not else {
          throw fail(here: Diagnostic.notOperand)
        }
        try push(.not, .not)
      case .plus:
        _ = fail(here: Diagnostic.unaryPlus)
        advance()
      case .fn: throw fail(here: Diagnostic.lambdaOperand)
      default:
        start = current.start
        return try parsePostfix()
      }
    }
  }

  @inline(never)
  private mutating func push(_ operation: UnaryOperator, _ precedence: Precedence) throws(Failure) {
    try descend(at: current)
    pending.append(
      PendingOperator(
        operation: .prefix(operation), precedence: precedence, left: NodeID(0),
        start: current.start, countsDepth: true))
    advance()
  }

  /// Builds the nodes of the waiting operators that bind at least as tightly as `precedence`; all
  /// of them when it is nil. `start` is where the left operand starts, before and after.
  @inline(never)
  private mutating func reduce(
    _ operand: NodeID, to precedence: Precedence?, _ floor: Int, _ start: inout Int32
  ) throws(Failure) -> NodeID {
    var node = operand
    while pending.count > floor, let top = pending.last {
      if let precedence {
        if top.precedence < precedence { break }
        if top.precedence == precedence {
          if precedence.grouping == .right { break }
          if precedence.grouping == .none { throw chained(top, precedence) }
        }
      }
      pending.removeLast()
      if top.countsDepth { depth -= 1 }
      start = top.start
      switch top.operation {
      case .prefix(let operation): node = add(.unary(operation, node), from: start)
      case .infix(let operation): node = add(.binary(operation, top.left, node), from: start)
      }
    }
    return node
  }

  private mutating func chained(_ top: PendingOperator, _ precedence: Precedence) -> Failure {
    if precedence == .range { return fail(.chainedRange(span(current))) }
    return fail(.chainedComparison(span(current), first: span(from: top.start)))
  }

  @inline(never)
  private mutating func pipeInVerb(_ verb: Verb) -> Failure {
    fail(.pipeInVerb(span(current), verb.rawValue))
  }

  @inline(never)
  private mutating func operatorAfterPipe() -> Failure {
    fail(.operatorAfterPipe(span(current), text(current)))
  }

  /// `x -1` where it could be two values.
  private var isSpacedMinus: Bool {
    guard context.splitsMinus, current.hasSpace else { return false }
    switch lexer.byte(Int(current.end)) {
    case 0, 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "#"): return false
    default: return true
    }
  }

  private var endsIndexItem: Bool { current.kind == .comma || current.kind == .rightBracket }
}
