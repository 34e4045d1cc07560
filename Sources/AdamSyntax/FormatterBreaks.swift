// Which tokens start a line of a formatted text.

/// Lines break where the source breaks them, except that a block is either on one line or has its
/// braces at line ends, and that `{` and `else` join the line before.
struct FormatBreaks {
  /// Open brackets: where, and whether the block holds a line break of its own.
  private var open: [(index: Int, isWide: Bool)] = []

  static func assign(_ input: inout FormatInput) {
    var breaks = FormatBreaks()
    for index in input.tokens.indices { breaks.read(index, &input) }
  }

  private mutating func read(_ index: Int, _ input: inout FormatInput) {
    let token = input.tokens[index]
    let before = index > 0 ? input.tokens[index - 1].kind : .endOfText
    let isNewLine = token.newlines > 0 || !token.comments.isEmpty
    input.tokens[index].breaks = isNewLine && !joins(token, before)
    if before == .leftBrace || token.kind == .rightBrace || token.startsStatement, isNewLine { widen() }
    if token.kind.isCloser, let opener = open.popLast(), token.kind == .rightBrace {
      input.tokens[opener.index + 1].breaks = opener.isWide
      input.tokens[index].breaks = opener.isWide
    }
    if token.kind.closer != nil { open.append((index, false)) }
  }

  private mutating func widen() {
    if !open.isEmpty { open[open.count - 1].isWide = true }
  }

  private func joins(_ token: FormatToken, _ before: TokenKind) -> Bool {
    guard token.comments.isEmpty else { return false }
    return token.kind == .leftBrace || token.kind == .else && before == .rightBrace
  }
}
