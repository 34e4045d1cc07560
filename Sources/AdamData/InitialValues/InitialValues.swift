// Initial values of parameters as torch computes them: bounds in Double, in torch's order of
// evaluation, rounded to float32 where they meet the generator. A different order moves the last
// bit of a bound and with it every weight.

/// How one parameter gets its first values.
package enum InitialValues: Hashable, Sendable {
  /// Which side of the weight is counted; also what `fan_in`, `fan_out` mean in a script.
  package enum Fan: String, Hashable, Sendable { case input = "fan_in", output = "fan_out" }

  case constant(Float)
  /// Ones on the diagonal of a matrix.
  case eye
  case uniform(low: Double, high: Double)
  case normal(mean: Double, std: Double)
  /// Glorot and Bengio 2010.
  case xavierUniform(gain: Double)
  case xavierNormal(gain: Double)
  /// He et al. 2015. `gain` comes from `Gain`.
  case kaimingUniform(gain: Double, fan: Fan)
  case kaimingNormal(gain: Double, fan: Fan)
  /// A normal cut at `low` and `high`, by rejection (torch 2.15; older versions drew otherwise).
  case truncatedNormal(mean: Double, std: Double, low: Double, high: Double)
  /// A random orthogonal matrix (Saxe et al. 2013): the QR decomposition with positive diagonal.
  /// Equal to torch to about 2e-7, not bit for bit: LAPACK's order of additions is not a definition.
  case orthogonal(gain: Double)

  // MARK: The defaults of torch's layers

  /// Weight of linear, conv, transposed conv: kaiming uniform with slope √5, whose square in Double
  /// is 5.000000000000001.
  package static var defaultWeight: InitialValues {
    .kaimingUniform(gain: Gain.leakyReLU(slope: 5.0.squareRoot()), fan: .input)
  }

  /// Bias of linear, conv, transposed conv beside a weight of this shape: ±1/√fan_in.
  package static func defaultBias(weightShape: [Int]) -> InitialValues {
    let fan = fans(weightShape).input
    let bound = fan > 0 ? 1 / fan.squareRoot() : 0
    return .uniform(low: -bound, high: bound)
  }

  /// Every parameter of RNN, GRU and LSTM, drawn per layer and direction in the order weight_ih,
  /// weight_hh, bias_ih, bias_hh.
  package static func recurrent(hidden: Int) -> InitialValues {
    let bound = hidden > 0 ? 1 / Double(hidden).squareRoot() : 0
    return .uniform(low: -bound, high: bound)
  }

  /// Embedding tables; the padding row, if any, is zeroed afterwards.
  package static let embedding = InitialValues.normal(mean: 0, std: 1)
  /// Scale of layer, group and batch norm. Draws nothing.
  package static let normWeight = InitialValues.constant(1)
  package static let normBias = InitialValues.constant(0)

  // MARK: Fans

  /// Terms that meet in one output and outputs that one input reaches, from a weight's shape
  /// [out, in, kernel…]. Double, so that no product overflows.
  package static func fans(_ shape: [Int]) -> (input: Double, output: Double) {
    let field = shape.dropFirst(2).reduce(1.0) { $0 * Double($1) }
    let output = Double(shape.first ?? 1) * field
    return (shape.count > 1 ? Double(shape[1]) * field : output, output)
  }

  /// `torch.nn.init.calculate_gain`.
  package enum Gain {
    package static let linear = 1.0
    package static let sigmoid = 1.0
    package static let tanh = 5.0 / 3
    package static var relu: Double { 2.0.squareRoot() }
    package static let selu = 0.75
    package static func leakyReLU(slope: Double = 0.01) -> Double {
      (2.0 / (1 + slope * slope)).squareRoot()
    }
  }
}

extension InitialValues {
  /// Fills a parameter of `shape` (row major, as many values as the buffer holds) from `generator`.
  package func fill(
    _ out: UnsafeMutableBufferPointer<Float>, shape: [Int], generator: inout Generator
  ) {
    let fans = InitialValues.fans(shape)
    switch self {
    case .constant(let value): out.update(repeating: value)
    case .eye: fillDiagonal(out, columns: shape.last ?? 1)
    case .uniform(let low, let high): generator.fillUniform(out, low: low, high: high)
    case .normal(let mean, let std): generator.fillNormal(out, mean: mean, std: std)
    case .xavierUniform(let gain):
      let bound = 3.0.squareRoot() * (gain * (2.0 / (fans.input + fans.output)).squareRoot())
      generator.fillUniform(out, low: -bound, high: bound)
    case .xavierNormal(let gain):
      generator.fillNormal(out, std: gain * (2.0 / (fans.input + fans.output)).squareRoot())
    case .kaimingUniform(let gain, let fan):
      let count = fan == .input ? fans.input : fans.output
      let bound = 3.0.squareRoot() * (gain / count.squareRoot())
      generator.fillUniform(out, low: -bound, high: bound)
    case .kaimingNormal(let gain, let fan):
      let count = fan == .input ? fans.input : fans.output
      generator.fillNormal(out, std: gain / count.squareRoot())
    case .truncatedNormal(let mean, let std, let low, let high):
      TruncatedNormal(mean: mean, std: std, low: low, high: high).fill(out, &generator)
    case .orthogonal(let gain):
      let rows = shape.first ?? 1
      guard rows > 0 else { return }
      generator.fillNormal(out)
      Orthogonal.replace(out, rows: rows, columns: out.count / rows, gain: Float(gain))
    }
  }

  /// The same as a new array.
  package func values(shape: [Int], generator: inout Generator) -> [Float] {
    var values = [Float](repeating: 0, count: shape.reduce(1, &*))
    values.withUnsafeMutableBufferPointer { fill($0, shape: shape, generator: &generator) }
    return values
  }

  private func fillDiagonal(_ out: UnsafeMutableBufferPointer<Float>, columns: Int) {
    out.update(repeating: 0)
    guard columns > 0 else { return }
    for index in 0..<min(columns, out.count / columns) { out[index * columns + index] = 1 }
  }
}
