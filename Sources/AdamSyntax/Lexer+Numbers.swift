// Numbers: digits on both sides of the point, `_` between digits, an exponent.
import AdamSource

extension Lexer {
  /// Also takes what looks like a number and is none (`.5`, `5.`, `2x`, `0x1`), with one message for
  /// the whole of it.
  mutating func scanNumber(_ token: inout Token) -> TokenKind {
    let start = position
    let isWhole = skipWellFormed()
    let end = position
    let isMalformed = skipMalformedTail()
    token.payload = value(start, end == start ? position : end, isWhole).bitPattern
    if isMalformed { reportMalformed(start, position) }
    return .number
  }

  /// Passes what is a number; returns whether it has neither point nor exponent.
  mutating func skipWellFormed() -> Bool {
    let start = position
    skipDigits()
    var isWhole = true
    if byte(position) == UInt8(ascii: "."), position > start, Lexer.isDigit(byte(position + 1)) {
      isWhole = false
      position += 1
      skipDigits()
    }
    return skipExponent() ? false : isWhole
  }

  private mutating func skipDigits() {
    while true {
      if Lexer.isDigit(byte(position)) {
        position += 1
      } else if byte(position) == 0x5F, Lexer.isDigit(byte(position + 1)), position > 0,
        Lexer.isDigit(byte(position - 1))
      {
        position += 2
      } else {
        return
      }
    }
  }

  private mutating func skipExponent() -> Bool {
    guard byte(position) | 0x20 == UInt8(ascii: "e") else { return false }
    let sign = byte(position + 1)
    let hasSign = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    let digits = position + (hasSign ? 2 : 1)
    guard Lexer.isDigit(byte(digits)) else { return false }
    position = digits
    while Lexer.isDigit(byte(position)) { position += 1 }
    return true
  }

  /// What directly follows a number and cannot: letters, a second point, a point without digits.
  private mutating func skipMalformedTail() -> Bool {
    let start = position
    while true {
      let here = byte(position)
      let isPoint = here == UInt8(ascii: ".") && byte(position + 1) != UInt8(ascii: ".")
      guard Lexer.continuesName(here) || isPoint else { return position > start }
      position += 1
    }
  }

  /// The value of the digits; whole numbers must be exact and all must be finite.
  private mutating func value(_ start: Int, _ end: Int, _ isWhole: Bool) -> Double {
    if isWhole, end - start <= 18, let whole = smallWhole(start, end) {
      if whole > 1 << 53 { report(.numberNotExact(span(start, end))) }
      return Double(whole)
    }
    var digits = bytes[start..<end].filter { $0 != 0x5F }
    if digits.first == UInt8(ascii: ".") { digits.insert(0x30, at: 0) }
    guard let value = Double(String(decoding: digits, as: UTF8.self)) else { return 0 }
    if !value.isFinite {
      report(.numberTooLarge(span(start, end)))
      return 0
    }
    if isWhole, value > 0x1p53 {
      report(.numberNotExact(span(start, end)))
    }
    return value
  }

  private func smallWhole(_ start: Int, _ end: Int) -> UInt64? {
    var value: UInt64 = 0
    for index in start..<end where bytes[index] != 0x5F {
      guard Lexer.isDigit(bytes[index]) else { return nil }
      value = value &* 10 &+ UInt64(bytes[index] &- 0x30)
    }
    return value
  }

  private mutating func reportMalformed(_ start: Int, _ end: Int) {
    guard diagnostics.count < SyntaxLimit.diagnostics else { return }
    let spelling = end - start > 60 ? text(start, start + 40) + "…" : text(start, end)
    report(
      .malformedNumber(span(start, end), spelling, NumberRepair.of(spelling)))
  }
}

/// What somebody who wrote a malformed number most likely meant.
struct NumberRepair {
  var replacement: String
  /// The one possible reading.
  var isSafe: Bool

  private static let units: Set<String> = ["epoch", "epochs", "step", "steps"]
  private static let factors: [String: String] = ["k": "_000", "K": "_000", "M": "_000_000"]

  static func of(_ spelling: String) -> NumberRepair? {
    if spelling.hasPrefix("0x") || spelling.hasPrefix("0X") {
      return Int(spelling.dropFirst(2), radix: 16).map { .init(replacement: "\($0)", isSafe: true) }
    }
    if spelling.hasPrefix(".") { return plain("0" + spelling) }
    let parts = spelling.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, let whole = parts.first, let tail = parts.last {
      if tail.isEmpty { return plain(whole + ".0") }
      if tail.first.map({ $0 == "e" || $0 == "E" }) == true { return plain(whole + ".0" + tail) }
    }
    return suffixed(spelling)
  }

  /// `500steps`, `10k`, `2x`.
  private static func suffixed(_ spelling: String) -> NumberRepair? {
    let digits = spelling.prefix { $0.isNumber || $0 == "_" || $0 == "." }
    let tail = String(spelling.dropFirst(digits.count))
    guard let last = digits.last, last.isNumber, isNumber(String(digits)), !tail.contains(".")
    else { return nil }
    if units.contains(tail) { return .init(replacement: "\(digits) \(tail)", isSafe: true) }
    if let zeros = factors[tail], !digits.contains(".") {
      return .init(replacement: digits + zeros, isSafe: false)
    }
    let startsName = tail.utf8.first.map(Lexer.startsName) ?? false
    guard startsName, tail != "e", tail != "E" else { return nil }
    return .init(replacement: "\(digits) * \(tail)", isSafe: false)
  }

  private static func plain(_ text: some StringProtocol) -> NumberRepair? {
    isNumber(String(text)) ? .init(replacement: String(text), isSafe: true) : nil
  }

  /// Whether a spelling is a number of this language.
  private static func isNumber(_ text: String) -> Bool {
    var lexer = Lexer(SourceText(name: "", bytes: Array(text.utf8)), id: SourceID(0))
    guard Lexer.isDigit(lexer.byte(0)) else { return false }
    _ = lexer.skipWellFormed()
    return lexer.position == lexer.bytes.count
  }
}
