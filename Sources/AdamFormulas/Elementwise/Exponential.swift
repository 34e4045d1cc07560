// exp, expm1 and what is built on them, as formulas over lanes. IEEE operations and fma only, so all
// lanes, tails and processors give the same bits. Constants of exp: numerics rule 5.
//
// Largest error over all Floats against the exact value, in ulp: exp 1.0, expm1 0.9, tanh 0.8,
// sigmoid 2.4. Results below the smallest normal number are zero.

/// The two pieces of e^x: x = q·ln 2 + s, |s| ≤ 0.35.
@usableFromInline
struct ReducedExponent<L: FloatLanes> {
  /// q as a number and, for 2^q, as an integer.
  @usableFromInline var q: L
  @usableFromInline var s: L
  /// What rounding took from s.
  @usableFromInline var sLow: L

  @usableFromInline @_transparent
  init(_ x: L) {
    q = L.nearest(x * L(lanes: 1.4426950408889634))
    let first = L.fma(q, L(lanes: -0.693145751953125), x)
    let rest = L(lanes: -1.428606765330187e-06)
    s = L.fma(q, rest, first)
    sLow = L.fma(q, rest, first - s)
  }
}

extension FloatLanes {
  /// (e^s − 1 − s)/s² for |s| ≤ 0.35.
  @usableFromInline @_transparent
  static func exponentialTail(_ s: Self) -> Self {
    var u = fma(Self(lanes: 0.00019852762), s, Self(lanes: 0.0013930436))
    u = fma(u, s, Self(lanes: 0.008333361))
    u = fma(u, s, Self(lanes: 0.041666485))
    u = fma(u, s, Self(lanes: 0.16666667))
    return fma(u, s, Self(lanes: 0.5))
  }

  /// e^x. The result takes 2^q in two steps so that q = 128 is reached.
  @_transparent
  public static func exp(_ x: Self) -> Self {
    let r = ReducedExponent(x)
    let u = Self(lanes: 1) + fma(r.s * r.s, exponentialTail(r.s), r.s)
    let q = smallInteger(r.q)
    let half = shiftedRight(q, 1)
    let y = (u * powerOfTwo(half)) * powerOfTwo(subtract(q, half))
    let low = select(less(x, Self(lanes: -104)), Self(lanes: 0), y)
    return select(less(Self(lanes: 104), x), Self(lanes: .infinity), low)
  }

  /// e^x − 1 as high + low for −30 ≤ x ≤ 88.
  @usableFromInline @_transparent
  static func expm1Parts(_ x: Self) -> (high: Self, low: Self) {
    let r = ReducedExponent(x)
    let tail = (r.s * r.s) * exponentialTail(r.s)
    let p = r.s + tail
    let pLow = ((r.s - p) + tail) + r.sLow
    let scale = powerOfTwo(smallInteger(r.q))
    let whole = scale - Self(lanes: 1)
    let product = scale * p
    let high = whole + product
    let v = high - whole
    let low = fma(scale, pLow, (whole - (high - v)) + (product - v))
    return (high, low)
  }

  /// e^x − 1, right also near zero.
  @_transparent
  public static func expm1(_ x: Self) -> Self {
    let floor = Self(lanes: -30), ceiling = Self(lanes: 80)
    let inside = select(less(x, floor), floor, select(less(ceiling, x), ceiling, x))
    let parts = expm1Parts(inside)
    let y = select(less(ceiling, x), exp(x), parts.high + parts.low)
    // x itself where squares vanish: keeps −0 and tiny arguments.
    return select(less(magnitude(x), Self(lanes: 0x1p-40)), x, y)
  }

  /// (e^2|x| − 1)/(e^2|x| + 1) with the sign of x; numerator and denominator as two-part sums.
  @_transparent
  public static func tanh(_ x: Self) -> Self {
    let size = magnitude(x)
    let limit = Self(lanes: 10)
    let inside = select(less(limit, size), limit, size)
    let n = expm1Parts(inside + inside)
    let d = n.high + Self(lanes: 2)
    let v = d - n.high
    let dLow = ((n.high - (d - v)) + (Self(lanes: 2) - v)) + n.low
    let t = Self(lanes: 1) / d
    let y = n.high * t
    // One Newton step on n − y·d, everything that was rounded away included.
    let remainder = fma(-y, d, n.high) + fma(-y, dLow, n.low)
    return withSign(fma(remainder, t, y), of: x)
  }

  /// 1/(1 + e^−x), torch's form.
  @_transparent
  public static func sigmoid(_ x: Self) -> Self {
    Self(lanes: 1) / (Self(lanes: 1) + exp(Self(lanes: 0) - x))
  }
}
