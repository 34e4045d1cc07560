// Normal values between two limits by rejection, whole tensors at a time, as torch 2.15 draws them.

struct TruncatedNormal {
  var mean: Double
  var std: Double
  var low: Double
  var high: Double

  func fill(_ out: UnsafeMutableBufferPointer<Float>, _ generator: inout Generator) {
    guard low < high, std > 0 else {
      // Nothing to choose from: the nearest allowed value.
      out.update(repeating: Float(low < high ? min(max(mean, low), high) : low))
      return
    }
    let acceptance = cumulative((high - mean) / std) - cumulative((low - mean) / std)
    if acceptance > 0.3 { fillFromNormal(out, &generator) } else { fillFromUniform(out, &generator) }
  }

  private func cumulative(_ x: Double) -> Double { (1 + DoubleMath.erf(x * 0.5.squareRoot())) / 2 }

  /// Most values are inside: redraw those that are not.
  private func fillFromNormal(
    _ out: UnsafeMutableBufferPointer<Float>, _ generator: inout Generator
  ) {
    let from = Float(low)
    let to = Float(high)
    generator.fillNormal(out, mean: mean, std: std)
    var pending = out.indices.filter { out[$0] < from || out[$0] > to }
    var proposals = [Float](repeating: 0, count: out.count)
    while !pending.isEmpty {
      proposals.withUnsafeMutableBufferPointer { generator.fillNormal($0, mean: mean, std: std) }
      pending = pending.filter { index in
        out[index] = proposals[index]
        return out[index] < from || out[index] > to
      }
    }
  }

  /// Few values would be inside: uniform proposals, accepted with the density's probability.
  private func fillFromUniform(
    _ out: UnsafeMutableBufferPointer<Float>, _ generator: inout Generator
  ) {
    let peak = (max(low, min(mean, high)) - mean) / std
    let logPeak = Float(-0.5 * (peak * peak))
    func isRefused(_ value: Float, _ draw: Float) -> Bool {
      let t = (value - Float(mean)) / Float(std)
      return Float(DoubleMath.log(Double(draw))) > (t * t) * -0.5 - logPeak
    }
    var proposals = [Float](repeating: 0, count: out.count)
    var draws = proposals
    var pending = Array(out.indices)
    while !pending.isEmpty {
      proposals.withUnsafeMutableBufferPointer { generator.fillUniform($0, low: low, high: high) }
      draws.withUnsafeMutableBufferPointer { generator.fillUniform($0) }
      pending = pending.filter { index in
        out[index] = proposals[index]
        return isRefused(proposals[index], draws[index])
      }
    }
  }
}
