// elu and selu: exponential for what is negative (Clevert et al. 2015; Klambauer et al. 2017), torch's `nn.ELU`
// and `nn.SELU`.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let elu = LayerDefinition(
    name: "elu", summary: "Negative values bend towards -alpha.", shapeRule: "x [..] -> [..]",
    signature: Signature([
      ParameterDefinition("alpha", .number, "how far down negative values go", default: .number(1))
    ]),
    example: "print elu([0, 2])  # prints: [0, 2]",
    page: Page(
      formula: "y = x > 0 ? x : alpha·(exp(x) - 1)", source: "torch.nn.ELU; Clevert et al. 2015",
      see: ["selu", "leaky_relu", "relu"]),
    forward: { builder, layer, input throws(Diagnostic) in
      try builder.exponentialUnit(input, alpha: layer.settings.number("alpha") ?? 1, scale: 1, at: layer)
    })

  /// Layers with it keep mean 0 and deviation 1 when they begin with normal weights of deviation 1/√n.
  static let selu = LayerDefinition(
    name: "selu", summary: "A scaled elu that keeps mean and deviation from layer to layer.",
    shapeRule: "x [..] -> [..]", signature: Signature([]),
    example: "print selu([0])  # prints: [0]",
    page: Page(
      formula: "y = 1.0507·(x > 0 ? x : 1.6733·(exp(x) - 1))", source: "torch.nn.SELU; Klambauer et al. 2017",
      see: ["elu", "leaky_relu", "relu"]),
    forward: { builder, layer, input throws(Diagnostic) in
      try builder.exponentialUnit(
        input, alpha: 1.6732632423543772, scale: 1.0507009873554805, at: layer)
    })
}

extension TraceBuilder {
  /// scale·(x > 0 ? x : alpha·(exp(x) − 1)). exp(x) − 1 = 2t / (1 − t) with t = tanh(x/2), which loses no
  /// digits near 0; positive values never reach it, so that nothing overflows.
  fileprivate func exponentialUnit(
    _ x: ValueID, alpha: Double, scale: Double, at layer: Layer
  ) throws(Diagnostic) -> ValueID {
    let zero = try number(0, at: layer)
    let one = try number(1, at: layer)
    let isPositive = try emit(.gt, [x, zero], at: layer)
    let negative = try emit(.where, [isPositive, zero, x], at: layer)
    let t = try emit(.tanh, [try emit(.mul, [negative, try number(0.5, at: layer)], at: layer)], at: layer)
    let twice = try emit(.mul, [t, try number(2 * alpha * scale, at: layer)], at: layer)
    let bent = try emit(.div, [twice, try emit(.sub, [one, t], at: layer)], at: layer)
    let straight = scale == 1 ? x : try emit(.mul, [x, try number(scale, at: layer)], at: layer)
    return try emit(.where, [isPositive, straight, bent], at: layer)
  }
}
