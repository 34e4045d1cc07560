// exp, expm1 and what is built on them, as formulas over lanes. IEEE operations and fma only, so all
// lanes, tails and processors give the same bits. Constants of exp: numerics rule 5.
//
// Largest error over all Floats against the exact value, in ulp: exp 1.0, expm1 0.9, tanh 0.96, sigmoid 2.4.
// Results below the smallest normal number are zero.

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

  /// 1 − 2/(e^2|x| + 1) with the sign of x, and below 1, where the subtraction would cancel, an odd polynomial. From
  /// 1 on the quotient is at most 0.24, so that what rounding took of it and of its denominator hardly counts. Both
  /// are computed for every lane: they do not wait for each other.
  @_transparent
  public static func tanh(_ x: Self) -> Self {
    let size = magnitude(x)
    let limit = Self(lanes: 10)
    let d = exponentialOfTwicePlusOne(select(less(limit, size), limit, size))
    let far = Self(lanes: 1) - Self(lanes: 2) / d
    let square = size * size
    let near = fma(size * square, tanhTail(square), size)
    return withSign(magnitude(select(less(size, Self(lanes: 1)), near, far)), of: x)
  }

  /// (tanh x − x)/x³ from x², for |x| < 1: a minimax fit of relative error 4.6e-9 for tanh.
  @usableFromInline @_transparent
  static func tanhTail(_ square: Self) -> Self {
    var u = fma(Self(lanes: -0.0003584515071), square, Self(lanes: 0.002301362809))
    u = fma(u, square, Self(lanes: -0.007946103811))
    u = fma(u, square, Self(lanes: 0.02148665674))
    u = fma(u, square, Self(lanes: -0.05387980118))
    u = fma(u, square, Self(lanes: 0.1333234459))
    return fma(u, square, Self(lanes: -0.3333329558))
  }

  /// e^2x + 1 for 0 ≤ x ≤ 10: 2x = q·ln 2 + 2s, |s| ≤ 0.174, with q from the bits of the sum that rounds it and
  /// e^2s as a minimax fit of relative error 3.1e-9.
  @usableFromInline @_transparent
  static func exponentialOfTwicePlusOne(_ x: Self) -> Self {
    let rounder = Self(lanes: 12_582_912)
    let shifted = fma(x, Self(lanes: 2.88539), rounder)
    let q = shifted - rounder
    let first = fma(q, Self(lanes: -0.3465728759765625), x)
    let s = fma(q, Self(lanes: -7.143033825950935e-07), first)
    var u = fma(Self(lanes: 0.08841165155), s, Self(lanes: 0.2678032219))
    u = fma(u, s, Self(lanes: 0.6666944027))
    u = fma(u, s, Self(lanes: 1.333321571))
    u = fma(u, s, Self(lanes: 1.999999762))
    u = fma(u, s, Self(lanes: 2))
    u = fma(u, s, Self(lanes: 1))
    // 2^q: the lowest bits of `shifted` are q, those above are shifted out.
    let scale = float(add(shiftedLeft(bits(shifted), 23), integer(0x3F80_0000)))
    return fma(u, scale, Self(lanes: 1))
  }

  /// 1/(1 + e^−x), torch's form.
  @_transparent
  public static func sigmoid(_ x: Self) -> Self {
    Self(lanes: 1) / (Self(lanes: 1) + exp(Self(lanes: 0) - x))
  }
}
