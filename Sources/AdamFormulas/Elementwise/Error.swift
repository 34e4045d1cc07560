// The error function and gelu as formulas over lanes.
//
// Largest error of erf over all Floats: 0.8 ulp. gelu loses up to the cancellation of 1 + erf for
// negative x, as in torch.

extension FloatLanes {
  /// |x| ≤ 1: x + x·Q(x²). Beyond: 1 − e^−T(|x|). Both polynomials are minimax fits.
  @inlinable @inline(__always)
  public static func erf(_ x: Self) -> Self {
    let z = x * x
    var q = fma(Self(lanes: 7.806903158780187e-05), z, Self(lanes: -0.0007997853099368513))
    q = fma(q, z, Self(lanes: 0.005187162198126316))
    q = fma(q, z, Self(lanes: -0.026853347197175026))
    q = fma(q, z, Self(lanes: 0.11283578723669052))
    q = fma(q, z, Self(lanes: -0.3761262595653534))
    q = fma(q, z, Self(lanes: 0.12837916612625122))
    let inner = fma(x, q, x)
    let size = magnitude(x)
    let limit = Self(lanes: 4)
    let a = select(less(limit, size), limit, size)
    var t = fma(Self(lanes: 2.1699617718695663e-05), a, Self(lanes: -0.00044149314635433257))
    t = fma(t, a, Self(lanes: 0.004205373115837574))
    t = fma(t, a, Self(lanes: -0.02521054446697235))
    t = fma(t, a, Self(lanes: 0.10842236876487732))
    t = fma(t, a, Self(lanes: 0.6332162022590637))
    t = fma(t, a, Self(lanes: 1.1295803785324097))
    t = fma(t, a, Self(lanes: -0.00018847461615223438))
    let outer = withSign(Self(lanes: 1) - exp(-t), of: x)
    return select(less(Self(lanes: 1), size), outer, inner)
  }

  /// (x·0.5)·(1 + erf(x·√½))
  @inlinable @inline(__always)
  public static func geluErf(_ x: Self) -> Self {
    (x * Self(lanes: 0.5)) * (Self(lanes: 1) + erf(x * Self(lanes: 0.70710677)))
  }

  /// g·(Φ(x) + x·φ(x)), Φ = 0.5·(1 + erf(x·√½)), φ = e^(−x²/2)/√(2π).
  @inlinable @inline(__always)
  public static func geluErfGrad(_ g: Self, _ x: Self) -> Self {
    let Φ = Self(lanes: 0.5) * (Self(lanes: 1) + erf(x * Self(lanes: 0.70710677)))
    let φ = exp((x * x) * Self(lanes: -0.5)) * Self(lanes: 0.3989423)
    return g * fma(x, φ, Φ)
  }

  /// √(2/π)·(x + 0.044715·x³)
  @inlinable @inline(__always)
  static func geluInner(_ x: Self) -> Self {
    Self(lanes: 0.7978846) * fma(Self(lanes: 0.044715), (x * x) * x, x)
  }

  /// (0.5·x)·(1 + tanh(inner))
  @inlinable @inline(__always)
  public static func geluTanh(_ x: Self) -> Self {
    (Self(lanes: 0.5) * x) * (Self(lanes: 1) + tanh(geluInner(x)))
  }

  /// g·(0.5·(1 + t) + 0.5·x·(1 − t²)·√(2/π)·(1 + 3·0.044715·x²)), t = tanh(inner).
  @inlinable @inline(__always)
  public static func geluTanhGrad(_ g: Self, _ x: Self) -> Self {
    let one = Self(lanes: 1), half = Self(lanes: 0.5)
    let t = tanh(geluInner(x))
    let left = half * (one + t)
    let slope = Self(lanes: 0.7978846) * fma(Self(lanes: 0.134145), x * x, one)
    return g * fma((half * x) * fma(-t, t, one), slope, left)
  }
}
