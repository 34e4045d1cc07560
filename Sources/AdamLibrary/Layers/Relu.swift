// relu: max(x, 0), torch's `nn.ReLU`.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let relu = LayerDefinition(
    name: "relu", summary: "Negative values become 0.",
    shapeRule: "x [..] -> [..]", signature: Signature([]),
    example: "print relu([-1, 2])  # prints: [0, 2]",
    page: Page(source: "torch.nn.ReLU", see: ["gelu", "sigmoid", "tanh", "linear"]),
    forward: { builder, layer, input throws(Diagnostic) in
      try builder.emit(.relu, [input], at: layer)
    })
}
