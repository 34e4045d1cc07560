// sgd: stochastic gradient descent, with or without momentum.

extension OpDefinition {
  /// Operands p, g, [momentum buffer,] scalars → p' [, buffer'].
  package static let sgd: OpDefinition = .update(
    "sgd", "One step of gradient descent, with momentum when it has a buffer.",
    "buf = momentum * buf + (1 - dampening) * g; p = p - lr * buf", slots: 0...1)
}
