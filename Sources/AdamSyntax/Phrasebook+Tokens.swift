// Punctuation of other languages with what to write here; words are in the phrasebook itself.
import AdamSource

/// Punctuation that other languages use.
struct ForeignToken: Sendable {
  var spelling: String
  /// What the parser reads in its place; nil: it is skipped.
  var meaning: TokenKind?
  /// `write …`.
  var help: String
  /// Replaces the token; nil: there is no single edit.
  var replacement: String?
  /// The replacement means exactly the same.
  var isSafe = false
}

extension Phrasebook {
  /// Longer spellings first: the first that fits is taken.
  static let tokens: [ForeignToken] = [
    .init(spelling: "**=", meaning: .starAssign, help: "write `x = x ^ y`"),
    .init(spelling: "//=", meaning: .slashAssign, help: "write `x = floor(x / y)`"),
    .init(spelling: "===", meaning: .equal, help: "write `==`", replacement: "==", isSafe: true),
    .init(spelling: "!==", meaning: .notEqual, help: "write `!=`", replacement: "!=", isSafe: true),
    .init(
      spelling: "..=", meaning: .ellipsis, help: "write `...`, which includes its end",
      replacement: "...", isSafe: true),
    .init(
      spelling: "**", meaning: .caret, help: "powers are written `^`", replacement: "^",
      isSafe: true),
    .init(spelling: "//", meaning: .slash, help: "comments start with `#`; divide with `/`"),
    .init(spelling: "/*", meaning: nil, help: "comments start with `#` and end with their line"),
    .init(spelling: "*/", meaning: nil, help: "comments start with `#` and end with their line"),
    .init(spelling: "&&", meaning: .and, help: "write `and`", replacement: "and", isSafe: true),
    .init(spelling: "||", meaning: .or, help: "write `or`", replacement: "or", isSafe: true),
    .init(spelling: "->", meaning: nil, help: "the body follows directly: `fn f(x) x + 1`"),
    .init(spelling: "=>", meaning: nil, help: "the body follows directly: `fn(x) x + 1`"),
    .init(spelling: ":=", meaning: .assign, help: "write `=`", replacement: "=", isSafe: true),
    .init(spelling: "::", meaning: .dot, help: "fields are written `a.b`", replacement: "."),
    .init(
      spelling: "..", meaning: .halfOpen,
      help: "write `..<` (without its end) or `...` (with it)", replacement: "..<"),
    .init(spelling: "%=", meaning: .slashAssign, help: "write `x = x % y`"),
    .init(spelling: "^=", meaning: .slashAssign, help: "write `x = x ^ y`"),
    .init(spelling: "@=", meaning: .slashAssign, help: "write `x = x @ y`"),
    .init(spelling: "&", meaning: .and, help: "write `and`", replacement: "and"),
    .init(spelling: "|", meaning: .or, help: "write `or`; pipes are `|>`", replacement: "or"),
    .init(spelling: "!", meaning: .not, help: "write `not`", replacement: "not"),
    .init(spelling: "~", meaning: .not, help: "write `not`", replacement: "not"),
    .init(spelling: "?", meaning: nil, help: "write `if c { a } else { b }`"),
    .init(spelling: "$", meaning: nil, help: "names stand alone: `x`"),
    .init(spelling: "`", meaning: nil, help: "names stand alone: `x`"),
    .init(
      spelling: "\\", meaning: nil,
      help: "a line goes on after an operator, a comma or inside brackets"),
  ]

  /// Index in `tokens` of the foreign spelling at an offset; nil when what stands there is ours.
  static func index(ofTokenAt offset: Int, in bytes: [UInt8]) -> Int? {
    let first = bytes[offset]
    guard mayStart(first) else { return nil }
    let ours = Lexer.punctuation(
      first, offset + 1 < bytes.count ? bytes[offset + 1] : 0,
      offset + 2 < bytes.count ? bytes[offset + 2] : 0)
    return tokens.firstIndex { token in
      token.spelling.utf8.count > (ours.0 == nil ? 0 : ours.1)
        && bytes[offset...].starts(with: token.spelling.utf8)
    }
  }

  /// A quick no for the bytes that start only tokens of ours.
  private static func mayStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: "+"), UInt8(ascii: "<"), UInt8(ascii: ">"):
      false
    default: true
    }
  }
}
