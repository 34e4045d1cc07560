// Statements and blocks.
import AdamSource

/// What a block changes for the statements in it.
enum BlockKind {
  case branch, loop, hook, sweep, function, layer
  /// Parsed while recovering: whatever it belongs to is not known.
  case recovered
}

extension Parser {
  /// `program = { statement END }`
  mutating func parseProgram() {
    var statements: [NodeID] = []
    while current.kind != .endOfText {
      // Nothing thrown reaches the top; a `}` too many ends a round.
      do throws(Failure) { try parseStatements(into: &statements) } catch {}
      if current.kind == .rightBrace { passStrayBrace() }
      if current.kind == .lineEnd { advance() }
    }
    tree.statements = statements
  }

  /// `{ {`: the second one is passed; where it was meant, a `}` too many is to be expected.
  private mutating func passDoubledBrace() {
    report(.braceRecord(span(current)))
    lostBraces += 1
    advance()
  }

  private mutating func passStrayBrace() {
    if lostBraces > 0 {
      lostBraces -= 1
    } else {
      isSilent = false
      report(strayBrace(current))
    }
    advance()
  }

  /// Statements up to a `}` or the end of the text. A mistake costs its statement.
  @inline(never)
  mutating func parseStatements(
    into statements: inout [NodeID], of kind: BlockKind? = nil
  ) throws(Failure) {
    let outerStart = statementStart
    let outerSilence = isSilent
    let reported = diagnostics.count
    defer {
      statementStart = outerStart
      isSilent = outerSilence
    }
    while true {
      while current.kind == .semicolon { advance() }
      if current.kind == .endOfText || current.kind == .rightBrace { return }
      if kind == .branch, current.kind == .else { return }
      if kind != nil, current.kind == .leftBrace, previous.kind == .leftBrace, !current.hasNewline {
        passDoubledBrace()
        continue
      }
      if current.kind == .lineEnd {
        // A string's line ends in a block of its interpolation; a mistake in the block was said already.
        throw diagnostics.count == reported ? unexpected("`}`") : Failure(endsStatement: true)
      }
      statementStart = current.start
      lexer.isUnsure = false
      isSilent = current.kind == .foreign
      let saved = checkpoint
      do throws(Failure) {
        statements.append(try parseStatement())
        try parseEnd()
      } catch {
        let start = statementStart
        restore(saved)
        if current.kind == .lineEnd, lexer.interpolations == 0 { advance() }
        skipStatement(from: start)
        statements.append(add(.invalid, from: start))
      }
    }
  }

  /// `END`: `;`, a new line, `}`, or the end of the text.
  mutating func parseEnd() throws(Failure) {
    if !isAtEnd { throw missingEnd() }
  }

  @inline(never)
  private mutating func missingEnd() -> Failure {
    switch current.kind {
    case .assign: return fail(.secondAssign(span(current)))
    case .comma: return fail(.bareTuple(span(current)))
    case .else: return fail(.elseAlone(span(current)))
    case .if: return fail(.ternary(span(current)))
    case .rightParen, .rightBracket, .colon: return unexpected("the end of the statement")
    default: break
    }
    for token in [previous, current] where token.kind == .name {
      if let word = Phrasebook.word(text(token)) { return fail(.foreignWord(span(token), word)) }
    }
    if let verb = misspelledVerb { return fail(.misspelledVerb(span(previous), text(previous), verb)) }
    return fail(.missingEnd(span(current), describe(current)))
  }

  /// `prnt 3`: a statement that is a name and then a value on its line.
  private var misspelledVerb: String? {
    guard previous.kind == .name, previous.start == statementStart, !current.hasNewline else { return nil }
    switch current.kind {
    case .name, .number, .quote, .quoted, .leftBracket, .leftParen, .true, .false, .none:
      return nearest(text(previous), in: Verb.allCases.map(\.rawValue))
    default: return nil
    }
  }

  /// `block = "{" { statement END } "}"`
  @inline(never)
  mutating func parseBlock(_ kind: BlockKind) throws(Failure) -> NodeID {
    guard current.kind == .leftBrace else { throw missingBlock() }
    let start = current.start
    let outer = try open()
    enter(kind)
    var statements: [NodeID] = []
    try parseStatements(into: &statements, of: kind)
    guard current.kind == .rightBrace else {
      guard kind == .branch, current.kind == .else else { throw unexpected("`}`") }
      leaveBranch(outer)
      return add(.block(statements), from: start)
    }
    if let opener = openers.last { noteLayout(from: opener, to: current) }
    close(outer)
    return add(.block(statements), from: start)
  }

  /// An `else` where the `}` of the `if` should stand: taken as if it were there.
  private mutating func leaveBranch(_ outer: Context) {
    if let opener = openers.last {
      report(.notClosed(span(opener), "}", found: span(current), describe(current)))
    }
    depth -= 1
    openers.removeLast()
    context = outer
  }

  func enter(_ kind: BlockKind, _ context: inout Context) {
    context.newlineEnds = true
    context.isInLayer = kind == .layer || kind == .recovered
    switch kind {
    case .branch: break
    case .loop, .hook: context.isInLoop = true
    case .sweep: context.isInLoop = false
    case .function, .layer:
      context.isInLoop = false
      context.isInFunction = kind == .function
    case .recovered:
      context.isInLoop = true
      context.isInFunction = true
    }
  }

