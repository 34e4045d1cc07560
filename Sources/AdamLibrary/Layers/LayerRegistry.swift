// The layers, one line each. Constructors, help, range checks, completion and tests come from it.

package enum LayerRegistry {
  package static let all: [LayerDefinition] = [
    .sequential,
    .linear,
    .relu,
    .tanh,
    .sigmoid,
    .gelu,
    .leakyRelu,
    .elu,
    .selu,
    .silu,
    .softplus,
    .softmax,
    .logSoftmax,
    .dropout,
    .flatten,
    .layerNorm,
    .conv2d,
    .maxPool2d,
    .embedding,
    .multiheadAttention,
    .residual,
    .parallel,
  ]

  /// Layers whose names are tensor functions: those make them when no tensor is given.
  private static let ofFunctions: [LayerDefinition] = [.reshape]

  package static subscript(name: String) -> LayerDefinition? {
    all.first { $0.name == name } ?? ofFunctions.first { $0.name == name }
  }
}
