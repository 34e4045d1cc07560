// The parser's state: the current token, the tree that grows, what has been reported.
import AdamSource

/// A mistake that has been reported; thrown to the place that can go on.
struct Failure: Error {
  /// The bracket was not closed: only the statement can be given up, not just the bracket.
  var endsStatement = false
}

/// What the surroundings of an expression decide. Saved and restored as a whole.
struct Context {
  /// False inside `( )` and `[ ]`.
  var newlineEnds = true
  /// In lists and paren-less arguments `x -1` is ambiguous.
  var splitsMinus = false
  /// The verb in whose positional argument a `|>` would be ambiguous.
  var pipeVerb: Verb?
  /// An index item may end with its range operator.
  var allowsOpenRange = false
  /// Directly inside an interpolation, where `:` starts the format.
  var isInterpolation = false
  /// Start of the outermost string whose interpolation this is.
  var stringStart: Int32?
  /// Before a block that the construct needs, where `{` is that block.
  var isHeader = false
  var isInLoop = false
  var isInFunction = false
  var isInLayer = false
}

/// Recursive descent over one token. Recursion happens only where depth is counted; operators are
/// kept on an array of their own, so that neither chains nor precedence cost stack.
struct Parser {
  var lexer: Lexer
  var tree: SyntaxTree
  var current: Token
  var peeked: Token?
  var previous: Token
  var diagnostics: [Diagnostic] = []
  var context = Context()
  var depth = 0
  /// Open brackets and blocks, innermost last.
  var openers: [Token] = []
  /// Operators that wait for their right side.
  var pending: [PendingOperator] = []
  /// An index item ended with its range operator.
  var foundOpenRange = false
  var statementStart: Int32 = 0
  var isIncomplete = false
  /// A guess was made in this statement; further messages about it would be noise.
  var isSilent = false
  /// Nothing more is reported or read.
  var isStopped = false
  var isSkipping = false
  /// Blocks whose `{` was missing: so many `}` too many are to be expected.
  var lostBraces = 0
  var wantsBlock = false
  var hasLostBlock = false
  var oddBraces = OddBraces()
  /// A line that was given up says nothing more up to here.
  var silentEnd: Int32 = 0

  init(_ text: SourceText, id: SourceID) {
    lexer = Lexer(text, id: id)
    tree = SyntaxTree(source: id)
    tree.reserve(forBytes: text.bytes.count)
    current = Token(kind: .endOfText, start: 0, end: 0)
    previous = current
    advance()
  }

  var source: SourceID { tree.source }

  // MARK: Tokens

  @inline(never)
  mutating func advance() {
    previous = current
    if let token = peeked {
      current = token
      peeked = nil
    } else {
      current = lexer.next()
    }
    if current.kind == .foreign { readForeign() }
    if lexer.isUnsure { isSilent = true }
  }

  /// Reads on at an offset, as behind a string.
  mutating func go(to offset: Int) {
    peeked = nil
    lexer.position = offset
    lexer.last = .quote
    advance()
  }

  /// The token after the current one; asked for only when the current one is a word.
  mutating func peek() -> Token {
    if let token = peeked { return token }
    let token = lexer.next()
    peeked = token
    return token
  }

  /// Replaces a foreign spelling by what it means, with a message.
  private mutating func readForeign() {
    while current.kind == .foreign, let index = Int(exactly: current.payload) {
      let entry = Phrasebook.tokens[index]
      if context.isInterpolation, entry.spelling.hasPrefix(":") {
        current.kind = .colon
        current.end = current.start + 1
        lexer.position = Int(current.end)
        return
      }
      reportForeign(entry)
      if let meaning = entry.meaning, !(entry.spelling == "//" && startsLine) {
        current.kind = meaning
        return
      }
      let (newline, space) = (current.hasNewline, current.hasSpace)
      skipForeign(entry)
      current = lexer.next()
      current.hasNewline = current.hasNewline || newline
      current.hasSpace = current.hasSpace || space
    }
  }

  /// Whether the current token is the first of its line.
  private var startsLine: Bool { current.hasNewline || previous.end == 0 && previous.start == 0 }

