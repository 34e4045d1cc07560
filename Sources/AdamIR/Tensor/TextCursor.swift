// Reads the tokens of the IR's text form byte by byte. Never traps: the end of the text reads as 0.
import AdamSource

/// Where and why a text is not IR.
package struct TextError: Error, Hashable, Sendable {
  package var message: String
  /// From 1; the column counts bytes.
  package var line: Int
  package var column: Int
}

struct TextCursor {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The byte here, 0 at the end.
  var byte: UInt8 { offset < bytes.count ? bytes[offset] : 0 }
  var isAtEnd: Bool { offset >= bytes.count }

  static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  func error(_ message: String, at place: Int? = nil) -> TextError {
    let end = min(place ?? offset, bytes.count)
    let line = bytes[..<end].reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    let start = (bytes[..<end].lastIndex(of: 0x0A) ?? -1) + 1
    return TextError(message: message, line: line, column: end - start + 1)
  }

  mutating func skipSpace() {
    while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  mutating func peeks(_ wanted: UInt8) -> Bool {
    skipSpace()
    return byte == wanted
  }

  mutating func peeksText(_ text: String) -> Bool {
    skipSpace()
    return bytes[offset...].starts(with: text.utf8)
  }

  /// Whether `token` stands here; takes it if so. A word must end where the token ends.
  mutating func take(_ token: StaticString) -> Bool {
    skipSpace()
    let text = token.description.utf8
    guard bytes[offset...].starts(with: text) else { return false }
    let end = offset + text.count
    if let last = text.last, TextCursor.isWord(last), end < bytes.count,
      TextCursor.isWord(bytes[end])
    {
      return false
    }
    offset = end
    return true
  }

  mutating func expect(_ token: StaticString) throws(TextError) {
    if !take(token) { throw error("expected `\(token)`") }
  }

  private mutating func run(while holds: (UInt8) -> Bool) -> String {
    let start = offset
    while !isAtEnd, holds(byte) { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  mutating func word(_ what: String) throws(TextError) -> String {
    skipSpace()
    let word = run(while: TextCursor.isWord)
    if word.isEmpty { throw error("expected \(what)") }
    return word
  }

  /// Digits with an optional sign, within Int.
  mutating func integer() throws(TextError) -> Int {
    skipSpace()
    let start = offset
    let sign = byte == 0x2D ? "-" : ""
    if !sign.isEmpty { offset += 1 }
    guard let number = Int(sign + run(while: TextCursor.isDigit)) else {
      throw error("expected a whole number", at: start)
    }
    return number
  }

  mutating func value() throws(TextError) -> ValueID {
    try expect("%")
    let start = offset
    let number = try integer()
    if number < 0 { throw error("a value's number is not negative", at: start) }
    return ValueID(number)
  }

  mutating func quoted() throws(TextError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while byte != 0x22 {
      if isAtEnd { throw error("this string does not end") }
      if byte == 0x5C { offset += 1 }
      let isNewline = offset > 0 && bytes[offset - 1] == 0x5C && byte == 0x6E
      if !isAtEnd { text.append(isNewline ? 0x0A : byte) }
      offset += 1
    }
    offset += 1
    return String(decoding: text, as: UTF8.self)
  }

  /// A whole number, or a real one when it has a point, an exponent or is `inf` or `nan`.
  mutating func number() throws(TextError) -> Attribute {
    skipSpace()
    let start = offset
    let text = run { TextCursor.isWord($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B }
    if let whole = Int(text) { return .int(whole) }
    if let real = Double(text) { return .float(real) }
    throw error("expected a number", at: start)
  }

  /// `!13..24` or `!2:13..24`; nil when none stands here.
  mutating func place() throws(TextError) -> Span? {
    guard take("!") else { return nil }
    var first = try integer()
    var source = 0
    if take(":") { (source, first) = (first, try integer()) }
    try expect("..")
    let last = try integer()
    guard let id = UInt32(exactly: source), let start = Int32(exactly: first),
      let end = Int32(exactly: last)
    else { throw error("this place is out of range") }
    return Span(SourceID(id), start, end)
  }

  mutating func type() throws(TextError) -> TensorType {
    skipSpace()
    let start = offset
    guard let element = ElementType(rawValue: try word("a type")) else {
      throw error("expected `f32`, `i32` or `bool`", at: start)
    }
    try expect("[")
    var dimensions: [Dimension] = []
    while !take("]") {
      if !dimensions.isEmpty { try expect(",") }
      dimensions.append(try dimension())
    }
    return TensorType(element, Shape(dimensions))
  }

  private mutating func dimension() throws(TextError) -> Dimension {
    if take("?") { return .unknown }
    if take("batch") { return .batch }
    let start = offset
    let size = try integer()
    if size < 0 { throw error("a size is not negative", at: start) }
    return Dimension(size)
  }
}
