// softplus: log(1 + exp(x)), a relu without a corner (Dugas et al. 2000), torch's `nn.Softplus`.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let softplus = LayerDefinition(
    name: "softplus", summary: "A smooth relu whose values are all positive.", shapeRule: "x [..] -> [..]",
    signature: Signature([
      ParameterDefinition("beta", .number, "how sharp the bend is", range: .positive, default: .number(1)),
      ParameterDefinition(
        "threshold", .number, "beta·x above it is taken as it is",
        range: NumberRange(from: 0, to: LayerDefinition.largestExponent), default: .number(20)),
    ]),
    example: "print softplus([25])  # prints: [25]",
    page: Page(
      formula: "y = beta·x > threshold ? x : log(1 + exp(beta·x)) / beta",
      source: "torch.nn.Softplus; Dugas et al. 2000",
      deviation: "`threshold` ends at 80, above which torch's gradient is NaN",
      see: ["relu", "elu", "silu", "sigmoid"]),
    forward: { builder, layer, input throws(Diagnostic) in
      try builder.softplus(
        input, beta: layer.settings.number("beta") ?? 1, threshold: layer.settings.number("threshold") ?? 20,
        at: layer)
    })

  /// exp of it is a Float, and so is the square that a second derivative has.
  fileprivate static let largestExponent = 80.0
}

extension TraceBuilder {
  /// What is straight never reaches exp, so that nothing overflows.
  fileprivate func softplus(
    _ x: ValueID, beta: Double, threshold: Double, at layer: Layer
  ) throws(Diagnostic) -> ValueID {
    let scale = try number(beta, at: layer)
    let scaled = beta == 1 ? x : try emit(.mul, [x, scale], at: layer)
    let isStraight = try emit(.gt, [scaled, try number(threshold, at: layer)], at: layer)
    let bent = try emit(.where, [isStraight, try number(0, at: layer), scaled], at: layer)
    let curve = try emit(.log1p, [try emit(.exp, [bent], at: layer)], at: layer)
    let result = beta == 1 ? curve : try emit(.div, [curve, scale], at: layer)
    return try emit(.where, [isStraight, x, result], at: layer)
  }
}
