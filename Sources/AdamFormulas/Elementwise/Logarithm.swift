// log and log1p as formulas over lanes: an atanh series carried as a sum of two Floats.
//
// Largest error over all Floats in ulp: log 0.6, log1p 0.9. Subnormal arguments count as zero.

extension FloatLanes {
  /// log x = e·ln 2 + 2·atanh(n/d), where n/d = (m − 1)/(m + 1) comes as two-part numbers.
  @usableFromInline @_transparent
  static func logarithm(
    exponent e: Self, nHigh nh: Self, nLow nl: Self, dHigh dh: Self, dLow dl: Self
  ) -> Self {
    let one = Self(lanes: 1)
    let t = one / dh
    let q = nh * t
    let ql = fma(q, fma(-dl, t, fma(-dh, t, one)), fma(nl, t, fma(t, nh, -q)))
    let q2 = q * q
    var p = fma(Self(lanes: 0.3027294874), q2, Self(lanes: 0.3996108174))
    p = fma(p, q2, Self(lanes: 0.6666694880))
    let ln2 = Self(lanes: 0.69314718246459960938)
    let a = ln2 * e
    let al = fma(Self(lanes: -1.904654323148236017e-09), e, fma(ln2, e, -a))
    let b = q * Self(lanes: 2)
    let s = a + b
    let sl = (((a - s) + b) + al) + ql * Self(lanes: 2)
    let y = (q2 * q) * p
    let r = s + y
    return r + (((s - r) + y) + sl)
  }

  /// log of zero, negatives, infinity and NaN.
  @usableFromInline @_transparent
  static func logarithmSpecial(_ x: Self, _ y: Self) -> Self {
    let infinity = Self(lanes: .infinity), zero = Self(lanes: 0)
    var result = select(less(x, infinity), y, x)
    result = select(less(zero, x), result, -infinity)
    return select(less(x, zero), Self(lanes: .nan), select(notEqual(x, x), x, result))
  }

  /// a + b = high + low exactly.
  @usableFromInline @_transparent
  static func twoSum(_ a: Self, _ b: Self) -> (high: Self, low: Self) {
    let s = a + b
    let v = s - a
    return (s, (a - (s - v)) + (b - v))
  }

  /// The natural logarithm, numerics rule 5.
  @_transparent
  public static func log(_ x: Self) -> Self {
    // e: exponent of x/0.75, so that m = x·2^−e lies in [0.75, 1.5).
    let e = subtract(
      shiftedRight(bits(x * Self(lanes: 1.3333334)), 23), integer(127))
    let m = float(subtract(bits(x), shiftedLeft(e, 23)))
    let n = twoSum(Self(lanes: -1), m)
    let d = twoSum(Self(lanes: 1), m)
    let y = logarithm(
      exponent: floatOfSmall(e), nHigh: n.high, nLow: n.low, dHigh: d.high, dLow: d.low)
    return logarithmSpecial(x, y)
  }

  /// An integer |n| < 2²² as a number.
  @usableFromInline @_transparent
  static func floatOfSmall(_ n: Bits) -> Self {
    float(add(n, integer(0x4B40_0000))) - Self(lanes: 12_582_912)
  }

  /// log(1 + x), right also near zero: m − 1 = x·2^−e + (2^−e − 1) with one rounding.
  @_transparent
  public static func log1p(_ x: Self) -> Self {
    let one = Self(lanes: 1)
    let u = one + x
    let e = subtract(shiftedRight(bits(u * Self(lanes: 1.3333334)), 23), integer(127))
    let scale = powerOfTwo(subtract(integer(0), e))
    let base = scale - one
    let near = fma(x, scale, base)
    // Far out, 1 + x = x and 2^−e may be no normal number: take m from the bits.
    let isFar = less(Self(lanes: 0x1p60), x)
    let far = float(subtract(bits(x), shiftedLeft(e, 23))) - one
    let n = select(isFar, far, near)
    let nLow = select(isFar, Self(lanes: 0), fma(x, scale, base - near))
    let d = twoSum(Self(lanes: 2), n)
    let y = logarithm(
      exponent: floatOfSmall(e), nHigh: n, nLow: nLow, dHigh: d.high, dLow: d.low + nLow)
    let result = logarithmSpecial(u, y)
    return select(less(magnitude(x), Self(lanes: 0x1p-40)), x, result)
  }
}
