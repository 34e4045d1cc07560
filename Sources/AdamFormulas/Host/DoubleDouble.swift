// Numbers of about 106 bits: the unevaluated sum of two Doubles. Host side only.

/// `high + low` with |low| ≤ ulp(high)/2. Sums and products are right to about 2⁻¹⁰².
/// (Dekker 1971; products by fma.)
struct DoubleDouble {
  var high: Double
  var low: Double

  init(_ high: Double, _ low: Double = 0) {
    self.high = high
    self.low = low
  }

  /// a + b exactly.
  static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
    let s = a + b
    let v = s - a
    return DoubleDouble(s, (a - (s - v)) + (b - v))
  }

  /// a·b exactly.
  static func product(_ a: Double, _ b: Double) -> DoubleDouble {
    let p = a * b
    return DoubleDouble(p, (-p).addingProduct(a, b))
  }

  /// Shifts what fits from `low` to `high`; |high| ≥ |low|.
  var normalized: DoubleDouble {
    let s = high + low
    return DoubleDouble(s, low - (s - high))
  }

  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let s = sum(a.high, b.high)
    let t = sum(a.low, b.low)
    let u = DoubleDouble(s.high, s.low + t.high).normalized
    return DoubleDouble(u.high, u.low + t.low).normalized
  }

  static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(-a.high, -a.low) }

  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let p = product(a.high, b.high)
    let cross = (a.high * b.low).addingProduct(a.low, b.high)
    return DoubleDouble(p.high, p.low + cross).normalized
  }

  static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let q = a.high / b.high
    let r = a + -(b * DoubleDouble(q))
    return sum(q, r.high / b.high)
  }

  /// Times a power of two (exact unless the result is subnormal).
  func scaled(by exponent: Int) -> DoubleDouble {
    DoubleDouble(HostMath.scale(high, exponent), HostMath.scale(low, exponent))
  }
}
