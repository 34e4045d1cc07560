// silu: x·sigmoid(x), also called swish (Elfwing et al. 2017), torch's `nn.SiLU`.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let silu = LayerDefinition(
    name: "silu", summary: "A smooth relu: x times its sigmoid.", shapeRule: "x [..] -> [..]",
    signature: Signature([]), example: "print silu([0])  # prints: [0]",
    page: Page(
      formula: "y = x / (1 + exp(-x))", source: "torch.nn.SiLU; Elfwing et al. 2017", see: ["gelu", "sigmoid", "relu"]),
    forward: { builder, layer, input throws(Diagnostic) in
      try builder.emit(.mul, [input, try builder.emit(.sigmoid, [input], at: layer)], at: layer)
    })
}
