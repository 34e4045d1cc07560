// Where the lines of a formatted text begin and how far they are indented.

/// A line of the result before the spaces inside it are evened out.
struct FormatLine {
  var indent: Int
  var text: [UInt8] = []
  var comment: Range<Int>?
  /// Column of the comment in the source.
  var commentColumn = 0
  /// Blank lines above.
  var blanks = 0
  /// A comment here must stand directly behind the text.
  var clings = false
}

/// Puts tokens on lines.
struct FormatLayout {
  /// An open bracket, or the text itself.
  struct Frame {
    var isBlock: Bool
    /// Of the lines in it, and of its closing bracket when that starts a line.
    var indent: Int
    var closing: Int
    /// Column of the expression that a `|>` at a line's start goes on with.
    var expression = 0
    var awaitsExpression = true
    /// Column of the first argument of a verb without parentheses.
    var argument: Int?
    var awaitsArgument = false
    /// The statement ends with a block of its own: `if`, `for`, `fn f(x)`, …
    var hasHeader = false
  }

  static let step = 2
  /// Further lines of a statement: more than a block, so that both can be told apart.
  static let continuation = 4

  let input: FormatInput
  /// Spaces before a token beyond those of its role.
  let padding: [Int: Int]
  private(set) var lines: [FormatLine] = []
  private var frames = [Frame(isBlock: true, indent: 0, closing: 0)]
  /// Column behind the last token.
  private var column = 0

  static func lines(_ input: FormatInput, padding: [Int: Int]) -> [FormatLine] {
    var layout = FormatLayout(input: input, padding: padding)
    for index in input.tokens.indices { layout.place(index) }
    return layout.lines
  }

  private init(input: FormatInput, padding: [Int: Int]) {
    self.input = input
    self.padding = padding
  }

  private var frame: Frame {
    get { frames[frames.count - 1] }
    set { frames[frames.count - 1] = newValue }
  }

  private mutating func place(_ index: Int) {
    let token = input.tokens[index]
    placeComments(before: index)
    if token.kind == .endOfText { return }
    if token.startsStatement { startStatement(index) }
    let indent = indentation(index)
    if token.kind.isCloser, frames.count > 1 { frames.removeLast() }
    if token.breaks || lines.isEmpty {
      startLine(indent, tokenBlanks(index))
    } else {
      let spaces = token.spaces + (padding[index] ?? 0)
      lines[lines.count - 1].text += Array(repeating: 0x20, count: spaces)
      column += spaces
    }
    note(index)
    lines[lines.count - 1].text += input.bytes[token.text]
    lines[lines.count - 1].clings = token.isPrefix
    column += input.width(token.text)
    follow(index)
  }

  private mutating func startLine(_ indent: Int, _ blanks: Int) {
    lines.append(FormatLine(indent: indent, blanks: lines.isEmpty ? 0 : blanks))
    column = indent
  }

  // MARK: Comments and blank lines

  private mutating func placeComments(before index: Int) {
    let token = input.tokens[index]
    var isFirst = followsOpener(index)
    for comment in input.comments[token.comments] {
      if comment.isAlone || lines.isEmpty {
        startLine(commentIndentation(index), isFirst ? 0 : blanks(comment.newlines, before: index))
        isFirst = false
      }
      lines[lines.count - 1].comment = comment.start..<comment.end
      lines[lines.count - 1].commentColumn = input.column(comment.start)
    }
  }

  private func followsOpener(_ index: Int) -> Bool {
    index > 0 && input.tokens[index - 1].kind.closer != nil
  }

  /// Comments above a closing bracket belong to what is inside.
  private func commentIndentation(_ index: Int) -> Int {
    let token = input.tokens[index]
    if token.kind == .endOfText { return 0 }
    return token.kind.isCloser || token.startsStatement ? frame.indent : indentation(index)
  }

  /// Blank lines that stay: two between statements of the text, else one.
  private func blanks(_ newlines: Int, before index: Int) -> Int {
    let token = input.tokens[index]
    let isTop = frames.count == 1 && (token.startsStatement || token.kind == .endOfText)
    return min(max(0, newlines - 1), isTop ? 2 : 1)
  }

  /// None next to brackets.
  private func tokenBlanks(_ index: Int) -> Int {
    let token = input.tokens[index]
    let isFirst = followsOpener(index) && !input.comments[token.comments].contains { $0.isAlone }
    return isFirst || token.kind.isCloser ? 0 : blanks(token.newlines, before: index)
  }

  // MARK: Indentation

  /// Of a line that starts with the token.
  private func indentation(_ index: Int) -> Int {
    let token = input.tokens[index]
    if token.kind.isCloser { return frame.closing }
    if token.kind == .pipe, !token.startsStatement { return pipeColumn }
    guard frame.isBlock, !token.startsStatement else { return frame.indent }
    switch token.kind {
    case .leftBrace, .else, .semicolon: return frame.indent
    default: return frame.argument ?? frame.indent + FormatLayout.continuation
    }
  }

  /// Below the expression that the `|>` goes on with, but never where a statement would start.
  private var pipeColumn: Int {
    frame.isBlock && frame.expression <= frame.indent
      ? frame.indent + FormatLayout.step : frame.expression
  }

  private mutating func startStatement(_ index: Int) {
    frame.argument = nil
    frame.awaitsArgument = false
    frame.awaitsExpression = true
    frame.hasHeader = startsHeader(index)
  }

  private func startsHeader(_ index: Int) -> Bool {
    let token = input.tokens[index]
    switch token.kind {
    case .if, .for, .while: return true
    case .fn: return index + 1 < input.tokens.count && input.tokens[index + 1].kind.isWord
    case .verb: return token.isVerb
    case .name: return token.contextual == .layer
    default: return false
    }
  }

  /// The columns that later lines may ask for.
  private mutating func note(_ index: Int) {
    if frame.awaitsArgument {
      frame.argument = column
      frame.awaitsArgument = false
    }
    if frame.awaitsExpression {
      frame.expression = column
      frame.awaitsExpression = false
    }
  }

  /// What the token changes for those behind it.
  private mutating func follow(_ index: Int) {
    let token = input.tokens[index]
    switch token.kind {
    case .leftBrace: openBlock()
    case .leftParen, .leftBracket: openBracket(index)
    case .verb where !token.endsOperand && frame.isBlock:
      frame.awaitsArgument = true
      frame.awaitsExpression = true
    case .comma, .assign, .plusAssign, .minusAssign, .starAssign, .slashAssign, .in, .if, .while, .return:
      frame.awaitsExpression = !token.isField
    case .name where !token.endsOperand: frame.awaitsExpression = true
    case .rightParen where token.endsParameters: frame.awaitsExpression = true
    default: break
    }
  }

  private mutating func openBlock() {
    let line = lines.last?.indent ?? 0
    let base = frame.isBlock && frame.hasHeader ? frame.indent : line
    frames.append(Frame(isBlock: true, indent: base + FormatLayout.step, closing: base))
  }

  /// What follows on the same line sets the column for the lines inside.
  private mutating func openBracket(_ index: Int) {
    let line = lines.last?.indent ?? 0
    let hangs = index + 1 < input.tokens.count && input.tokens[index + 1].breaks
    frames.append(
      Frame(isBlock: false, indent: hangs ? line + FormatLayout.step : column, closing: line))
  }
}
