// log_softmax: torch's `nn.LogSoftmax`; the axis is the last unless given.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let logSoftmax = LayerDefinition(
    name: "log_softmax", summary: "The logarithm of softmax, without its rounding.",
    shapeRule: "x [..] -> [..]", signature: Signature([.axis]),
    example: "print log_softmax([0])  # prints: [0]",
    page: Page(
      source: "torch.nn.LogSoftmax", deviation: "the axis is the last one unless given; torch asks for it",
      see: ["softmax", "cross_entropy"]),
    forward: { builder, layer, input throws(Diagnostic) in
      let axis = try builder.axis(layer.settings.int("axis") ?? -1, of: input, at: layer)
      return try builder.emit(.logSoftmax, [input], ["axis": .int(axis)], at: layer)
    })
}
