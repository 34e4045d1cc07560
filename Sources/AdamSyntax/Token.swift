// Tokens: closed set of kinds, and the table of words that are more than names.
import AdamSource

package enum TokenKind: Hashable, Sendable {
  case endOfText
  /// The end of the line inside an interpolation; elsewhere line ends are the `nl` bit.
  case lineEnd
  case name, number, field, verb
  /// The `"` that opens a string. What follows is read as text, not as tokens.
  case quote
  /// A whole string in foreign quotes, already reported.
  case quoted
  /// A spelling of other languages; the payload is its index in the phrasebook.
  case foreign
  // Keywords.
  case fn, `if`, `else`, `for`, `in`, `while`, `break`, `continue`, `return`, `import`
  case and, or, not, `true`, `false`, none
  // Punctuation.
  case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case comma, semicolon, colon, dot, ellipsis, halfOpen
  case plus, minus, star, slash, percent, at, caret, plusPlus
  case assign, equal, notEqual, less, lessEqual, greater, greaterEqual, pipe
  case plusAssign, minusAssign, starAssign, slashAssign
}

extension TokenKind {
  /// Spellings of the keywords, in the order of the language reference.
  package static let keywords: [(String, TokenKind)] = [
    ("fn", .fn), ("if", .if), ("else", .else), ("for", .for), ("in", .in), ("while", .while),
    ("break", .break), ("continue", .continue), ("return", .return), ("import", .import),
    ("and", .and), ("or", .or), ("not", .not), ("true", .true), ("false", .false), ("none", .none),
  ]

  /// Spellings of the punctuation; longer ones first, because the lexer takes the first that fits.
  package static let punctuation: [(String, TokenKind)] = [
    ("...", .ellipsis), ("..<", .halfOpen), ("++", .plusPlus), ("==", .equal), ("!=", .notEqual),
    ("<=", .lessEqual), (">=", .greaterEqual), ("|>", .pipe), ("+=", .plusAssign),
    ("-=", .minusAssign), ("*=", .starAssign), ("/=", .slashAssign), ("(", .leftParen),
    (")", .rightParen), ("[", .leftBracket), ("]", .rightBracket), ("{", .leftBrace),
    ("}", .rightBrace), (",", .comma), (";", .semicolon), (":", .colon), (".", .dot), ("+", .plus),
    ("-", .minus), ("*", .star), ("/", .slash), ("%", .percent), ("@", .at), ("^", .caret),
    ("=", .assign), ("<", .less), (">", .greater),
  ]

  /// A name, keyword or verb: what may stand before `=` in an argument and after a `.`.
  var isWord: Bool {
    switch self {
    case .name, .verb, .fn, .if, .else, .for, .in, .while, .break, .continue, .return, .import,
      .and, .or, .not, .true, .false, .none:
      true
    default: false
    }
  }

  /// Can end an operand, so that an adjacent `.0` is a field and not a number.
  var endsOperand: Bool {
    switch self {
    case .field, .quote, .quoted, .rightParen, .rightBracket, .rightBrace: true
    default: isWord
    }
  }

  /// The closer that belongs to an opener.
  var closer: TokenKind? {
    switch self {
    case .leftParen: .rightParen
    case .leftBracket: .rightBracket
    case .leftBrace: .rightBrace
    default: nil
    }
  }

  var isCloser: Bool {
    self == .rightParen || self == .rightBracket || self == .rightBrace
  }

  /// After these a line break does not end the statement.
  var continuesLine: Bool {
    switch self {
    case .comma, .assign, .plus, .minus, .star, .slash, .percent, .at, .caret, .plusPlus, .equal,
      .notEqual, .less, .lessEqual, .greater, .greaterEqual, .pipe, .plusAssign, .minusAssign,
      .starAssign, .slashAssign, .ellipsis, .halfOpen, .and, .or, .not, .in, .colon:
      true
    default: false
    }
  }
}

/// Names with a meaning in one place only; ordinary names everywhere else.
enum ContextualWord: UInt64, CaseIterable {
  case layer = 1, param, then, every, epoch, epochs, step, steps, grad

  /// Written out: asking a case for its name costs a tenth of the program's start.
  var text: String {
    switch self {
    case .layer: "layer"
    case .param: "param"
    case .then: "then"
    case .every: "every"
    case .epoch: "epoch"
    case .epochs: "epochs"
    case .step: "step"
    case .steps: "steps"
    case .grad: "grad"
    }
  }
}

/// One token. The text is `bytes[start..<end]` of its source.
package struct Token: Sendable {
  package var kind: TokenKind
  /// A line end stands before it.
  package var hasNewline = false
  /// White space (or a line end) stands before it.
  package var hasSpace = false
  package var start: Int32
  package var end: Int32
  /// Number: bits of the value. Verb: index. Name: its contextual word, else 0. Foreign: phrasebook
  /// index. Quoted: byte lengths of both quotes.
  var payload: UInt64 = 0

  var contextual: ContextualWord? {
    kind == .name ? ContextualWord(rawValue: payload) : nil
  }

  var verb: Verb? {
    guard kind == .verb, let index = Int(exactly: payload), index < Verb.allCases.count else {
      return nil
    }
    return Verb.allCases[index]
  }

  func isContextual(_ word: ContextualWord) -> Bool {
    kind == .name && payload == word.rawValue
  }
}

/// Words of up to eight bytes packed into an integer, because looking one up must be cheap, and so must
/// making the table: it is on the way of every start.
struct WordTable: Sendable {
  struct Entry: Sendable {
    /// Packed; 0 for a free place.
    var word: UInt64 = 0
    var kind = TokenKind.name
    var payload: UInt64 = 0
  }

  static let words = WordTable()
  private static let bits = 7
  /// A word is at the place that its hash says or at one of the next up to the first free one.
  private var entries = [Entry](repeating: Entry(), count: 1 << bits)

  private init() {
    for (text, kind) in TokenKind.keywords { add(text, kind, 0) }
    for (index, verb) in Verb.allCases.enumerated() { add(verb.rawValue, .verb, UInt64(index)) }
    for word in ContextualWord.allCases { add(word.text, .name, word.rawValue) }
  }

  private mutating func add(_ text: String, _ kind: TokenKind, _ payload: UInt64) {
    let word = text.utf8.reduce(0) { $0 << 8 | UInt64($1) }
    entries[place(of: word)] = Entry(word: word, kind: kind, payload: payload)
  }

  /// Where a word is, or the free place where it would be.
  @inline(__always)
  private func place(of word: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 - Self.bits))
    while entries[place].word != 0, entries[place].word != word { place = (place + 1) & (1 << Self.bits - 1) }
    return place
  }

  @inline(__always)
  subscript(word: UInt64) -> Entry? {
    let entry = entries[place(of: word)]
    return entry.word == 0 ? nil : entry
  }
}

/// Sizes beyond which a text is refused.
package enum SyntaxLimit {
  /// Brackets, blocks, prefix operators, `^`, lambdas and interpolations inside each other.
  package static let nesting = 200
  package static let textBytes = 64 << 20
  package static let stringBytes = 16 << 20
  package static let nameBytes = 255
  /// After so many mistakes parsing stops: the rest would be noise.
  static let diagnostics = 10_000
}
