// What the formatter works on: the tokens of a text that parses, its comments, and where lines end.
import AdamSource

/// A `#` comment without the white space at its end.
struct FormatComment {
  var start: Int
  var end: Int
  /// Line ends between what stands before it and the comment.
  var newlines: Int
  /// Nothing but white space stands before it on its line.
  var isAlone: Bool
}

/// A token with what lies before it. A string is one token, interpolations included.
struct FormatToken {
  var kind: TokenKind
  var contextual: ContextualWord?
  var start: Int
  var end: Int
  /// Line ends between what stands before it (token or comment) and the token.
  var newlines = 0
  /// Comments between the token before and this one.
  var comments: Range<Int> = 0..<0
  var startsStatement = false
  /// A value may end here, so that `(`, `[` and `-` go on with it.
  var endsOperand = false
  /// `-` before its operand.
  var isPrefix = false
  /// The word after a `.`.
  var isField = false
  /// `=` between a name and the value of an argument, a field or a parameter.
  var isKeyword = false
  /// `=` of an assignment.
  var isAssignment = false
  /// The `)` after the parameters of a function.
  var endsParameters = false
  /// Its statement began with a verb without parentheses.
  var isVerb = false
  /// A line break stands before it in the result.
  var breaks = false
  /// Spaces before it in the result when it does not start a line.
  var spaces = 0

  var text: Range<Int> { start..<end }
}

/// The tokens of a text without syntax errors.
struct FormatInput {
  let bytes: [UInt8]
  var tokens: [FormatToken] = []
  var comments: [FormatComment] = []

  init(_ text: SourceText, _ tree: SyntaxTree) {
    bytes = text.bytes
    read(Lexer(text, id: tree.source), tree)
    markStatements(tree)
  }

  private mutating func read(_ lexer: Lexer, _ tree: SyntaxTree) {
    var lexer = lexer
    let strings = FormatInput.stringEnds(tree)
    let prefixes = FormatInput.prefixes(tree)
    var position = lexer.position
    while true {
      let token = lexer.next()
      let start = Int(token.start)
      var end = Int(token.end)
      if token.kind == .quote, let stringEnd = strings[token.start] {
        end = Int(stringEnd)
        lexer.position = end
      }
      var read = FormatToken(kind: token.kind, contextual: token.contextual, start: start, end: end)
      read.isPrefix = token.kind == .minus && prefixes.contains(token.start)
      scanGap(from: position, to: start, &read)
      tokens.append(read)
      position = end
      if token.kind == .endOfText { return }
    }
  }

  /// Where the strings end that start at an offset.
  private static func stringEnds(_ tree: SyntaxTree) -> [Int32: Int32] {
    var ends: [Int32: Int32] = [:]
    for (index, node) in tree.nodes.enumerated() {
      if case .string = node { ends[tree.spans[index].start] = tree.spans[index].end }
    }
    return ends
  }

  /// Offsets of the `-` that stand before their operand.
  private static func prefixes(_ tree: SyntaxTree) -> Set<Int32> {
    var starts: Set<Int32> = []
    for (index, node) in tree.nodes.enumerated() {
      if case .unary(.neg, _) = node { starts.insert(tree.spans[index].start) }
    }
    return starts
  }

  /// Comments and line ends between two tokens.
  private mutating func scanGap(from: Int, to: Int, _ token: inout FormatToken) {
    let first = comments.count
    var position = from
    var newlines = 0
    while position < to {
      if bytes[position] == UInt8(ascii: "#") {
        let end = lineEnd(position)
        comments.append(
          FormatComment(
            start: position, end: trimmed(position, end), newlines: newlines,
            isAlone: newlines > 0 || tokens.isEmpty))
        newlines = 0
        position = end
      } else {
        if endsLine(position) { newlines += 1 }
        position += 1
      }
    }
    token.newlines = newlines
    token.comments = first..<comments.count
  }

  private func lineEnd(_ start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
    return end
  }

  private func trimmed(_ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return end
  }

  /// LF, or CR without LF: the last byte of a line end.
  private func endsLine(_ at: Int) -> Bool {
    if bytes[at] == 0x0A { return true }
    return bytes[at] == 0x0D && !(at + 1 < bytes.count && bytes[at + 1] == 0x0A)
  }

  /// Marks the first token of every statement. A statement that is a value in parentheses has its
  /// node inside them, hence the steps back over `(`.
  private mutating func markStatements(_ tree: SyntaxTree) {
    var starts: Set<Int> = []
    func add(_ ids: [NodeID]) { for id in ids { starts.insert(Int(tree.span(id).start)) } }
    add(tree.statements)
    for node in tree.nodes {
      switch node {
      case .block(let statements): add(statements)
      case .layer(let parts): add(parts.items + [parts.forward])
      default: break
      }
    }
    for index in tokens.indices where starts.contains(tokens[index].start) {
      var first = index
      while first > 0, tokens[first - 1].kind == .leftParen { first -= 1 }
      tokens[first].startsStatement = true
    }
  }

  /// Characters of a stretch of one line.
  func width(_ range: Range<Int>) -> Int {
    bytes[range].count { $0 & 0xC0 != 0x80 }
  }

  /// Characters between the start of a line and an offset in it.
  func column(_ offset: Int) -> Int {
    var start = offset
    while start > 0, bytes[start - 1] != 0x0A, bytes[start - 1] != 0x0D { start -= 1 }
    return width(start..<offset)
  }
}
