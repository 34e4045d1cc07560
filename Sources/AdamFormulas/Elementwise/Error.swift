// The error function and gelu as formulas over lanes.
//
// Largest error of erf over all Floats: 0.9 ulp. gelu loses up to the cancellation of 1 + erf for
// negative x, as in torch.

extension FloatLanes {
  /// |x| ≤ 1.25: x + x·Q(x²). Beyond: 1 − e^−T(|x|). Both polynomials are minimax fits.
  @_transparent
  public static func erf(_ x: Self) -> Self {
    let z = x * x
    var q = fma(Self(lanes: -7.420292604365386e-06), z, Self(lanes: 0.00010315290273865685))
    q = fma(q, z, Self(lanes: -0.0008323833462782204))
    q = fma(q, z, Self(lanes: 0.005207476671785116))
    q = fma(q, z, Self(lanes: -0.026859493926167488))
    q = fma(q, z, Self(lanes: 0.11283658444881439))
    q = fma(q, z, Self(lanes: -0.3761262893676758))
    q = fma(q, z, Self(lanes: 0.12837916612625122))
    let inner = fma(x, q, x)
    let size = magnitude(x)
    let limit = Self(lanes: 4)
    let a = select(less(limit, size), limit, size)
    var t = fma(Self(lanes: 2.0709097952931188e-05), a, Self(lanes: -0.00042811117600649595))
    t = fma(t, a, Self(lanes: 0.0041291555389761925))
    t = fma(t, a, Self(lanes: -0.024973226711153984))
    t = fma(t, a, Self(lanes: 0.10798589885234833))
    t = fma(t, a, Self(lanes: 0.633690595626831))
    t = fma(t, a, Self(lanes: 1.1292980909347534))
    t = fma(t, a, Self(lanes: -0.00011749098484870046))
    let outer = withSign(Self(lanes: 1) - exp(-t), of: x)
    return select(less(Self(lanes: 1.25), size), outer, inner)
  }

  /// (x·0.5)·(1 + erf(x·√½))
  @_transparent
  public static func geluErf(_ x: Self) -> Self {
    (x * Self(lanes: 0.5)) * (Self(lanes: 1) + erf(x * Self(lanes: 0.70710677)))
  }

  /// g·(Φ(x) + x·φ(x)), Φ = 0.5·(1 + erf(x·√½)), φ = e^(−x²/2)/√(2π).
  @_transparent
  public static func geluErfGrad(_ g: Self, _ x: Self) -> Self {
    let Φ = Self(lanes: 0.5) * (Self(lanes: 1) + erf(x * Self(lanes: 0.70710677)))
    let φ = exp((x * x) * Self(lanes: -0.5)) * Self(lanes: 0.3989423)
    return g * fma(x, φ, Φ)
  }

  /// √(2/π)·(x + 0.044715·x³)
  @usableFromInline @_transparent
  static func geluInner(_ x: Self) -> Self {
    Self(lanes: 0.7978846) * fma(Self(lanes: 0.044715), (x * x) * x, x)
  }

  /// (0.5·x)·(1 + tanh(inner))
  @_transparent
  public static func geluTanh(_ x: Self) -> Self {
    (Self(lanes: 0.5) * x) * (Self(lanes: 1) + tanh(geluInner(x)))
  }

  /// g·(0.5·(1 + t) + 0.5·x·(1 − t²)·√(2/π)·(1 + 3·0.044715·x²)), t = tanh(inner).
  @_transparent
  public static func geluTanhGrad(_ g: Self, _ x: Self) -> Self {
    let one = Self(lanes: 1), half = Self(lanes: 0.5)
    let t = tanh(geluInner(x))
    let left = half * (one + t)
    let slope = Self(lanes: 0.7978846) * fma(Self(lanes: 0.134145), x * x, one)
    return g * fma((half * x) * fma(-t, t, one), slope, left)
  }
}
