// The draws torch makes from its generator, bit for bit. Ranges of arguments are the caller's duty;
// nothing here traps on any argument.

extension Generator {
  // MARK: Uniform

  /// A float32 in [0, 1): the low 24 bits of one draw.
  package mutating func nextUnit32() -> Float { Generator.unit32(nextUInt32()) }

  /// A float64 in [0, 1): the low 53 bits of two draws.
  package mutating func nextUnit64() -> Double {
    Double(nextUInt64() & Generator.mask53) * 0x1p-53
  }

  static let mask53: UInt64 = (1 << 53) - 1

  @inline(__always)
  static func unit32(_ draw: UInt32) -> Float { Float(draw & 0xFF_FFFF) * 0x1p-24 }

  /// `torch.rand` and `tensor.uniform_(low, high)`: fma(u, high−low, low); a result equal to `high`
  /// becomes `low`. The ends are rounded to float32 first, as torch does.
  package mutating func fillUniform(
    _ out: UnsafeMutableBufferPointer<Float>, low: Double = 0, high: Double = 1
  ) {
    let from = Float(low)
    let to = Float(high)
    let width = to - from
    var index = 0
    takeRuns(out.count) { draws in
      for draw in draws {
        let value = from.addingProduct(Generator.unit32(draw), width)
        out[index] = value == to ? from : value
        index += 1
      }
    }
  }

  // MARK: Normal

  /// `torch.randn` and `tensor.normal_(mean, std)`. Fewer than 16 values use Double arithmetic and
  /// the cached second value; 16 or more use float32 blocks, and a ragged tail redraws the last 16.
  package mutating func fillNormal(
    _ out: UnsafeMutableBufferPointer<Float>, mean: Double = 0, std: Double = 1
  ) {
    guard out.count >= 16, let start = out.baseAddress else {
      for index in out.indices { out[index] = Float(nextNormal() * std + mean) }
      return
    }
    fillUniform(out)
    let mean32 = Float(mean)
    let std32 = Float(std)
    for block in stride(from: 0, to: out.count - 15, by: 16) {
      BoxMuller.transform(start + block, mean: mean32, std: std32)
    }
    if !out.count.isMultiple(of: 16) {
      let tail = start + (out.count - 16)
      fillUniform(UnsafeMutableBufferPointer(start: tail, count: 16))
      BoxMuller.transform(tail, mean: mean32, std: std32)
    }
  }

  /// One standard normal by the Box–Muller pair method: cosine now, sine kept for the next call.
  package mutating func nextNormal() -> Double {
    if let cached = cachedNormal {
      cachedNormal = nil
      return cached
    }
    let turn = nextUnit64()
    let radius = (-2 * DoubleMath.logOfComplement(nextUnit64())).squareRoot()
    let (sine, cosine) = DoubleMath.sinCos(6.283_185_307_179_586 * turn)
    cachedNormal = radius * sine
    return radius * cosine
  }

  // MARK: Bernoulli and dropout

  /// `tensor.bernoulli_(p)`: 1 where a float64 uniform is below `p`; two draws each.
  package mutating func fillBernoulli(
    _ out: UnsafeMutableBufferPointer<Float>, probability p: Double, scale: Float = 1
  ) {
    // u·2⁻⁵³ < p compared on integers: scaling by 2⁵³ is exact, so the whole loop is integer work.
    let scaled = (p * 0x1p53).rounded(.up)
    let threshold = scaled >= 0x1p53 ? 1 << 53 : (scaled > 0 ? UInt64(exactly: scaled) ?? 0 : 0)
    guard let start = out.baseAddress else { return }
    var index = 0
    takePairRuns(out.count) { draws in
      Generator.writeMask(draws, below: threshold, scale: scale, to: start + index)
      index += draws.count / 2
    }
  }

  @inline(__always)
  private static func writeMask(
    _ draws: UnsafeBufferPointer<UInt32>, below threshold: UInt64, scale: Float,
    to out: UnsafeMutablePointer<Float>
  ) {
    guard let draw = draws.baseAddress else { return }
    for pair in 0..<draws.count / 2 {
      let bits = UInt64(draw[2 * pair] & 0x1F_FFFF) << 32 | UInt64(draw[2 * pair + 1])
      out[pair] = bits < threshold ? scale : 0
    }
  }

  /// `torch.bernoulli(probabilities)`: 1 where a float32 uniform is below the entry; one draw each.
  package mutating func fillBernoulli(
    _ out: UnsafeMutableBufferPointer<Float>, probabilities: UnsafeBufferPointer<Float>
  ) {
    var index = 0
    takeRuns(min(out.count, probabilities.count)) { draws in
      for draw in draws {
        out[index] = Generator.unit32(draw) < probabilities[index] ? 1 : 0
        index += 1
      }
    }
  }

  /// What training-time dropout multiplies by: mask/float32(1−p). Draws nothing when `p` is 0 (ones)
  /// or 1 (zeros).
  package mutating func fillDropoutScale(_ out: UnsafeMutableBufferPointer<Float>, p: Double) {
    if p == 0 || p == 1 {
      out.update(repeating: p == 0 ? 1 : 0)
      return
    }
    fillBernoulli(out, probability: 1 - p, scale: 1 / Float(1 - p))
  }

  // MARK: Other distributions

  /// `tensor.exponential_(lambda)`: −1/λ·log1p(−u) in Double, two draws each.
  package mutating func fillExponential(
    _ out: UnsafeMutableBufferPointer<Float>, lambda: Double = 1
  ) {
    for index in out.indices {
      out[index] = Float(-1 / lambda * DoubleMath.logOfComplement(nextUnit64()))
    }
  }

  /// `torch.randint(low, high)`: modulo of one draw, or of two once the range reaches 2²⁸. An empty
  /// range gives `low`.
  package mutating func nextInteger(low: Int, high: Int) -> Int {
    guard low < high else { return low }
    let range = UInt64(truncatingIfNeeded: high &- low)
    let draw = range >= 1 << 28 ? nextUInt64() : UInt64(nextUInt32())
    return low &+ Int(truncatingIfNeeded: draw % range)
  }

  /// `torch.empty((), dtype=int64).random_()`: 63 bits of two draws.
  package mutating func nextInt63() -> UInt64 { nextUInt64() & (1 << 63 - 1) }

  /// `torch.multinomial` on one weight vector. One sample, or no replacement: the largest of
  /// weight/exponential; otherwise inversion of the running float32 sum.
  package mutating func multinomial(
    weights: [Float], count: Int, replacement: Bool = false
  ) -> [Int] {
    if count == 1 || !replacement { return largestQuotients(weights, count) }
    var total: Float = 0
    let running = weights.map { weight in
      total += weight
      return total
    }
    let cumulative = running.map { Double($0 / total) }
    return (0..<max(count, 0)).map { _ in
      let u = nextUnit64()
      return cumulative.firstIndex { !($0 < u) } ?? max(cumulative.count - 1, 0)
    }
  }

  private mutating func largestQuotients(_ weights: [Float], _ count: Int) -> [Int] {
    let quotients = weights.map { weight in
      weight / Float(-DoubleMath.logOfComplement(nextUnit64()))
    }
    let order = quotients.indices.sorted {
      quotients[$0] > quotients[$1] || (quotients[$0] == quotients[$1] && $0 < $1)
    }
    return Array(order.prefix(max(count, 0)))
  }
}
