// Reads the tokens of a program's text form: words, integers, numbers, strings and punctuation.

struct ProgramTextCursor {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  init(_ text: String) {
    bytes = Array(text.utf8)
    skipSpace()
  }

  var isAtEnd: Bool { position >= bytes.count }

  func error(_ message: String) -> ProgramTextError {
    ProgramTextError(message: message, line: line)
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0A {
      if bytes[position] == 0x0A { line += 1 }
      position += 1
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "@"): true
    default: false
    }
  }

  /// Whether the text goes on with `token`; a word must end where the token ends.
  func isNext(_ token: String) -> Bool {
    let expected = Array(token.utf8)
    guard position + expected.count <= bytes.count else { return false }
    for (offset, byte) in expected.enumerated() where bytes[position + offset] != byte {
      return false
    }
    let end = position + expected.count
    guard let last = expected.last, Self.isWord(last), end < bytes.count else { return true }
    return !Self.isWord(bytes[end])
  }

  mutating func accept(_ token: String) -> Bool {
    guard isNext(token) else { return false }
    position += token.utf8.count
    skipSpace()
    return true
  }

  mutating func expect(_ token: String) throws(ProgramTextError) {
    if !accept(token) { throw error("expected \(token)") }
  }

  private mutating func take(while condition: (UInt8) -> Bool) -> String {
    let start = position
    while position < bytes.count, condition(bytes[position]) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    skipSpace()
    return text
  }

  mutating func word() throws(ProgramTextError) -> String {
    let text = take(while: Self.isWord)
    if text.isEmpty { throw error("expected a name") }
    return text
  }

  mutating func integer() throws(ProgramTextError) -> Int {
    let text = take { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard let value = Int(text) else { throw error("expected a whole number") }
    return value
  }

  /// A number as Swift prints a Double.
  mutating func number() throws(ProgramTextError) -> Double {
    let text = take { Self.isWord($0) || $0 == 0x2D || $0 == 0x2B || $0 == 0x2E }
    guard let value = Double(text) else { throw error("expected a number") }
    return value
  }

  /// A quoted string when one stands here.
  mutating func acceptString() throws(ProgramTextError) -> String? {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
    position += 1
    var content: [UInt8] = []
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      content.append(unescaped())
      position += 1
    }
    if position >= bytes.count { throw error("the string does not end") }
    position += 1
    skipSpace()
    return String(decoding: content, as: UTF8.self)
  }

  /// The byte at the cursor, an escape sequence resolved; the cursor stays on its last byte.
  private mutating func unescaped() -> UInt8 {
    guard bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count else {
      return bytes[position]
    }
    position += 1
    switch bytes[position] {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    default: return bytes[position]
    }
  }
}
