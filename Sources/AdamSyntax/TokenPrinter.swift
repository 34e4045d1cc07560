// The tokens of a text, one a line, for `adam ir --stage tokens` and for tests.
import AdamSource

package enum TokenPrinter {
  /// `1:5 name "x"` and the bits `nl` and `sp` where set. Strings are shown in their parts: the
  /// parser asks for those one by one, so here a stack stands in for it.
  package static func tokens(_ text: SourceText, id: SourceID) -> String {
    if TextCheck.problem(in: text.bytes, id) != nil { return "" }
    var stream = TokenStream(text, id: id)
    return stream.print()
  }
}

private struct TokenStream {
  let source: SourceText
  var lexer: Lexer
  var output = ""
  /// Open brackets; true for those that are interpolations.
  private var open: [Bool] = []

  init(_ source: SourceText, id: SourceID) {
    self.source = source
    lexer = Lexer(source, id: id)
  }

  mutating func print() -> String {
    while true {
      let token = lexer.next()
      switch token.kind {
      case .endOfText: return output
      case .lineEnd:
        // The string was not closed on its line.
        open.removeAll()
        lexer.interpolations = 0
      case .colon where open.last == true: printFormat(token)
      default:
        line(token.start, describe(token), token)
        follow(token)
      }
    }
  }

  /// Keeps track of brackets and reads the text behind a quote or an interpolation.
  private mutating func follow(_ token: Token) {
    switch token.kind {
    case .quote: printText()
    case .leftParen, .leftBracket, .leftBrace: open.append(false)
    case .rightParen, .rightBracket: _ = open.popLast()
    case .rightBrace:
      guard open.popLast() == true else { return }
      lexer.interpolations = max(0, lexer.interpolations - 1)
      printText()
    default: break
    }
  }

  private mutating func printText() {
    let start = Int32(clamping: lexer.position)
    var bytes: [UInt8] = []
    let end = lexer.scanText(into: &bytes)
    if !bytes.isEmpty { line(start, "text " + quoted(String(decoding: bytes, as: UTF8.self)), nil) }
    let last = Int32(clamping: lexer.position - 1)
    switch end {
    case .quote: line(last, "\"", nil)
    case .interpolation:
      line(last, "{", nil)
      open.append(true)
      lexer.interpolations += 1
    case .unclosed: break
    }
  }

  private mutating func printFormat(_ colon: Token) {
    line(colon.start, ":", colon)
    lexer.position = Int(colon.start) + 1
    let start = lexer.position
    while !"}\"\n\r\0".utf8.contains(lexer.byte(lexer.position)) { lexer.position += 1 }
    line(Int32(clamping: start), "format " + quoted(lexer.text(start, lexer.position)), nil)
  }

  private mutating func line(_ offset: Int32, _ text: String, _ token: Token?) {
    let position = source.position(of: offset)
    output += "\(position.line):\(position.column) \(text)"
    if token?.hasNewline == true { output += " nl" }
    if token?.hasSpace == true { output += " sp" }
    output += "\n"
  }

  private func describe(_ token: Token) -> String {
    let text = lexer.text(Int(token.start), Int(token.end))
    switch token.kind {
    case .name: return "name " + text
    case .number: return "number " + text
    case .field: return "field " + text
    case .verb: return "verb " + text
    case .quoted: return "foreign " + quoted(text)
    case .foreign: return "foreign " + text
    default: return token.kind.isWord ? "keyword " + text : text
    }
  }

  private func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      case "\"": "\\\""
      case "\\": "\\\\"
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
