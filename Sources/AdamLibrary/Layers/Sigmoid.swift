// sigmoid: torch's `nn.Sigmoid`.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let sigmoid = LayerDefinition(
    name: "sigmoid", summary: "1 / (1 + exp(-x)), between 0 and 1.",
    shapeRule: "x [..] -> [..]", signature: Signature([]),
    example: "print sigmoid([0])  # prints: [0.5]",
    page: Page(source: "torch.nn.Sigmoid", see: ["tanh", "softmax", "bce_with_logits"]),
    forward: { builder, layer, input throws(Diagnostic) in
      try builder.emit(.sigmoid, [input], at: layer)
    })
}
