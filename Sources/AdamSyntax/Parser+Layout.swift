// Which brace was forgotten or is too many: the columns tell. They decide where a message stands and
// never what a text means.
import AdamSource

/// Braces that end a block at another column than it began.
struct OddBraces {
  /// Closed by a brace left of its line: its own was probably forgotten.
  var opener: (brace: Token, closedBy: Token)?
  /// Closes a block from within one of its lines: probably one too many.
  var closer: (brace: Token, opened: Token)?
}

extension Parser {
  /// Notes a block that ends where it does not seem to. The first one counts.
  mutating func noteLayout(from opener: Token, to closer: Token) {
    guard !isOnOneLine(opener, closer) else { return }
    let begin = indentation(of: opener.start)
    let end = column(closer.start)
    if closer.hasNewline && end < begin, oddBraces.opener == nil { oddBraces.opener = (opener, closer) }
    if !closer.hasNewline || end > begin, oddBraces.closer == nil { oddBraces.closer = (closer, opener) }
  }

  /// A brace that nothing closes, or an inner one whose brace seems to have closed it.
  func unclosedBrace(_ opener: Token) -> Diagnostic? {
    guard opener.kind == .leftBrace, let odd = oddBraces.opener, odd.brace.start > opener.start else { return nil }
    return .unclosed(span(odd.brace), "{").pointing(
      to: span(odd.closedBy), "closed by this one, which seems to belong to a line further up")
  }

  /// A `}` that closes nothing, or an earlier one that closed a block too soon.
  func strayBrace(_ closer: Token) -> Diagnostic {
    guard let odd = oddBraces.closer, odd.brace.start < closer.start else { return .unmatchedCloser(span(closer), "}") }
    return .unmatchedCloser(span(odd.brace), "}").pointing(to: span(odd.opened), "closes the block opened here")
  }

  private func isOnOneLine(_ a: Token, _ b: Token) -> Bool {
    !lexer.bytes[Int(a.start)..<Int(b.start)].contains { $0 == 0x0A || $0 == 0x0D }
  }

  /// Bytes between the start of the line and its first word.
  private func indentation(of offset: Int32) -> Int {
    let start = Int(offset) - column(offset)
    return lexer.bytes[start...].prefix { $0 == 0x20 || $0 == 0x09 }.count
  }

  /// Where the line of an offset ends.
  func lineEnd(_ offset: Int32) -> Int32 {
    let rest = lexer.bytes[Int(offset)...]
    return Int32(clamping: rest.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? lexer.bytes.count)
  }

  /// Bytes between the start of the line and an offset.
  func column(_ offset: Int32) -> Int {
    var start = Int(offset)
    while start > 0, lexer.bytes[start - 1] != 0x0A, lexer.bytes[start - 1] != 0x0D { start -= 1 }
    return Int(offset) - start
  }
}
