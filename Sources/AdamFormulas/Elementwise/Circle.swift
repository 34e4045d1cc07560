// sin and cos as formulas over lanes.
//
// Largest error over all Floats: 0.8 ulp. Up to |x| = 65,536 three pieces of π/2 are taken off
// (Cody and Waite 1980); beyond, lane by lane, 192 bits of 2/π (see CircleReduction.swift).

extension FloatLanes {
  /// sin (quarterTurns 0) or cos (1).
  @usableFromInline @_transparent
  static func circle(_ x: Self, quarterTurns: Int32) -> Self {
    let size = magnitude(x)
    let isLarge = less(Self(lanes: 65_536), size)
    let q = nearest(select(isLarge, Self(lanes: 0), x) * Self(lanes: 0.63661975))
    // π/2 = 1.5707963 + (−4.3711388e-08) + (−1.7763568e-15): the first product is exact in fma.
    let first = fma(-q, Self(lanes: 1.5707964), x)
    let second = q * Self(lanes: -4.371139e-08)
    let secondLow = fma(q, Self(lanes: -4.371139e-08), -second)
    let r = twoSum(first, -second)
    let low = fma(-q, Self(lanes: -1.7151245e-15), r.low - secondLow)
    let turns = add(smallInteger(q), integer(quarterTurns))
    let y = circleSeries(r.high, low, turns)
    if any(isLarge) {
      return select(isLarge, x.mapLanes { largeCircle($0, quarterTurns: quarterTurns) }, y)
    }
    return y
  }

  /// sin(r + low) or cos(r + low), |r| ≤ π/4, with the sign of its quadrant.
  @usableFromInline @_transparent
  static func circleSeries(_ r: Self, _ low: Self, _ turns: Bits) -> Self {
    let z = r * r
    var s = fma(Self(lanes: 2.833071221175487e-06), z, Self(lanes: -0.00019853092089761049))
    s = fma(s, z, Self(lanes: 0.008333379402756691))
    s = fma(s, z, Self(lanes: -0.1666666716337204))
    let half = Self(lanes: 0.5) * z
    let sine = r + fma(r * z, s, fma(-half, low, low))
    var c = fma(Self(lanes: -2.888123447064572e-07), z, Self(lanes: 2.482202216924634e-05))
    c = fma(c, z, Self(lanes: -0.0013888980029150844))
    c = fma(c, z, Self(lanes: 0.0416666679084301))
    let w = Self(lanes: 1) - half
    // What z lost to rounding matters here as well: half of (r² − z).
    let zLow = fma(r, r, -z)
    let rest = ((Self(lanes: 1) - w) - half) - fma(r, low, Self(lanes: 0.5) * zLow)
    let cosine = w + fma(z * z, c, rest)
    let value = select(isNonzero(and(turns, integer(1))), cosine, sine)
    let sign = shiftedLeft(and(turns, integer(2)), 30)
    return float(xor(bits(value), sign))
  }

  @_transparent
  public static func sin(_ x: Self) -> Self {
    let y = circle(x, quarterTurns: 0)
    // −0 stays −0.
    return select(notEqual(x, Self(lanes: 0)), y, x)
  }
  @_transparent
  public static func cos(_ x: Self) -> Self { circle(x, quarterTurns: 1) }
}

/// One large lane, in Double.
@usableFromInline
func largeCircle(_ x: Float, quarterTurns: Int32) -> Float {
  let value = quarterTurns == 0 ? HostMath.sin(Double(x)) : HostMath.cos(Double(x))
  return Float(value)
}
