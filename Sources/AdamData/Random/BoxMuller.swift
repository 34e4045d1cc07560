// Normal values in float32 blocks of sixteen: the arithmetic of torch's AVX2 build, lane by lane.
// Polynomials after Cephes (S. Moshier), with the multiply-adds fused as torch fuses them.

enum BoxMuller {
  typealias Lanes = SIMD8<Float>

  /// Turns sixteen uniforms in place into normals: the first eight give the radius, the others the
  /// angle; r·cos comes first, r·sin second; each is fma(z, std, mean).
  static func transform(_ block: UnsafeMutablePointer<Float>, mean: Float, std: Float) {
    var radiusDraws = Lanes()
    var angleDraws = Lanes()
    for lane in 0..<8 {
      radiusDraws[lane] = block[lane]
      angleDraws[lane] = block[lane + 8]
    }
    let radius = (-2 * logarithm(1 - radiusDraws)).squareRoot()
    let (sine, cosine) = sineCosine(6.283_185_307_179_586 * angleDraws)
    let means = Lanes(repeating: mean)
    let first = means.addingProduct(radius * cosine, std)
    let second = means.addingProduct(radius * sine, std)
    for lane in 0..<8 {
      block[lane] = first[lane]
      block[lane + 8] = second[lane]
    }
  }

  /// Horner's rule: `start·x + k₀`, times x plus k₁, …, each step one fma.
  @inline(__always)
  private static func horner(_ x: Lanes, _ start: Float, _ rest: [Float]) -> Lanes {
    var sum = Lanes(repeating: start)
    for coefficient in rest { sum = Lanes(repeating: coefficient).addingProduct(sum, x) }
    return sum
  }

  /// Natural logarithm for x in [2⁻²⁴, 1].
  static func logarithm(_ input: Lanes) -> Lanes {
    let bits = unsafeBitCast(input, to: SIMD8<UInt32>.self)
    let exponentBits = SIMD8<Int32>(truncatingIfNeeded: bits &>> 23) &- 127
    var exponent = Lanes(exponentBits) + 1
    let mantissa = unsafeBitCast((bits & 0x807F_FFFF) | 0x3F00_0000, to: Lanes.self)
    let isSmall = mantissa .< 0.707_106_781_186_547_524
    exponent = exponent.replacing(with: exponent - 1, where: isSmall)
    let x = (mantissa - 1) + Lanes().replacing(with: mantissa, where: isSmall)
    let square = x * x
    var y = horner(x, 7.0376836292e-2, logarithmTerms)
    y = y * x
    y = (exponent * -2.12194440e-4).addingProduct(y, square)
    y = y.addingProduct(-square, 0.5)
    return (x + y).addingProduct(exponent, 0.693359375)
  }

  private static let logarithmTerms: [Float] = [
    -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
    2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  ]

  /// Sine and cosine for 0 ≤ x < 2π.
  static func sineCosine(_ input: Lanes) -> (sin: Lanes, cos: Lanes) {
    // Octants: truncated, then made even. The draws are below 1, so the conversion cannot trap.
    var octant = SIMD8<Int32>(input * 1.27323954473516)
    octant = (octant &+ 1) & ~1
    let y = Lanes(octant)
    let usesSine = (octant & 2) .== 0
    let negatesSine = (octant & 4) .!= 0
    let negatesCosine = (~(octant &- 2) & 4) .!= 0
    var x = input.addingProduct(y, -0.78515625)
    x = x.addingProduct(y, -2.4187564849853515625e-4)
    x = x.addingProduct(y, -3.77489497744594108e-8)
    let square = x * x
    var cosine = horner(square, 2.443315711809948e-5, [-1.388731625493765e-3, 4.166664568298827e-2])
    cosine = cosine * square
    cosine = (-(square * 0.5)).addingProduct(cosine, square) + 1
    var sine = horner(square, -1.9515295891e-4, [8.3321608736e-3, -1.6666654611e-1])
    sine = x.addingProduct(sine * square, x)
    let s = cosine.replacing(with: sine, where: usesSine)
    let c = sine.replacing(with: cosine, where: usesSine)
    return (s.replacing(with: -s, where: negatesSine), c.replacing(with: -c, where: negatesCosine))
  }
}
