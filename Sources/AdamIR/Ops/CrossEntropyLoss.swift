// cross_entropy_loss: log_softmax and nll_loss as one operation, and its gradient. Made by the pass
// fuse-cross-entropy only, out of the two and their gradients.

extension OpDefinition {
  /// x [n, classes], target i32 [n] with values 0 ..< classes → the loss, and log_softmax of x. Bit for
  /// bit what the two ops give.
  package static let crossEntropyLoss: OpDefinition = .init(
    name: "cross_entropy_loss", summary: "The mean negative log-probability of the right classes, from scores.",
    formula: "logp = log_softmax(x); y = -(sum over i of logp[i, target[i]]) / n", traits: .fused,
    operandCount: 2...2,
    inferTypes: { types, _ throws(ShapeError) in
      try labels("cross_entropy_loss", types[0], types[1])
      return [TensorType(.f32, .scalar), types[0]]
    },
    reference: { operands, _, types in
      let logp = OpDefinition.logSoftmax.reference?([operands[0]], ["axis": .int(1)], [types[1]]) ?? []
      let loss = OpDefinition.nllLoss.reference?(logp + [operands[1]], Attributes(), [types[0]]) ?? []
      return loss + logp
    })

  /// `cross_entropy_grad` of the numerics: log_softmax_grad of nll_loss_grad.
  package static let crossEntropyLossGrad: OpDefinition = .init(
    name: "cross_entropy_loss_grad", summary: "Gradient of cross_entropy_loss for the scores.",
    formula: "v = -(g / n); x'[i, j] = fma(-exp(logp[i, j]), v, j == target[i] ? v : 0)", traits: .fused,
    operandCount: 3...3,
    inferTypes: { types, _ throws(ShapeError) in
      try TypeRules.numbers("cross_entropy_loss_grad", [types[0]])
      try TypeRules.scalar("cross_entropy_loss_grad", types[0], operand: 0)
      try labels("cross_entropy_loss_grad", types[2], types[1])
      return [types[2]]
    },
    reference: { operands, _, types in
      let part = OpDefinition.nllLossGrad.reference?(operands, Attributes(), types) ?? []
      return OpDefinition.logSoftmaxGrad.reference?(part + [operands[2]], ["axis": .int(1)], types) ?? []
    })
}
