// Characters outside ASCII in code: each is named, and where it stands for one of ours, read as it.
import AdamSource

/// What a character stands for.
enum ForeignMeaning: Sendable {
  case space
  /// Invisible; read as nothing.
  case nothing
  /// The ASCII token that was meant.
  case token(TokenKind, String)
  case quote
}

enum ForeignCharacters {
  static let meanings: [Unicode.Scalar: ForeignMeaning] = {
    var table: [Unicode.Scalar: ForeignMeaning] = [:]
    for value in [0xA0, 0x202F, 0x3000, 0x2028, 0x2029, 0x85] + Array(0x2000...0x200A) {
      Unicode.Scalar(UInt32(value)).map { table[$0] = .space }
    }
    for value in [0xAD, 0xFEFF, 0x2060, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F]
      + Array(0x202A...0x202E) + Array(0x2066...0x2069)
    {
      Unicode.Scalar(UInt32(value)).map { table[$0] = .nothing }
    }
    for scalar in "“”„‟«»‘’‚‛＂＇′″".unicodeScalars { table[scalar] = .quote }
    for (characters, ascii, kind) in tokens {
      for scalar in characters.unicodeScalars { table[scalar] = .token(kind, ascii) }
    }
    return table
  }()

  private static let tokens: [(String, String, TokenKind)] = [
    ("−–—‐‑‒﹣－", "-", .minus), ("×∗＊⋅·", "*", .star), ("÷∕／", "/", .slash), ("＋", "+", .plus),
    ("＝", "=", .assign), ("≤", "<=", .lessEqual), ("≥", ">=", .greaterEqual),
    ("≠", "!=", .notEqual), ("＜", "<", .less), ("＞", ">", .greater), ("（", "(", .leftParen),
    ("）", ")", .rightParen), ("［【", "[", .leftBracket), ("］】", "]", .rightBracket),
    ("｛", "{", .leftBrace), ("｝", "}", .rightBrace), ("，、", ",", .comma), ("；", ";", .semicolon),
    ("：", ":", .colon), ("．", ".", .dot), ("…", "...", .ellipsis), ("％", "%", .percent),
    ("＠", "@", .at), ("＾", "^", .caret), ("¬", "not", .not), ("∧", "and", .and), ("∨", "or", .or),
  ]
}

extension Lexer {
  /// The scalar at an offset of valid UTF-8, its length and what it stands for.
  func foreignCharacter(at offset: Int) -> (
    scalar: Unicode.Scalar, length: Int, meaning: ForeignMeaning?
  ) {
    var end = offset + 1
    while byte(end) & 0xC0 == 0x80 { end += 1 }
    let scalar = text(offset, end).unicodeScalars.first ?? " "
    return (scalar, end - offset, ForeignCharacters.meanings[scalar])
  }

  /// White space and invisible characters: reported, then passed over.
  mutating func skipForeignSpace() -> Bool {
    let found = foreignCharacter(at: position)
    let replacement: String
    switch found.meaning {
    case .space: replacement = " "
    case .nothing: replacement = ""
    default: return false
    }
    report(
      .unexpectedCharacter(span(position, position + found.length), found.scalar, replacement))
    position += found.length
    return true
  }

  mutating func scanForeignCharacter(_ token: inout Token) -> TokenKind {
    let start = position
    let found = foreignCharacter(at: start)
    switch found.meaning {
    case .token(let kind, let ascii):
      position += found.length
      report(.unexpectedCharacter(span(start, position), found.scalar, ascii))
      return kind
    case .quote: return scanForeignQuotes(&token)
    case .space, .nothing, nil: return scanForeignName(from: start)
    }
  }

  /// A name with foreign letters: one message for the whole of it, then it is an ordinary name.
  mutating func scanForeignName(from start: Int) -> TokenKind {
    var first: (Unicode.Scalar, Int, Int)?
    while position < bytes.count {
      if Lexer.continuesName(bytes[position]) {
        position += 1
      } else if bytes[position] >= 0x80 {
        let found = foreignCharacter(at: position)
        guard found.meaning == nil else { break }
        if first == nil { first = (found.scalar, position, position + found.length) }
        position += found.length
      } else {
        break
      }
    }
    if let (scalar, from, to) = first {
      report(.unexpectedCharacter(span(from, to), scalar, nil))
    }
    return .name
  }

  /// `“text”`: reported at both quotes, and read as a string.
  private mutating func scanForeignQuotes(_ token: inout Token) -> TokenKind {
    let start = position
    let opening = foreignCharacter(at: start)
    position += opening.length
    let inner = position
    while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D {
      var length = 1
      var isQuote = bytes[position] == UInt8(ascii: "\"")
      if bytes[position] >= 0x80 {
        let found = foreignCharacter(at: position)
        length = found.length
        if case .quote = found.meaning { isQuote = true }
      }
      position += length
      if isQuote {
        token.payload = UInt64(opening.length << 8 | length)
        report(
          .foreignQuotes(
            span(start, inner), opening.scalar, closing: span(position - length, position)))
        return .quoted
      }
    }
    report(.unexpectedCharacter(span(start, inner), opening.scalar, "\""))
    isUnsure = true
    token.payload = UInt64(opening.length << 8)
    return .quoted
  }
}
