// A strict JSON scanner (RFC 8259) for file headers: bounded depth, no duplicate keys, valid UTF-8,
// numbers kept as written. Foundation's keeps the last of two equal keys and overflows the stack.

/// A JSON value; objects keep their order.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// As written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// A whole number without sign, point or exponent, up to 2⁵³.
  var count: Int? {
    guard case .number(let text) = self, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
      let value = Int(text), value <= 1 << 53
    else { return nil }
    return value
  }

  var string: String? {
    if case .string(let text) = self { return text }
    return nil
  }
}

struct JSONMember: Hashable, Sendable {
  var key: String
  var value: JSONValue
}

/// What is wrong and at which byte.
struct JSONError: Error, Hashable {
  var message: String
  var offset: Int
}

struct JSONScanner {
  private let bytes: [UInt8]
  private var index = 0
  private static let depthLimit = 64

  /// The one value that `bytes` hold; spaces may stand around it.
  static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw JSONError(message: "not UTF-8", offset: 0)
    }
    var scanner = JSONScanner(bytes: bytes)
    let value = try scanner.value(depth: 0)
    scanner.skipSpace()
    guard scanner.index == bytes.count else { throw scanner.unexpected() }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private func unexpected() -> JSONError {
    guard let next else { return JSONError(message: "it ends too early", offset: index) }
    return JSONError(message: "unexpected `\(FileText.shown([next]))`", offset: index)
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    skipSpace()
    guard next == byte else { throw unexpected() }
    index += 1
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < JSONScanner.depthLimit else {
      throw JSONError(message: "nested more than \(JSONScanner.depthLimit) deep", offset: index)
    }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth))
    case UInt8(ascii: "["): return .array(try array(depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[index...].starts(with: word.utf8) else { throw unexpected() }
    index += word.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(JSONError) -> [JSONMember] {
    index += 1
    var members: [JSONMember] = []
    // Swift compares strings by canonical equivalence, so two spellings of one name (NFC, NFD) are
    // found as well.
    var keys: Set<String> = []
    skipSpace()
    if next == UInt8(ascii: "}") {
      index += 1
      return members
    }
    while true {
      skipSpace()
      let start = index
      guard next == UInt8(ascii: "\"") else { throw unexpected() }
      let key = try string()
      guard keys.insert(key).inserted else {
        throw JSONError(message: "duplicate name `\(FileText.shown(key))`", offset: start)
      }
      try expect(UInt8(ascii: ":"))
      members.append(JSONMember(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      if next == UInt8(ascii: "}") { break }
      try expect(UInt8(ascii: ","))
    }
    index += 1
    return members
  }

  private mutating func array(_ depth: Int) throws(JSONError) -> [JSONValue] {
    index += 1
    var items: [JSONValue] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      index += 1
      return items
    }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if next == UInt8(ascii: "]") { break }
      try expect(UInt8(ascii: ","))
    }
    index += 1
    return items
  }

  private mutating func number() throws(JSONError) -> String {
    let start = index
    if next == UInt8(ascii: "-") { index += 1 }
    let first = index
    while let byte = next, byte &- 0x30 < 10 { index += 1 }
    guard index > first, index == first + 1 || bytes[first] != UInt8(ascii: "0") else {
      index = first
      throw unexpected()
    }
    if next == UInt8(ascii: ".") { try digitsAfterMark() }
    if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
      if index + 1 < bytes.count, bytes[index + 1] == 0x2B || bytes[index + 1] == 0x2D { index += 1 }
      try digitsAfterMark()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func digitsAfterMark() throws(JSONError) {
    index += 1
    let first = index
    while let byte = next, byte &- 0x30 < 10 { index += 1 }
    if index == first { throw unexpected() }
  }

  private mutating func string() throws(JSONError) -> String {
    index += 1
    var text: [UInt8] = []
    while let byte = next {
      guard byte >= 0x20 else { throw unexpected() }
      index += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
      if byte == UInt8(ascii: "\\") {
        text += Array(String(Character(try escape())).utf8)
      } else {
        text.append(byte)
      }
    }
    throw unexpected()
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = next else { throw unexpected() }
    let plain: [UInt8: Unicode.Scalar] = [
      0x22: "\"", 0x5C: "\\", 0x2F: "/", 0x62: "\u{8}", 0x66: "\u{C}", 0x6E: "\n", 0x72: "\r",
      0x74: "\t",
    ]
    if let scalar = plain[byte] {
      index += 1
      return scalar
    }
    guard byte == UInt8(ascii: "u") else { throw unexpected() }
    let start = index
    var code = try hexUnit()
    if (0xD800..<0xDC00).contains(code), next == UInt8(ascii: "\\"), index + 1 < bytes.count,
      bytes[index + 1] == UInt8(ascii: "u")
    {
      index += 1
      let low = try hexUnit()
      if (0xDC00..<0xE000).contains(low) {
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw JSONError(message: "half a surrogate pair", offset: start)
    }
    return scalar
  }

  /// The four digits after `u`, at which `index` stands.
  private mutating func hexUnit() throws(JSONError) -> UInt32 {
    index += 1
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected()
      }
      code = code << 4 | UInt32(truncatingIfNeeded: digit)
      index += 1
    }
    return code
  }
}

/// A JSON string literal of `text`.
func jsonQuoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
