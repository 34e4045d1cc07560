// The layers, one line each. Constructors, help, range checks, completion and tests come from it.

package enum LayerRegistry {
  package static let all: [Listed<LayerDefinition>] = [
    .init("seq", .sequential),
    .init("linear", .linear),
    .init("relu", .relu),
    .init("tanh", .tanh),
    .init("sigmoid", .sigmoid),
    .init("gelu", .gelu),
    .init("leaky_relu", .leakyRelu),
    .init("elu", .elu),
    .init("selu", .selu),
    .init("silu", .silu),
    .init("softplus", .softplus),
    .init("softmax", .softmax),
    .init("log_softmax", .logSoftmax),
    .init("dropout", .dropout),
    .init("flatten", .flatten),
    .init("layer_norm", .layerNorm),
    .init("conv2d", .conv2d),
    .init("max_pool2d", .maxPool2d),
    .init("embedding", .embedding),
    .init("multihead_attention", .multiheadAttention),
    .init("residual", .residual),
    .init("parallel", .parallel),
  ]

  /// Layers whose names are tensor functions: those make them when no tensor is given.
  private static let ofFunctions: [Listed<LayerDefinition>] = [.init("reshape", .reshape)]

  package static subscript(name: String) -> LayerDefinition? {
    all.named(name) ?? ofFunctions.named(name)
  }
}
