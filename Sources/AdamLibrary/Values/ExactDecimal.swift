// The exact decimal expansion of a Double, and rounding of it: a Double is m·2^e, so it has finitely
// many decimal digits, and rounding them half to even is correct by construction.

struct ExactDecimal {
  /// Decimal digits 0…9, most significant first, no leading zeros; empty for zero.
  private(set) var digits: [UInt8]
  /// Number of digits before the point; may be negative or beyond the digits.
  private(set) var point: Int

  /// `x` must be finite; its sign is dropped.
  init(_ x: Double) {
    guard x.isFinite, x != 0 else {
      digits = []
      point = 0
      return
    }
    let significand = x.magnitude.significandBitPattern | (x.isNormal ? 1 << 52 : 0)
    let exponent = (x.isNormal ? Int(x.exponentBitPattern) : 1) - 1075
    let zeros = significand.trailingZeroBitCount
    var number = BigDigits(significand >> UInt64(zeros))
    let power = exponent + zeros
    // m·2^-k = m·5^k / 10^k
    for _ in 0..<abs(power) { number.multiply(by: power < 0 ? 5 : 2) }
    digits = number.decimals
    point = digits.count - max(0, -power)
  }

  /// Moves the point to the right: times 10^places.
  mutating func shift(_ places: Int) { if !digits.isEmpty { point += places } }

  /// Decimal exponent in scientific notation; 0 for zero.
  var exponent: Int { digits.isEmpty ? 0 : point - 1 }

  /// Rounded half to even so that `places` digits stand behind the point.
  func rounded(places: Int) -> ExactDecimal {
    let keep = point + places
    guard keep < digits.count else { return self }
    var result = self
    guard keep >= 0 else {
      result.digits = []
      result.point = 0
      return result
    }
    let roundsUp = isAboveHalf(from: keep)
    result.digits.removeLast(digits.count - keep)
    if roundsUp { result.increment() }
    if result.digits.isEmpty { result.point = 0 }
    return result
  }

  /// Rounded to a number of significant digits, at least 1.
  func rounded(significant count: Int) -> ExactDecimal { rounded(places: count - point) }

  private func isAboveHalf(from index: Int) -> Bool {
    let first = digits[index]
    if first != 5 { return first > 5 }
    if digits[(index + 1)...].contains(where: { $0 != 0 }) { return true }
    return index > 0 && digits[index - 1] % 2 == 1
  }

  private mutating func increment() {
    var index = digits.count - 1
    while index >= 0 {
      if digits[index] < 9 {
        digits[index] += 1
        return
      }
      digits[index] = 0
      index -= 1
    }
    digits.insert(1, at: 0)
    point += 1
  }

  private func digit(_ index: Int) -> UInt8 {
    index >= 0 && index < digits.count ? digits[index] : 0
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: range.map { 0x30 + digit($0) }, as: UTF8.self)
  }

  /// `12.30` with exactly `places` digits behind the point; round first.
  func fixed(places: Int) -> String {
    let whole = point > 0 ? text(0..<point) : "0"
    return places > 0 ? whole + "." + text(point..<(point + places)) : whole
  }

  /// `1.230e-05` with `places` digits behind the point; round first.
  func scientific(places: Int) -> String {
    let mantissa = text(0..<1) + (places > 0 ? "." + text(1..<(1 + places)) : "")
    let size = String(exponent.magnitude)
    return mantissa + "e" + (exponent < 0 ? "-" : "+") + (size.count < 2 ? "0" + size : size)
  }
}

/// A natural number in base 10^9, least significant first. Only what an expansion needs.
private struct BigDigits {
  private var limbs: [UInt32] = []
  private static let base: UInt64 = 1_000_000_000

  init(_ value: UInt64) {
    var rest = value
    while rest > 0 {
      limbs.append(UInt32(truncatingIfNeeded: rest % Self.base))
      rest /= Self.base
    }
  }

  mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let product = UInt64(limbs[index]) * factor + carry
      limbs[index] = UInt32(truncatingIfNeeded: product % Self.base)
      carry = product / Self.base
    }
    if carry > 0 { limbs.append(UInt32(truncatingIfNeeded: carry)) }
  }

  /// Most significant first, without leading zeros.
  var decimals: [UInt8] {
    var result: [UInt8] = []
    for limb in limbs {
      var rest = limb
      for _ in 0..<9 {
        result.append(UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      }
    }
    while result.last == 0 { result.removeLast() }
    return result.reversed()
  }
}