  private mutating func enter(_ kind: BlockKind) { enter(kind, &context) }

  /// The `{` that a construct needs is not there.
  @inline(never)
  mutating func missingBlock() -> Failure {
    wantsBlock = true
    if current.kind == .name, let word = Phrasebook.word(text(current)) {
      return fail(.foreignWord(span(current), word))
    }
    switch current.kind {
    case .endOfText, .lineEnd: return unexpected("a block `{ … }`")
    default: return fail(.missingBlock(span(current), describe(current)))
    }
  }

  /// One statement, decided by its first token and at most one more.
  @inline(never)
  mutating func parseStatement() throws(Failure) -> NodeID {
    switch current.kind {
    case .for: return try parseFor()
    case .while: return try parseWhile()
    case .break, .continue: return parseJump()
    case .return: return try parseReturn()
    case .import: return try parseImport()
    case .fn where peek().kind.isWord: return try parseFunction()
    case .name where current.isContextual(.layer) && isFollowedByName: return try parseLayer()
    case .name where current.isContextual(.param) && (isFollowedByName || isNamelessParam):
      return try parseParam()
    case .verb where !isCall: return try parseVerbStatement()
    case .else: throw fail(.elseAlone(span(current)))
    case .pipe: throw fail(.leadingPipe(span(current)))
    default:
      if startsWithOperator { throw leadingOperator() }
      return try parseAssignment()
    }
  }

  /// `param [i, o] = …` in a layer: the name was left out.
  private var isNamelessParam: Bool {
    mutating get {
      guard context.isInLayer else { return false }
      let next = peek()
      return next.kind == .leftBracket && next.hasSpace && !next.hasNewline
    }
  }

  private var isFollowedByName: Bool {
    mutating get {
      let next = peek()
      return (next.kind == .name || next.kind == .verb) && !next.hasNewline
    }
  }

  private var startsWithOperator: Bool {
    switch current.kind {
    case .minus:
      let next = lexer.byte(Int(current.end))
      return next == 0x20 || next == 0x09 || next == 0x0A || next == 0x0D
    case .dot, .plusAssign, .minusAssign, .starAssign, .slashAssign: return true
    default: return current.kind.infix != nil
    }
  }

  @inline(never)
  private mutating func leadingOperator() -> Failure {
    let isContinuation = current.hasNewline && previous.end > 0
    let above = isContinuation ? Span(source, previous.end, previous.end) : nil
    return fail(.leadingOperator(span(current), text(current), lineAbove: above))
  }

  /// `for = "for" patterns "in" expression block`
  @inline(never)
  mutating func parseFor() throws(Failure) -> NodeID {
    let start = current.start
    advance()
    wantsBlock = true
    let patterns = try parsePatterns()
    try expect(.in, "`in`")
    let sequence = try parseHeader()
    wantsBlock = false
    let body = try parseBlock(.loop)
    return add(.forLoop(patterns, in: sequence, body: body), from: start)
  }

  /// An expression before a block.
  mutating func parseHeader() throws(Failure) -> NodeID {
    let saved = context
    context.isHeader = true
    let expression = try parseExpression()
    context = saved
    return expression
  }

  /// `while = "while" condition block`
  @inline(never)
  mutating func parseWhile() throws(Failure) -> NodeID {
    let start = current.start
    advance()
    let condition = try parseCondition()
    let body = try parseBlock(.loop)
    return add(.whileLoop(condition, body: body), from: start)
  }

  /// `jump = "break" | "continue"`
  @inline(never)
  mutating func parseJump() -> NodeID {
    let isBreak = current.kind == .break
    if !context.isInLoop, !hasLostBlock { report(.breakOutside(span(current), text(current))) }
    advance()
    return add(isBreak ? .breakLoop : .continueLoop, from: previous.start)
  }

  /// `return = "return" [ verb | expression { "," expression } ]`
  @inline(never)
  mutating func parseReturn() throws(Failure) -> NodeID {
    let start = current.start
    if !context.isInFunction, !hasLostBlock { report(.returnOutside(span(current))) }
    advance()
    if isAtEnd { return add(.returnValue(nil), from: start) }
    if current.kind == .verb, !isCall {
      let verb = try parseVerb()
      return add(.returnValue(verb), from: start)
    }
    let from = current.start
    var values = [try parseExpression()]
    while current.kind == .comma, !isOnNewLine {
      advance()
      values.append(try parseExpression())
    }
    let value = values.count == 1 ? values[0] : add(.tuple(values), from: from)
    return add(.returnValue(value), from: start)
  }

  /// `import = "import" STRING`
  @inline(never)
  mutating func parseImport() throws(Failure) -> NodeID {
    let start = current.start
    advance()
    guard current.kind == .quote || current.kind == .quoted else { throw importOfName() }
    let path = try parsePrimary()
    return add(.importFile(path), from: start)
  }

  /// `function = "fn" NAME parameters body`
  @inline(never)
  mutating func parseFunction() throws(Failure) -> NodeID {
    let start = current.start
    advance()
    let name = try parseName("the function's name")
    let parameters = try parseParameters()
    let body = try parseBody()
    return add(.function(name, parameters, body: body), from: start)
  }
}