  private mutating func reportForeign(_ entry: ForeignToken) {
    guard !isStopped, !isSkipping else { return }
    if entry.spelling == "//", startsLine {
      diagnostics.append(.slashComment(span(current)))
      return
    }
    diagnostics.append(.foreignToken(span(current), entry, padded: padded(entry.replacement)))
    isSilent = true
  }

  /// Words in place of operators need spaces around them.
  private func padded(_ replacement: String?) -> String? {
    guard let replacement, replacement.utf8.allSatisfy(Lexer.continuesName) else {
      return replacement
    }
    let follows = lexer.byte(Int(current.end))
    let needsSpace = Lexer.continuesName(follows) || follows == UInt8(ascii: "(")
    return (current.hasSpace ? "" : " ") + replacement + (needsSpace ? " " : "")
  }

  private mutating func skipForeign(_ entry: ForeignToken) {
    if entry.spelling == "//" { lexer.skipLine() }
    guard entry.spelling == "/*" else { return }
    while lexer.position < lexer.bytes.count {
      lexer.position += 1
      if lexer.byte(lexer.position - 1) == UInt8(ascii: "*"),
        lexer.byte(lexer.position) == UInt8(ascii: "/")
      {
        lexer.position += 1
        return
      }
    }
  }

  // MARK: Places and texts

  func span(_ token: Token) -> Span { Span(source, token.start, token.end) }

  /// From a token to the end of the last one that was read.
  func span(from start: Int32) -> Span { Span(source, start, max(previous.end, start)) }

  func text(_ token: Token) -> String { lexer.text(Int(token.start), Int(token.end)) }

  func name(_ token: Token) -> Name { Name(text(token), span(token)) }

  /// A token as messages show it.
  func describe(_ token: Token) -> String {
    switch token.kind {
    case .endOfText: return "the end of the script"
    case .lineEnd: return "the end of the line"
    case .quote, .quoted: return "a string"
    default:
      let text = text(token)
      return text.utf8.count > 40 ? "a long word" : "`\(text)`"
    }
  }

  /// Whether a `(` follows the current token without a space: `print(1)`.
  var isCall: Bool { lexer.byte(Int(current.end)) == UInt8(ascii: "(") }

  /// Whether the current token stands on a new line that ends the statement.
  var isOnNewLine: Bool { current.hasNewline && context.newlineEnds }

  /// Whether the statement ends before the current token.
  var isAtEnd: Bool {
    switch current.kind {
    case .endOfText, .semicolon, .rightBrace, .lineEnd: true
    default: isOnNewLine
    }
  }

  @inline(never)
  mutating func add(_ node: Node, from start: Int32) -> NodeID {
    tree.add(node, span(from: start))
  }

  // MARK: Reporting

  /// As `fail`, for messages about the current token alone. Takes the message's maker, because a
  /// message is large and the frames of recursive functions must be small.
  @inline(never)
  mutating func fail(here diagnostic: (Span) -> Diagnostic) -> Failure {
    fail(diagnostic(span(current)))
  }

  /// Records a message unless it would be noise, and gives the failure to throw.
  @inline(never)
  mutating func fail(_ diagnostic: Diagnostic) -> Failure {
    report(diagnostic)
    return Failure()
  }

  @inline(never)
  mutating func report(_ diagnostic: Diagnostic) {
    guard !isStopped, !isSilent, (diagnostic.span?.start ?? silentEnd) >= silentEnd else { return }
    diagnostics.append(diagnostic)
    if diagnostics.count >= SyntaxLimit.diagnostics { stop() }
  }

  /// Gives up the whole text: what follows is the end.
  mutating func stop() {
    isStopped = true
    peeked = nil
    lexer.position = lexer.bytes.count
    current = Token(
      kind: .endOfText, start: Int32(clamping: lexer.bytes.count),
      end: Int32(clamping: lexer.bytes.count))
  }
}

extension SyntaxTree {
  /// Room for the nodes of a text, because growing a large array copies it. Capped: memory that a
  /// text does not need is only reserved, not touched.
  mutating func reserve(forBytes count: Int) {
    let nodes = min(count / 2 + 8, 1 << 22)
    self.nodes.reserveCapacity(nodes)
    spans.reserveCapacity(nodes)
  }
}
