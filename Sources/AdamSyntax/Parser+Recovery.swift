// Going on after a mistake: one mistake gives one message, and the next statement is parsed again.
import AdamSource

extension Parser {
  /// What must be as before when a statement or bracket is given up.
  struct Checkpoint {
    var depth: Int
    var openers: Int
    var pending: Int
    var interpolations: Int
    var context: Context
  }

  var checkpoint: Checkpoint {
    Checkpoint(
      depth: depth, openers: openers.count, pending: pending.count,
      interpolations: lexer.interpolations, context: context)
  }

  mutating func restore(_ saved: Checkpoint) {
    depth = saved.depth
    openers.removeLast(max(0, openers.count - saved.openers))
    pending.removeLast(max(0, pending.count - saved.pending))
    lexer.interpolations = saved.interpolations
    context = saved.context
    foundOpenRange = false
  }

  // MARK: Depth and brackets

  /// Counts one level of nesting; beyond the limit the text is given up.
  mutating func descend(at token: Token) throws(Failure) {
    depth += 1
    guard depth > SyntaxLimit.nesting else { return }
    isSilent = false
    report(.tooDeep(span(token)))
    stop()
    throw Failure(endsStatement: true)
  }

  /// Steps into the bracket that is the current token; the result goes to `close`.
  @inline(never)
  mutating func open() throws(Failure) -> Context {
    try descend(at: current)
    openers.append(current)
    let saved = context
    context.newlineEnds = false
    context.splitsMinus = current.kind == .leftBracket
    context.pipeVerb = nil
    context.allowsOpenRange = false
    context.isInterpolation = false
    context.isHeader = false
    advance()
    return saved
  }

  /// Steps out of the innermost bracket over its closer, which must be the current token.
  @inline(never)
  mutating func close(_ saved: Context) {
    leave(saved)
    advance()
  }

  /// Steps out of the innermost bracket, whose closer is missing.
  mutating func leave(_ saved: Context) {
    depth -= 1
    openers.removeLast()
    context = saved
  }

  // MARK: Messages that depend on where the mistake is

  /// The current token cannot stand here.
  @inline(never)
  mutating func unexpected(_ expected: String) -> Failure {
    switch current.kind {
    case .lineEnd: return brokenInterpolation()
    case .endOfText: return endOfText(expected)
    case .leftBrace: return unexpectedBrace(expected)
    case .rightParen, .rightBracket, .rightBrace:
      if let opener = openers.last, opener.kind.closer != current.kind { return mismatch(opener) }
      if openers.isEmpty { return fail(.unmatchedCloser(span(current), text(current))) }
    case .name:
      if let word = Phrasebook.word(text(current)) {
        return fail(.foreignWord(span(current), word))
      }
    default: break
    }
    return fail(.unexpected(span(current), describe(current), expected: expected))
  }

  /// `import torch`: a name where a file stands.
  mutating func importOfName() -> Failure {
    let expected = "the name of a file in quotes"
    guard current.kind == .name, let word = Phrasebook.name(text(current)) else { return unexpected(expected) }
    return fail(
      .unexpected(span(current), describe(current), expected: expected)
        .with(Help("nothing has to be imported: \(word.help)")))
  }

  private mutating func unexpectedBrace(_ expected: String) -> Failure {
    if let opener = openers.last, opener.kind != .leftBrace { return mismatch(opener) }
    return fail(.unexpected(span(current), describe(current), expected: expected))
  }

  /// An opener meets a token that ends it: a foreign closer, a `;`, a block.
  private mutating func mismatch(_ opener: Token) -> Failure {
    let closer = opener.kind == .leftParen ? ")" : opener.kind == .leftBracket ? "]" : "}"
    report(
      .notClosed(span(opener), closer, found: span(current), describe(current)))
    // A `}` that closes no block stood for the closer.
    if current.kind == .rightBrace, !openers.contains(where: { $0.kind == .leftBrace }) { lostBraces += 1 }
    return Failure(endsStatement: current.kind == .leftBrace || current.kind == .rightBrace)
  }

