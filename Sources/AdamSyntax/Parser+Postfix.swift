// Operands: literals, names, brackets, and what follows them (calls, indices, fields).
import AdamSource

extension Parser {
  /// `postfix = primary { arguments | index | "." FIELD }`
  @inline(never)
  mutating func parsePostfix() throws(Failure) -> NodeID {
    let start = current.start
    var node = try parsePrimary()
    while !isOnNewLine {
      switch current.kind {
      case .leftParen:
        let arguments = try parseArguments()
        node = add(.call(node, arguments), from: start)
      case .leftBracket:
        let items = try parseIndex()
        node = add(.index(node, items), from: start)
      case .dot:
        let field = try parseField()
        node = add(.field(node, field), from: start)
      default: return node
      }
    }
    return node
  }

  /// `field = "." ( WORD | DIGITS )`
  mutating func parseField() throws(Failure) -> Name {
    advance()
    guard current.kind.isWord || current.kind == .field, !current.hasNewline else {
      throw unexpected("a field's name after `.`")
    }
    let field = name(current)
    advance()
    return field
  }

  /// `primary = NUMBER | STRING | NAME | "true" | "false" | "none" | if | list | tuple`
  mutating func parsePrimary() throws(Failure) -> NodeID {
    let token = current
    switch token.kind {
    case .number: return leaf(.number(Double(bitPattern: token.payload)))
    case .name: return leaf(.name(text(token)))
    case .true: return leaf(.bool(true))
    case .false: return leaf(.bool(false))
    case .none: return leaf(.none)
    case .quote: return try parseString()
    case .quoted: return leaf(.string([.text(quotedText(token))]))
    case .if: return try parseIf()
    case .leftParen: return try parseTuple()
    case .leftBracket: return try parseList()
    case .verb where isCall: return leaf(.name(text(token)))
    default: return try parseNoPrimary()
    }
  }

  @inline(never)
  private mutating func leaf(_ node: Node) -> NodeID {
    advance()
    return add(node, from: previous.start)
  }

  /// The text between foreign quotes, as it is.
  private func quotedText(_ token: Token) -> String {
    let start = Int(token.start) + Int(clamping: token.payload >> 8)
    let end = Int(token.end) - Int(clamping: token.payload & 0xFF)
    return lexer.text(start, max(start, end))
  }

  /// No operand starts here; one in braces is read as if it were one.
  @inline(never)
  private mutating func parseNoPrimary() throws(Failure) -> NodeID {
    switch current.kind {
    case .verb: throw verbAsOperand()
    case .leftBrace where !context.isHeader:
      let start = current.start
      report(.braceRecord(span(current)))
      // In a string it is not certain any more which text is code.
      if context.stringStart != nil { silentEnd = max(silentEnd, lineEnd(start)) }
      skipGroup()
      return add(.invalid, from: start)
    default: throw unexpected("a value")
    }
  }

  private mutating func verbAsOperand() -> Failure {
    let next = peek()
    let isOperand = next.kind.isWord || next.kind == .number || next.kind == .quote
    return isOperand && !next.hasNewline
      ? fail(.verbInside(span(current), text(current)))
      : fail(.verbAsValue(span(current), text(current)))
  }

  /// `if = "if" condition block { "else" "if" condition block } [ "else" block ]`
  mutating func parseIf() throws(Failure) -> NodeID {
    let start = current.start
    var branches: [Branch] = []
    var otherwise: NodeID?
    repeat {
      advance()
      let condition = try parseCondition()
      let block = try parseBlock(.branch)
      branches.append(Branch(condition: condition, block: block))
      guard current.kind == .else else { break }
      advance()
      if current.kind != .if { otherwise = try parseBlock(.branch) }
    } while otherwise == nil
    return add(.conditional(branches, otherwise: otherwise), from: start)
  }

  /// `condition = expression`, before a block.
  mutating func parseCondition() throws(Failure) -> NodeID {
    try descend(at: current)
    let saved = context
    context.isHeader = true
    let condition = try parseExpression()
    if current.kind == .assign {
      wantsBlock = true
      throw fail(here: Diagnostic.assignInCondition)
    }
    context = saved
    depth -= 1
    return condition
  }

  /// `lambda = "fn" parameters body`
  mutating func parseLambda() throws(Failure) -> NodeID {
    let start = current.start
    advance()
    let parameters = try parseParameters()
    let body = try parseBody()
    return add(.lambda(parameters, body: body), from: start)
  }

  /// `body = block | expression`
  mutating func parseBody() throws(Failure) -> NodeID {
    if current.kind == .assign {
      report(.functionEquals(span(current)))
      advance()
    }
    if current.kind == .leftBrace {
      let block = try parseBlock(.function)
      try checkAfterLambda()
      return block
    }
    try descend(at: previous)
    let saved = context
    context.isInLoop = false
    context.isInFunction = true
    context.pipeVerb = nil
    context.allowsOpenRange = false
    let body = try parseExpression()
    context = saved
    depth -= 1
    return body
  }

  /// The block ends the function: no call, operator or pipe may follow.
  @inline(never)
  private mutating func checkAfterLambda() throws(Failure) {
    let takesMore: Bool
    switch current.kind {
    case .leftParen, .leftBracket, .dot: takesMore = !isOnNewLine
    case .minus where context.newlineEnds: takesMore = !current.hasNewline
    case .pipe: takesMore = true
    default: takesMore = current.kind.infix != nil && !isOnNewLine
    }
    if takesMore { throw fail(.afterLambdaBlock(span(current))) }
  }
}
