// Numbers as they stand in data files: decimal, a point, an exponent; nothing of the locale, no hex,
// no separators, no `nan` or `inf`. The value is the nearest Double.

enum NumberText {
  /// Powers of ten that a Double holds exactly.
  static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The number that is all of `bytes`, or nil. Infinite when it is too large for a Double.
  static func value(_ bytes: [UInt8]) -> Double? {
    guard isNumber(bytes) else { return nil }
    return Double(String(decoding: bytes, as: UTF8.self))
  }

  /// `[+-] digits [. digits] [e [+-] digits]`, with a digit on at least one side of the point.
  static func isNumber(_ bytes: [UInt8]) -> Bool {
    var index = 0
    func skipDigits() -> Int {
      let start = index
      while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
      return index - start
    }
    func skipSign() {
      if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
    }
    skipSign()
    var digits = skipDigits()
    if index < bytes.count, bytes[index] == 0x2E {
      index += 1
      digits += skipDigits()
    }
    guard digits > 0 else { return false }
    if index < bytes.count, bytes[index] | 0x20 == 0x65 {
      index += 1
      skipSign()
      guard skipDigits() > 0 else { return false }
    }
    return index == bytes.count
  }

  /// The common case: at most 15 digits without exponent, spaces around. Both the digits and the
  /// power of ten are exact Doubles, so one division rounds correctly (Clinger 1990). Returns nil
  /// without moving `index` when the cell needs the long way; otherwise `index` is at the cell's end.
  @inline(__always)
  static func fastValue(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ end: Int, _ delimiter: UInt8
  ) -> Double? {
    var place = index
    while place < end, bytes[place] == 0x20 { place += 1 }
    var isNegative = false
    if place < end, bytes[place] == 0x2D {
      isNegative = true
      place += 1
    }
    let first = place
    var digits: UInt64 = 0
    while place < end, bytes[place] &- 0x30 < 10 {
      digits = digits &* 10 &+ UInt64(bytes[place] &- 0x30)
      place += 1
    }
    var count = place - first
    var decimals = 0
    if place < end, bytes[place] == 0x2E {
      place += 1
      let start = place
      while place < end, bytes[place] &- 0x30 < 10 {
        digits = digits &* 10 &+ UInt64(bytes[place] &- 0x30)
        place += 1
      }
      decimals = place - start
      count += decimals
    }
    guard count > 0, count <= 15 else { return nil }
    while place < end, bytes[place] == 0x20 { place += 1 }
    guard place == end || bytes[place] == delimiter else { return nil }
    index = place
    let magnitude = decimals == 0 ? Double(digits) : Double(digits) / powers[decimals]
    return isNegative ? -magnitude : magnitude
  }

  /// How files spell "not there": the empty cell, and these in any case.
  static let missing: Set<String> = [
    "", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-nan", "?", "-",
  ]

  /// How files spell a number beyond all others: a value that is there, and none to compute with.
  private static let infinite: Set<String> = ["inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"]

  static func isMissing(_ bytes: [UInt8]) -> Bool { isAny(of: missing, bytes) }

  static func isInfinite(_ bytes: [UInt8]) -> Bool { isAny(of: infinite, bytes) }

  private static func isAny(of spellings: Set<String>, _ bytes: [UInt8]) -> Bool {
    guard bytes.count <= 9 else { return false }
    let lower = bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    return spellings.contains(String(decoding: lower, as: UTF8.self))
  }
}