  /// The text ended in the middle of something: more lines could complete it.
  private mutating func endOfText(_ expected: String) -> Failure {
    if lexer.interpolations > 0 { return brokenInterpolation() }
    let isFirst = diagnostics.isEmpty && lexer.diagnostics.isEmpty
    if let opener = openers.last {
      report(unclosed(opener))
    } else {
      // Where it breaks off, not on the empty line behind.
      report(.unexpected(Span(source, previous.end, previous.end), describe(current), expected: expected))
    }
    isIncomplete = isFirst && !isSilent
    isStopped = true
    return Failure(endsStatement: true)
  }

  /// The message for a bracket that nothing closes, with the edit where it is certain.
  private func unclosed(_ opener: Token) -> Diagnostic {
    if let inner = unclosedBrace(opener) { return inner }
    let found = Diagnostic.unclosed(span(opener), text(opener))
    guard let closer = closerText(opener), !previous.kind.continuesLine else { return found }
    let end = Span(source, previous.end, previous.end)
    return found.with(
      Help(
        opener.kind == .leftBrace ? "add `}` on a line of its own" : "add `\(closer)`", edits: [Edit(end, closer)],
        isSafe: opener.kind != .leftBrace && openers.count == 1))
  }

  private func closerText(_ opener: Token) -> String? {
    switch opener.kind {
    case .leftParen: ")"
    case .leftBracket: "]"
    case .leftBrace: opener.start >= 0 ? "\n}" : nil
    default: nil
    }
  }

  /// The line ended inside an interpolation.
  private mutating func brokenInterpolation() -> Failure {
    let brace = openers.last { $0.kind == .leftBrace && $0.payload == Parser.interpolationMark }
    report(.unclosedInterpolation(span(brace ?? current)))
    if current.kind == .lineEnd { lexer.skipBrokenString() }
    return Failure(endsStatement: true)
  }

  /// Marks the openers that are interpolations and not blocks.
  static let interpolationMark: UInt64 = 1

  /// Inside a bracket neither `,` nor the closer came.
  @inline(never)
  mutating func missingCloser() -> Failure {
    guard let opener = openers.last else { return unexpected("`,`") }
    if startsNewStatement, let closer = closerText(opener) {
      let end = Span(source, previous.end, previous.end)
      var found = Diagnostic.unclosed(span(opener), text(opener))
      if current.kind != .endOfText { found = found.pointing(to: span(current), "a new statement starts here") }
      report(
        found.with(
          Help("add `\(closer)` at the end of the line", edits: [Edit(end, closer)], isSafe: true)))
      return Failure(endsStatement: true)
    }
    if current.kind == .semicolon || current.kind == .leftBrace { return mismatch(opener) }
    if current.kind == .assign { return fail(.assignInside(span(current))) }
    if current.kind == .colon { return fail(.colonInside(span(current))) }
    let closer = closerText(opener) ?? "}"
    return unexpected("`,` or `\(closer)`")
  }

  /// The column rule, used for recovery only: the line begins at or left of the statement, and the
  /// line above did not ask for more.
  private var startsNewStatement: Bool {
    current.hasNewline && !previous.kind.continuesLine && !current.kind.isCloser
      && column(current.start) <= column(statementStart)
  }

  // MARK: Skipping

  /// After a mistake inside a bracket: moves to the bracket's closer, or gives up the statement.
  @inline(never)
  mutating func recover(_ failure: Failure, _ saved: Checkpoint) throws(Failure) {
    guard !failure.endsStatement, !isStopped, let opener = openers.dropFirst(saved.openers - 1).first,
      let closer = opener.kind.closer, opener.payload != Parser.interpolationMark
    else { throw failure }
    restore(saved)
    isSkipping = true
    defer { isSkipping = false }
    skipRestOfString()
    var nesting = 0
    while true {
      if current.kind.isCloser {
        if nesting == 0, current.kind == closer { return }
        if nesting == 0, current.kind == .rightBrace { throw Failure(endsStatement: true) }
        nesting = max(0, nesting - 1)
      } else if current.kind.closer != nil {
        nesting += 1
      }
      let isLost = current.hasNewline && !current.kind.isCloser
        && column(current.start) <= column(statementStart)
      if isLost || current.kind == .endOfText || current.kind == .lineEnd {
        throw Failure(endsStatement: true)
      }
      skipToken()
    }
  }

