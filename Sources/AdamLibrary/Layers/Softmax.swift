// softmax: exp(x) / sum(exp(x)), torch's `nn.Softmax`; the axis is the last unless given.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let softmax = LayerDefinition(
    name: "softmax", summary: "Positive values that sum to 1 along an axis.",
    shapeRule: "x [..] -> [..]", signature: Signature([.axis]),
    example: "print softmax([0, 0])  # prints: [0.5, 0.5]",
    page: Page(
      "A model that ends in scores needs none: `cross_entropy` takes the scores.", source: "torch.nn.Softmax",
      deviation: "the axis is the last one unless given; torch asks for it",
      see: ["log_softmax", "cross_entropy", "sigmoid"]),
    forward: { builder, layer, input throws(Diagnostic) in
      let axis = try builder.axis(layer.settings.int("axis") ?? -1, of: input, at: layer)
      return try builder.emit(.softmax, [input], ["axis": .int(axis)], at: layer)
    })
}

extension ParameterDefinition {
  static let axis = ParameterDefinition(
    "axis", .integer, "counts from the end when negative", range: NumberRange(from: -32, to: 31),
    default: .number(-1))
}
