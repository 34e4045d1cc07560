// Bytes to tokens. Lines and spaces become two bits of the next token; there is no newline token.
import AdamSource

/// Reads one token at a time, so that a script of millions of tokens needs no array of them.
/// String contents are read by `scanText` when the parser asks, which is what lets strings nest.
struct Lexer {
  let source: SourceID
  let bytes: [UInt8]
  var position = 0
  /// Open interpolations: while there are any, the end of the line is a token.
  var interpolations = 0
  /// The token before the position; decides whether digits are a field.
  var last: TokenKind = .endOfText
  var diagnostics: [Diagnostic] = []
  /// A repair was a guess: what follows in this statement is not worth a second message.
  var isUnsure = false
  private let words = WordTable.words

  init(_ text: SourceText, id: SourceID) {
    source = id
    bytes = text.bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The byte at an offset; 0, which no accepted text contains, beyond the end.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  func span(_ start: Int, _ end: Int) -> Span {
    Span(source, Int32(clamping: start), Int32(clamping: end))
  }

  func text(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<end], as: UTF8.self)
  }

  mutating func report(_ diagnostic: Diagnostic) {
    if diagnostics.count < SyntaxLimit.diagnostics { diagnostics.append(diagnostic) }
  }

  mutating func next() -> Token {
    var token = Token(kind: .endOfText, start: 0, end: 0)
    skipTrivia(&token)
    let start = position
    token.kind = scan(&token)
    token.start = Int32(clamping: start)
    token.end = Int32(clamping: position)
    last = token.kind
    return token
  }

  /// White space and comments; sets the token's two bits.
  private mutating func skipTrivia(_ token: inout Token) {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09:
        token.hasSpace = true
        position += 1
      case 0x0A, 0x0D:
        if interpolations > 0 { return }
        token.hasSpace = true
        token.hasNewline = true
        position += 1
      case UInt8(ascii: "#"): skipLine()
      case 0x80...:
        guard skipForeignSpace() else { return }
        token.hasSpace = true
      default: return
      }
    }
  }

  /// Moves to the end of the line, not over it.
  mutating func skipLine() {
    while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
  }

  private mutating func scan(_ token: inout Token) -> TokenKind {
    guard position < bytes.count else { return .endOfText }
    let first = bytes[position]
    if Lexer.startsName(first) { return scanWord(&token) }
    if Lexer.isDigit(first) {
      return last == .dot && !token.hasSpace ? scanField() : scanNumber(&token)
    }
    switch first {
    case 0x0A, 0x0D: return .lineEnd
    case UInt8(ascii: "\""): return scanQuote(&token)
    case UInt8(ascii: "'"): return scanApostrophe(&token)
    case UInt8(ascii: "."):
      if startsFraction(token) { return scanNumber(&token) }
      return scanPunctuation(&token)
    case 0x80...: return scanForeignCharacter(&token)
    default: return scanPunctuation(&token)
    }
  }

  /// `.5` where no operand stands directly before it.
  private func startsFraction(_ token: Token) -> Bool {
    Lexer.isDigit(byte(position + 1)) && (token.hasSpace || !last.endsOperand)
  }

  private mutating func scanWord(_ token: inout Token) -> TokenKind {
    let start = position
    var packed: UInt64 = 0
    while position < bytes.count, Lexer.continuesName(bytes[position]) {
      packed = packed << 8 | UInt64(bytes[position])
      position += 1
    }
    if byte(position) >= 0x80, foreignCharacter(at: position).meaning == nil {
      return scanForeignName(from: start)
    }
    let length = position - start
    if length > SyntaxLimit.nameBytes { report(.nameTooLong(span(start, position))) }
    guard length <= 8, let entry = words[packed] else { return .name }
    token.payload = entry.payload
    return entry.kind
  }

  /// Digits after a `.`: the position of a layer or of a tuple's element.
  private mutating func scanField() -> TokenKind {
    let start = position
    while Lexer.isDigit(byte(position)) { position += 1 }
    guard Lexer.continuesName(byte(position)) else { return .field }
    while Lexer.continuesName(byte(position)) { position += 1 }
    report(.malformedField(span(start, position), text(start, position)))
    return .field
  }

  private mutating func scanPunctuation(_ token: inout Token) -> TokenKind {
    if let index = Phrasebook.index(ofTokenAt: position, in: bytes) {
      token.payload = UInt64(index)
      position += Phrasebook.tokens[index].spelling.utf8.count
      return .foreign
    }
    let (kind, length) = Lexer.punctuation(byte(position), byte(position + 1), byte(position + 2))
    guard let kind else { return skipStrayByte(&token) }
    position += length
    return kind
  }

  /// A control character: reported once, then read on as if it were a space.
  private mutating func skipStrayByte(_ token: inout Token) -> TokenKind {
    report(
      .unexpectedCharacter(span(position, position + 1), Unicode.Scalar(byte(position)), nil))
    position += 1
    token.hasSpace = true
    skipTrivia(&token)
    return scan(&token)
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  @inline(__always)
  static func startsName(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte == 0x5F }

  @inline(__always)
  static func continuesName(_ byte: UInt8) -> Bool { startsName(byte) || isDigit(byte) }
}

