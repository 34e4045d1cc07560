// Strings: text from the lexer, interpolations from the expression parser, on one line.
import AdamSource

extension Parser {
  /// `string = '"' { TEXT | interpolation } '"'`; the current token is the opening quote.
  mutating func parseString() throws(Failure) -> NodeID {
    let opening = current
    var parts: [StringPart] = []
    var text: [UInt8] = []
    while true {
      let end = lexer.scanText(into: &text)
      if !text.isEmpty {
        parts.append(.text(String(decoding: text, as: UTF8.self)))
        text.removeAll(keepingCapacity: true)
      }
      switch end {
      case .interpolation: parts.append(try parseInterpolation(in: opening))
      case .quote:
        finishString(opening)
        return add(.string(parts), from: opening.start)
      case .unclosed:
        let start = context.stringStart ?? opening.start
        let end = Int32(clamping: lexer.position)
        report(
          .unclosedString(
            Span(source, start, start + 1), lineEnd: Span(source, end, end)))
        finishString(opening)
        throw Failure()
      }
    }
  }

  /// Moves to the token behind the string.
  private mutating func finishString(_ opening: Token) {
    current = opening
    current.end = Int32(clamping: lexer.position)
    if lexer.position - Int(opening.start) > SyntaxLimit.stringBytes + 2 {
      report(.stringTooLong(span(opening)))
    }
    advance()
  }

  /// `interpolation = "{" expression [ ":" FORMAT ] "}"`; the lexer stands behind the `{`.
  mutating func parseInterpolation(in string: Token) throws(Failure) -> StringPart {
    let brace = Token(
      kind: .leftBrace, start: Int32(clamping: lexer.position - 1),
      end: Int32(clamping: lexer.position), payload: Parser.interpolationMark)
    current = brace
    lexer.interpolations += 1
    let outer = try open()
    context.isInterpolation = true
    context.stringStart = outer.stringStart ?? string.start
    let saved = checkpoint
    var value: NodeID?
    var format: FormatSpec?
    let reported = diagnostics.count
    do throws(Failure) {
      value = try parseExpression()
      // Where the text of the string goes on is not certain any more.
      if diagnostics.count > reported { silentEnd = max(silentEnd, lineEnd(brace.start)) }
      if current.kind == .colon { format = try parseFormat(brace, in: string) }
      if current.kind == .quote { endStringEarly(string, brace) }
      guard current.kind == .rightBrace else { throw unexpected("`}`") }
    } catch {
      silentEnd = max(silentEnd, lineEnd(brace.start))
      try recover(error, saved)
    }
    // Not `close`: what follows the brace is text.
    depth -= 1
    openers.removeLast()
    context = outer
    lexer.interpolations -= 1
    return .value(value ?? add(.invalid, from: brace.start), format)
  }

  /// `"{x"`: the quote that was to end the string stands where the `}` is missing. Both are taken as
  /// if they were there.
  private mutating func endStringEarly(_ string: Token, _ brace: Token) {
    report(.bracelessString(span(current), opening: span(string), brace: span(brace)))
    lexer.position = Int(current.start)
    current.kind = .rightBrace
  }

  /// `FORMAT`: text up to the `}`, which becomes the current token.
  private mutating func parseFormat(_ brace: Token, in string: Token) throws(Failure) -> FormatSpec? {
    let start = lexer.position
    var end = start
    while end < lexer.bytes.count, !Parser.endsFormat(lexer.bytes[end]) { end += 1 }
    if lexer.byte(end) == UInt8(ascii: "\"") {
      current = Token(kind: .quote, start: Int32(clamping: end), end: Int32(clamping: end + 1))
      endStringEarly(string, brace)
      return FormatSpec(parsing: lexer.text(start, end))
    }
    guard lexer.byte(end) == UInt8(ascii: "}") else {
      report(.unclosedInterpolation(span(brace)))
      lexer.skipLine()
      advance()
      throw Failure(endsStatement: true)
    }
    lexer.position = end + 1
    lexer.last = .rightBrace
    previous = current
    current = Token(kind: .rightBrace, start: Int32(clamping: end), end: Int32(clamping: end + 1))
    let text = lexer.text(start, end)
    if let format = FormatSpec(parsing: text) { return format }
    report(.formatSpec(lexer.span(start, end), text))
    return nil
  }

  private static func endsFormat(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "}") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
  }
}
