// tanh: torch's `nn.Tanh`.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let tanh = LayerDefinition(
    name: "tanh", summary: "The hyperbolic tangent, between -1 and 1.",
    shapeRule: "x [..] -> [..]", signature: Signature([]),
    example: "print tanh([0])  # prints: [0]",
    page: Page(source: "torch.nn.Tanh", see: ["sigmoid", "relu", "gelu"]),
    forward: { builder, layer, input throws(Diagnostic) in
      try builder.emit(.tanh, [input], at: layer)
    })
}