extension Lexer {
  /// The punctuation that starts with these bytes and its length. A decision by the first byte
  /// instead of a walk through the table, because half of all tokens come here; a test holds both
  /// equal.
  static func punctuation(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> (TokenKind?, Int) {
    let assigns = b == UInt8(ascii: "=")
    switch a {
    case UInt8(ascii: "("): return (.leftParen, 1)
    case UInt8(ascii: ")"): return (.rightParen, 1)
    case UInt8(ascii: "["): return (.leftBracket, 1)
    case UInt8(ascii: "]"): return (.rightBracket, 1)
    case UInt8(ascii: "{"): return (.leftBrace, 1)
    case UInt8(ascii: "}"): return (.rightBrace, 1)
    case UInt8(ascii: ","): return (.comma, 1)
    case UInt8(ascii: ";"): return (.semicolon, 1)
    case UInt8(ascii: ":"): return (.colon, 1)
    case UInt8(ascii: "%"): return (.percent, 1)
    case UInt8(ascii: "@"): return (.at, 1)
    case UInt8(ascii: "^"): return (.caret, 1)
    case UInt8(ascii: "="): return assigns ? (.equal, 2) : (.assign, 1)
    case UInt8(ascii: "<"): return assigns ? (.lessEqual, 2) : (.less, 1)
    case UInt8(ascii: ">"): return assigns ? (.greaterEqual, 2) : (.greater, 1)
    case UInt8(ascii: "-"): return assigns ? (.minusAssign, 2) : (.minus, 1)
    case UInt8(ascii: "*"): return assigns ? (.starAssign, 2) : (.star, 1)
    case UInt8(ascii: "/"): return assigns ? (.slashAssign, 2) : (.slash, 1)
    case UInt8(ascii: "!"): return assigns ? (.notEqual, 2) : (nil, 0)
    case UInt8(ascii: "|"): return b == UInt8(ascii: ">") ? (.pipe, 2) : (nil, 0)
    case UInt8(ascii: "+"):
      if assigns { return (.plusAssign, 2) }
      return b == UInt8(ascii: "+") ? (.plusPlus, 2) : (.plus, 1)
    case UInt8(ascii: "."): return dots(b, c)
    default: return (nil, 0)
    }
  }

  private static func dots(_ b: UInt8, _ c: UInt8) -> (TokenKind?, Int) {
    guard b == UInt8(ascii: ".") else { return (.dot, 1) }
    if c == UInt8(ascii: ".") { return (.ellipsis, 3) }
    return c == UInt8(ascii: "<") ? (.halfOpen, 3) : (.dot, 1)
  }
}
