// Strings: text with escapes between quotes, on one line; interpolations are the parser's.
import AdamSource

/// Why a stretch of text ended.
enum TextEnd {
  /// At a `{`; the position is behind it.
  case interpolation
  case quote
  /// The line or the text ended first; the position is there.
  case unclosed
}

extension Lexer {
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")
  private static let brace = UInt8(ascii: "{")

  /// `"`; three of them are a foreign spelling that is taken whole, up to its end.
  mutating func scanQuote(_ token: inout Token) -> TokenKind {
    let start = position
    position += 1
    guard byte(start + 1) == Lexer.quote, byte(start + 2) == Lexer.quote else { return .quote }
    position = start + 3
    while position < bytes.count, !isTripleQuote(position) { position += 1 }
    token.payload = position < bytes.count ? 0x0303 : 0x0300
    position = min(position + 3, bytes.count)
    report(.tripleQuotes(span(start, start + 3)))
    return .quoted
  }

  private func isTripleQuote(_ at: Int) -> Bool {
    byte(at) == Lexer.quote && byte(at + 1) == Lexer.quote && byte(at + 2) == Lexer.quote
  }

  /// `'text'`: reported, and read as a string. Without a partner the rest of the line is given up.
  mutating func scanApostrophe(_ token: inout Token) -> TokenKind {
    let start = position
    position += 1
    while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D {
      if bytes[position] == UInt8(ascii: "'") {
        position += 1
        report(.singleQuotes(span(start, position), text(start + 1, position - 1)))
        token.payload = 0x0101
        return .quoted
      }
      position += bytes[position] == Lexer.backslash ? 2 : 1
    }
    position = min(position, bytes.count)
    report(.strayApostrophe(span(start, start + 1)))
    isUnsure = true
    token.payload = 0x0100
    return .quoted
  }

  /// Text up to the next interpolation or the end of the string, escapes replaced, as UTF-8.
  mutating func scanText(into text: inout [UInt8]) -> TextEnd {
    while position < bytes.count {
      switch bytes[position] {
      case 0x0A, 0x0D: return .unclosed
      case Lexer.quote:
        position += 1
        last = .quote
        return .quote
      case Lexer.brace:
        guard byte(position + 1) == Lexer.brace else {
          position += 1
          last = .leftBrace
          return .interpolation
        }
        reportDoubledBrace()
        text.append(Lexer.brace)
        position += 2
      case Lexer.backslash: scanEscape(into: &text)
      default:
        let start = position
        repeat { position += 1 } while Lexer.isPlain(byte(position))
        text.append(contentsOf: bytes[start..<position])
      }
    }
    return .unclosed
  }

  /// Means itself in a string. 0, which stands for the end of the text, does not.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != quote && byte != backslash && byte != brace
  }

  /// `{{x}}` of Python: the help replaces both pairs when both are on the line.
  private mutating func reportDoubledBrace() {
    let start = position
    var end = start + 2
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != Lexer.quote {
      if bytes[end] == UInt8(ascii: "}"), byte(end + 1) == UInt8(ascii: "}") {
        report(.doubledBrace(span(start, start + 2), closing: span(end, end + 2)))
        return
      }
      end += 1
    }
    report(.doubledBrace(span(start, start + 2), closing: nil))
  }

  private mutating func scanEscape(into text: inout [UInt8]) {
    let start = position
    position += 2
    switch byte(start + 1) {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case Lexer.quote, Lexer.backslash, Lexer.brace, UInt8(ascii: "}"): text.append(byte(start + 1))
    case UInt8(ascii: "u") where byte(start + 2) == Lexer.brace:
      scanUnicodeEscape(start, into: &text)
    case 0, 0x0A, 0x0D: position = start + 1
    default:
      while byte(position) & 0xC0 == 0x80 { position += 1 }
      report(.unknownEscape(span(start, position), self.text(start, position)))
    }
  }

  /// `\u{20AC}`: one to six hexadecimal digits of a Unicode scalar.
  private mutating func scanUnicodeEscape(_ start: Int, into text: inout [UInt8]) {
    position = start + 3
    while Lexer.continuesName(byte(position)) { position += 1 }
    let digits = self.text(start + 3, position)
    let isClosed = byte(position) == UInt8(ascii: "}")
    if isClosed { position += 1 }
    if isClosed, digits.count <= 6, let value = UInt32(digits, radix: 16), value != 0,
      let scalar = Unicode.Scalar(value)
    {
      text.append(contentsOf: String(scalar).utf8)
    } else {
      report(.invalidScalar(span(start, position), self.text(start, position)))
    }
  }

  /// Moves behind a string whose opening quote has been read, without looking at its parts.
  /// Strings inside its interpolations are counted on an array, not on the call stack.
  mutating func skipString() {
    // One entry for each string or interpolation that is open; true means string.
    var open = [true]
    while position < bytes.count, let inString = open.last {
      switch bytes[position] {
      case 0x0A, 0x0D: return
      case Lexer.backslash where inString: position += 1
      case Lexer.quote:
        if inString { open.removeLast() } else { open.append(true) }
      case Lexer.brace: open.append(false)
      case UInt8(ascii: "}"): if !inString { open.removeLast() }
      default: break
      }
      position = min(position + 1, bytes.count)
    }
    last = .quote
  }

  /// A string whose interpolation goes over line ends: moves behind its closing quote when the next
  /// `}` is one that a quote follows on its line; else stays.
  mutating func skipBrokenString() {
    var end = position
    while end < bytes.count, bytes[end] != Lexer.quote, bytes[end] != UInt8(ascii: "}") { end += 1 }
    guard byte(end) == UInt8(ascii: "}") else { return }
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D {
      end += 1
      if byte(end - 1) == Lexer.quote {
        position = end
        return
      }
    }
  }
}
