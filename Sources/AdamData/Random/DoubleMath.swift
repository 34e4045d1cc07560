// Double-precision log, sin, cos, exp and erf from IEEE operations and fma only. libm's change their
// last bits with the processor's FMA, and with them the random draws. Each is within 0.6 ulp
// (erf and exp: 1e-14, they only decide which of two sampling methods is used).

enum DoubleMath {
  /// `coefficients[0] + x·(coefficients[1] + …)`.
  @inline(__always)
  private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
    var sum = 0.0
    for coefficient in coefficients.reversed() { sum = coefficient.addingProduct(sum, x) }
    return sum
  }

  /// 1/3, 1/5, 1/7, …: atanh(s) = s + s³/3 + s⁵/5 + …
  private static let atanhTerms: [Double] = (1...13).map { 1 / Double(2 * $0 + 1) }

  /// Natural logarithm of a positive normal number; −∞ for zero. By x = 2^k·(1+f) with 1+f in
  /// [√½, √2] and log(1+f) = 2·atanh(f/(2+f)), the quotient carried to twice the precision.
  static func log(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x == 0 ? -.infinity : (x < 0 ? .nan : x) }
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa *= 0.5
      exponent += 1
    }
    let f = mantissa - 1
    let divisor = 2 + f
    let divisorTail = f - (divisor - 2)
    let s = f / divisor
    let remainder = (f.addingProduct(-s, divisor)).addingProduct(-s, divisorTail)
    let tail = remainder / divisor
    let square = s * s
    let series = s * square * polynomial(square, atanhTerms)
    let low = (2 * (tail + series)).addingProduct(exponent, 1.908_214_929_270_587_7e-10)
    let high = exponent * 0.693_147_180_369_123_816_490  // 33 bits, so the product is exact
    let sum = high + 2 * s
    let carried = abs(high) >= abs(2 * s) ? (high - sum) + 2 * s : (2 * s - sum) + high
    return sum + (carried + low)
  }

  /// log(1 − u) for u = k·2⁻⁵³ in [0, 1), where 1 − u is exact: log1p(−u) without its special cases.
  static func logOfComplement(_ u: Double) -> Double { log(1 - u) }

  /// (−1)^n/(2n+3)!, for sin(r) = r + r³·(…).
  private static let sineTerms: [Double] = alternatingInverseFactorials(from: 3)
  /// (−1)^n/(2n+4)!, for cos(r) = 1 − r²/2 + r⁴·(…).
  private static let cosineTerms: [Double] = alternatingInverseFactorials(from: 4).map { -$0 }

  private static func alternatingInverseFactorials(from first: Int) -> [Double] {
    var factorial = (1...first).map(Double.init).reduce(1, *)
    return (0..<9).map { index in
      defer {
        let next = Double(first + 2 * index)
        factorial *= (next + 1) * (next + 2)
      }
      return (index.isMultiple(of: 2) ? -1 : 1) / factorial
    }
  }

  /// Sine and cosine for 0 ≤ x < 2π: reduction by quarter turns held in two Doubles (the first
  /// difference is exact in this range), then the Taylor series on [−π/4, π/4].
  static func sinCos(_ x: Double) -> (sin: Double, cos: Double) {
    let quarter = (x * 0.636_619_772_367_581_3).rounded(.toNearestOrEven)
    let exact = x.addingProduct(-quarter, 1.570_796_326_794_896_6)
    let correction = quarter * -6.123_233_995_736_766e-17
    let r = exact + correction
    let tail = (exact - r) + correction
    let square = r * r
    let sine = r + tail.addingProduct(r * square, polynomial(square, sineTerms))
    let half = 0.5 * square
    let head = 1 - half
    let rest = (square * square) * polynomial(square, cosineTerms) - r * tail
    let cosine = head + (((1 - head) - half) + rest)
    switch Int(quarter) & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }

  /// e^−x for x ≥ 0, by halving the argument until the series is short.
  static func expOfNegative(_ x: Double) -> Double {
    guard x < 700 else { return 0 }
    var scaled = x
    var halvings = 0
    while scaled > 0.125 {
      scaled *= 0.5
      halvings += 1
    }
    var term = 1.0
    var sum = 1.0
    for index in 1...12 {
      term *= -scaled / Double(index)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }

  /// The error function by 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(2n+1)!!, all terms of one sign.
  static func erf(_ x: Double) -> Double {
    let magnitude = abs(x)
    guard magnitude < 6 else { return x < 0 ? -1 : 1 }
    var term = magnitude
    var sum = magnitude
    var index = 0.0
    while term > sum * 1e-17 {
      index += 1
      term *= 2 * x * x / (2 * index + 1)
      sum += term
    }
    let value = 1.128_379_167_095_512_6 * expOfNegative(x * x) * sum
    return x < 0 ? -value : value
  }
}
