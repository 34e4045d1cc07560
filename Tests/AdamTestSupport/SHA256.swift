// SHA-256 (FIPS 180-4), for comparing large tensors and saved files with recorded hashes.

package enum SHA256 {
  /// Lower-case hex digits of the hash.
  package static func hex(_ bytes: [UInt8]) -> String {
    var state = initial
    let padded = padding(bytes)
    var words = [UInt32](repeating: 0, count: 64)
    for block in stride(from: 0, to: padded.count, by: 64) {
      for index in 0..<16 {
        words[index] = (0..<4).reduce(0) { $0 << 8 | UInt32(padded[block + 4 * index + $1]) }
      }
      for index in 16..<64 {
        let a = words[index - 15]
        let b = words[index - 2]
        let small = rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3)
        let large = rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10)
        words[index] = words[index - 16] &+ small &+ words[index - 7] &+ large
      }
      compress(&state, words)
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// Hash of float32 values as little-endian bytes.
  package static func hex(floats: [Float]) -> String {
    hex(floats.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
  }

  /// Hash of whole numbers as little-endian 64-bit bytes.
  package static func hex(integers: [Int]) -> String {
    hex(integers.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } })
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private static func padding(_ bytes: [UInt8]) -> [UInt8] {
    var padded = bytes
    padded.append(0x80)
    while padded.count % 64 != 56 { padded.append(0) }
    let bitCount = UInt64(bytes.count) * 8
    for shift in stride(from: 56, through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift)))
    }
    return padded
  }

  private static func compress(_ state: inout [UInt32], _ words: [UInt32]) {
    var s = state
    for index in 0..<64 {
      let choose = (s[4] & s[5]) ^ (~s[4] & s[6])
      let e = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)
      let first = s[7] &+ e &+ choose &+ rounds[index] &+ words[index]
      let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])
      let a = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)
      s = [first &+ a &+ majority, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
    }
    for index in 0..<8 { state[index] &+= s[index] }
  }

  /// First 32 bits of the fractions of the square roots of the first eight primes.
  private static let initial: [UInt32] = primes.prefix(8).map { fraction(of: Double($0).squareRoot()) }
  /// First 32 bits of the fractions of the cube roots of the first 64 primes.
  private static let rounds: [UInt32] = primes.map { prime in
    var root = 1.0
    for _ in 0..<64 { root = (2 * root + Double(prime) / (root * root)) / 3 }
    return fraction(of: root)
  }
  private static let primes: [Int] = (2...311).filter { n in
    (2..<n).allSatisfy { !n.isMultiple(of: $0) }
  }

  private static func fraction(of value: Double) -> UInt32 {
    UInt32((value - value.rounded(.down)) * 0x1p32)
  }
}
