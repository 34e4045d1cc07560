// Spellings of other languages with what to write here. One table for the parser, the checker and
// the documentation.

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

/// A word of other languages.
package struct ForeignWord: Sendable {
  package var word: String
  package var help: String
  /// Replaces the word; nil: there is no single edit.
  package var replacement: String?
  package var isSafe = false
}

package enum Phrasebook {
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

  /// Words that, in a place where a name cannot be, show which language the writer thinks in.
  package static let words: [ForeignWord] = [
    .init(word: "elif", help: "write `else if`", replacement: "else if", isSafe: true),
    .init(word: "elsif", help: "write `else if`", replacement: "else if", isSafe: true),
    .init(word: "elseif", help: "write `else if`", replacement: "else if", isSafe: true),
    .init(word: "def", help: "functions are `fn f(x) { … }`", replacement: "fn"),
    .init(word: "func", help: "functions are `fn f(x) { … }`", replacement: "fn"),
    .init(word: "function", help: "functions are `fn f(x) { … }`", replacement: "fn"),
    .init(word: "fun", help: "functions are `fn f(x) { … }`", replacement: "fn"),
    .init(word: "lambda", help: "write `fn(x) x + 1`"),
    .init(word: "let", help: "a variable is made by `x = 3`", replacement: ""),
    .init(word: "var", help: "a variable is made by `x = 3`", replacement: ""),
    .init(word: "const", help: "a variable is made by `x = 3`", replacement: ""),
    .init(word: "local", help: "names assigned in a function are local", replacement: ""),
    .init(word: "global", help: "functions return new values; they rebind nothing outside"),
    .init(word: "nonlocal", help: "functions return new values; they rebind nothing outside"),
    .init(word: "class", help: "a layer of your own is `layer name(n) { … }`"),
    .init(word: "struct", help: "records are `(a=1, b=2)`"),
    .init(word: "is", help: "compare with `==`", replacement: "=="),
    .init(word: "pass", help: "an empty block is `{ }`"),
    .init(word: "del", help: "a name is given up by `x = none`"),
    .init(word: "try", help: "an error ends the statement; there is nothing to catch"),
    .init(word: "raise", help: "write `assert condition, \"what is wrong\"`"),
    .init(word: "throw", help: "write `assert condition, \"what is wrong\"`"),
    .init(word: "with", help: "blocks follow `if for while fn on sweep` only"),
    .init(word: "from", help: "write `import \"file.adam\"`"),
    .init(word: "include", help: "write `import \"file.adam\"`", replacement: "import"),
    .init(word: "yield", help: "return a list"),
    .init(word: "loop", help: "write `while true { … }`"),
    .init(word: "repeat", help: "write `for i in 0..<n { … }`"),
    .init(word: "unless", help: "write `if not … { … }`", replacement: "if not"),
    .init(word: "switch", help: "write `if … { … } else if … { … }`"),
    .init(word: "match", help: "write `if … { … } else if … { … }`"),
    .init(word: "then", help: "the block follows directly: `if a { … }`"),
    .init(word: "do", help: "the block follows directly: `while a { … }`"),
    .init(word: "end", help: "blocks end with `}`", replacement: "}"),
    .init(word: "println", help: "write `print …`", replacement: "print"),
    .init(word: "echo", help: "write `print …`", replacement: "print"),
    .init(word: "puts", help: "write `print …`", replacement: "print"),
    .init(word: "None", help: "write `none`", replacement: "none", isSafe: true),
    .init(word: "True", help: "write `true`", replacement: "true", isSafe: true),
    .init(word: "False", help: "write `false`", replacement: "false", isSafe: true),
    .init(word: "null", help: "write `none`", replacement: "none", isSafe: true),
    .init(word: "nil", help: "write `none`", replacement: "none", isSafe: true),
    .init(word: "self", help: "a layer's own names are used as they are: `w`"),
    .init(word: "this", help: "a layer's own names are used as they are: `w`"),
  ]

  /// The entry for a word, if it is a foreign one.
  package static func word(_ text: String) -> ForeignWord? { words.first { $0.word == text } }

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
