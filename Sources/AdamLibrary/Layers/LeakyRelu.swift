// leaky_relu: a relu that lets a little of what is negative through, torch's `nn.LeakyReLU`.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let leakyRelu = LayerDefinition(
    name: "leaky_relu", summary: "Negative values are scaled down instead of becoming 0.",
    shapeRule: "x [..] -> [..]",
    signature: Signature([
      ParameterDefinition("slope", .number, "factor of negative values", default: .number(0.01))
    ]),
    example: "print leaky_relu([-1, 2], slope=0.2)  # prints: [-0.2, 2]",
    page: Page(
      formula: "y = x > 0 ? x : slope·x", source: "torch.nn.LeakyReLU; Maas et al. 2013",
      deviation: "`slope` is torch's negative_slope", see: ["relu", "elu", "gelu"]),
    forward: { builder, layer, input throws(Diagnostic) in
      let zero = try builder.number(0, at: layer)
      let slope = try builder.number(layer.settings.number("slope") ?? 0.01, at: layer)
      let isPositive = try builder.emit(.gt, [input, zero], at: layer)
      return try builder.emit(
        .where, [isPositive, input, try builder.emit(.mul, [input, slope], at: layer)], at: layer)
    })
}