  /// A quote without a partner on the rest of the line ends a string whose beginning was lost: what
  /// stands before it is text and not code.
  @discardableResult
  private mutating func skipRestOfString() -> Bool {
    let bytes = lexer.bytes
    var quotes: [Int] = []
    var index = Int(current.start)
    // A line of any length costs no more than this.
    let limit = min(bytes.count, index + 2000)
    while index < limit, bytes[index] != 0x0A, bytes[index] != 0x0D {
      if bytes[index] == UInt8(ascii: "\"") { quotes.append(index) }
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    // In an interpolation one quote is the string's own end; a mistake in it gives up all of the string.
    guard quotes.count % 2 != lexer.interpolations % 2, let end = quotes.first else { return false }
    go(to: end + 1)
    return true
  }

  /// Passes one token; a string as a whole.
  private mutating func skipToken() {
    if current.kind == .quote { lexer.skipString() }
    advance()
  }

  /// Passes a bracketed group, or to the end of the text.
  mutating func skipGroup() {
    let wasSkipping = isSkipping
    isSkipping = true
    defer { isSkipping = wasSkipping }
    var nesting = 0
    repeat {
      if current.kind.closer != nil { nesting += 1 }
      if current.kind.isCloser { nesting -= 1 }
      if current.kind == .lineEnd { return }
      skipToken()
    } while nesting > 0 && current.kind != .endOfText
  }

  /// After a mistake in a statement: moves to the end of its line. A block on the way is parsed, so
  /// that its own mistakes are found and its `}` is not one.
  mutating func skipStatement(from start: Int32) {
    isSkipping = true
    defer { isSkipping = false }
    if !skipRestOfString(), current.start == start, current.kind != .rightBrace { skipToken() }
    while true {
      switch current.kind {
      case .endOfText, .lineEnd, .semicolon, .rightBrace:
        loseBlock()
        return
      case _ where isOnNewLine && !continuesAbove:
        loseBlock()
        return
      case .leftBrace: skipBlock()
      case .leftParen, .leftBracket: skipBracket()
      default: skipToken()
      }
    }
  }

  /// Whether the line goes on with the statement above although that was given up.
  private var continuesAbove: Bool {
    current.kind == .pipe || current.kind == .else || previous.kind.continuesLine
  }

  private mutating func loseBlock() {
    guard wantsBlock else { return }
    wantsBlock = false
    lostBraces += 1
    hasLostBlock = true
  }

  /// Passes `( )` or `[ ]`; stops at a line that starts a new statement.
  private mutating func skipBracket() {
    var nesting = 0
    repeat {
      if current.kind.closer != nil { nesting += 1 }
      if current.kind.isCloser { nesting -= 1 }
      skipToken()
      let isLost = current.hasNewline && !current.kind.isCloser
        && column(current.start) <= column(statementStart)
      if isLost || current.kind == .lineEnd || current.kind == .semicolon { return }
    } while nesting > 0 && current.kind != .endOfText
  }

  private mutating func skipBlock() {
    guard depth < SyntaxLimit.nesting, !previous.kind.continuesLine, previous.kind != .leftParen
    else { return skipGroup() }
    wantsBlock = false
    isSkipping = false
    let saved = checkpoint
    let wasLost = hasLostBlock
    hasLostBlock = true
    silentEnd = lineEnd(current.start)
    do throws(Failure) {
      _ = try parseBlock(.recovered)
    } catch {
      restore(saved)
    }
    hasLostBlock = wasLost
    isSkipping = true
  }
}

extension Diagnostic {
  static func assignInside(_ span: Span) -> Diagnostic {
    Diagnostic(.unexpected, "`=` follows the name of an argument only", at: span)
      .with(fix("compare with `==`", span, "==", isSafe: false))
  }

  static func colonInside(_ span: Span) -> Diagnostic {
    Diagnostic(.unexpected, "expected `,` or the closing bracket, found `:`", at: span)
      .with(fix("named parts are written `a=1`", span, "=", isSafe: false))
  }
}
