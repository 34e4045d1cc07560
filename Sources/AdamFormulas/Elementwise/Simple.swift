// The short elementwise formulas: gradients, losses, rounding, powers.

extension FloatLanes {
  /// x > 0 ? x : 0, NaN stays.
  @_transparent
  public static func relu(_ x: Self) -> Self { larger(x, Self(lanes: 0)) }
  /// y ≤ 0 ? 0 : g.
  @_transparent
  public static func reluGrad(_ g: Self, _ y: Self) -> Self {
    let zero = Self(lanes: 0)
    return select(less(zero, y), g, select(notEqual(y, y), g, zero))
  }
  /// g·fma(−y, y, 1)
  @_transparent
  public static func tanhGrad(_ g: Self, _ y: Self) -> Self { g * fma(-y, y, Self(lanes: 1)) }
  /// (g·(1−y))·y
  @_transparent
  public static func sigmoidGrad(_ g: Self, _ y: Self) -> Self { (g * (Self(lanes: 1) - y)) * y }

  /// −1, 0, 1; NaN gives 0 as in torch.
  @_transparent
  public static func sign(_ x: Self) -> Self {
    let zero = Self(lanes: 0)
    return select(
      less(zero, x), Self(lanes: 1), select(less(x, zero), Self(lanes: -1), zero))
  }

  /// Nearest integer, ties to even, for every x.
  @_transparent
  public static func round(_ x: Self) -> Self {
    let size = magnitude(x)
    let shift = Self(lanes: 8_388_608)
    let rounded = (size + shift) - shift
    return select(less(size, shift), withSign(rounded, of: x), x)
  }
  @_transparent
  public static func floor(_ x: Self) -> Self {
    let r = round(x)
    return withSign0(select(less(x, r), r - Self(lanes: 1), r), of: x)
  }
  @_transparent
  public static func ceil(_ x: Self) -> Self {
    let r = round(x)
    return withSign0(select(less(r, x), r + Self(lanes: 1), r), of: x)
  }
  @_transparent
  public static func trunc(_ x: Self) -> Self { withSign(floor(magnitude(x)), of: x) }

  /// A zero takes the sign of x; other values have it already or are whole.
  @usableFromInline @_transparent
  static func withSign0(_ y: Self, of x: Self) -> Self {
    select(notEqual(y, Self(lanes: 0)), y, float(signBits(x)))
  }

  /// The squared difference of mse.
  @_transparent
  public static func squaredDifference(_ x: Self, _ y: Self) -> Self {
    let d = x - y
    return d * d
  }

  /// (1−y)·x − (min(0, x) − log1p(e^−|x|)), torch's form for logits x and targets y.
  @_transparent
  public static func bceWithLogits(_ x: Self, _ y: Self) -> Self {
    let logSigmoid = smaller(Self(lanes: 0), x) - log1p(exp(-magnitude(x)))
    return (Self(lanes: 1) - y) * x - logSigmoid
  }

  /// xʸ, lane by lane in Double: at most 0.501 ulp, slow. Whole and half powers have own codes.
  @_transparent
  public static func pow(_ x: Self, _ y: Self) -> Self {
    combineLanes(x, y, scalarPower)
  }
  /// Floored remainder with the sign of y, exact: torch.remainder. By zero: NaN.
  @_transparent
  public static func remainder(_ x: Self, _ y: Self) -> Self {
    combineLanes(x, y, scalarRemainder)
  }
}

@usableFromInline
func scalarPower(_ x: Float, _ y: Float) -> Float {
  Float(HostMath.pow(Double(x), Double(y)))
}

@usableFromInline
func scalarRemainder(_ x: Float, _ y: Float) -> Float {
  guard x.isFinite, y != 0, !y.isNaN else { return .nan }
  if y.isInfinite { return x == 0 || (x < 0) == (y < 0) ? x : y }
  let r = x.truncatingRemainder(dividingBy: y)
  return r != 0 && (r < 0) != (y < 0) ? r + y : r
}
