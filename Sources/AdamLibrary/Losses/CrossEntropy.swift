// cross_entropy: −log softmax(scores)[class], torch's `nn.CrossEntropyLoss`.
import AdamIR

extension LossDefinition {
  /// log_softmax over the scores, then the mean of the right classes (numerics rule 4).
  static let crossEntropy = LossDefinition(
    name: "cross_entropy", summary: "The mean negative log-probability of the right classes.",
    target: .classes, signature: .loss,
    example: "print cross_entropy([[0, 0]], [1]) > 0.69  # prints: true",
    page: Page(
      "The prediction has a score for each class before any softmax, the target the number of the right class.",
      formula: "-mean(log_softmax(pred)[row, target[row]])", source: "torch.nn.CrossEntropyLoss",
      see: ["bce_with_logits", "softmax", "accuracy"]),
    trace: { function, prediction, target, span throws(ShapeError) in
      let axis = function.type(prediction).shape.rank - 1
      let logp = try function.emit(
        .logSoftmax, [prediction], ["axis": .int(axis)], span: span)
      return try function.emit(.nllLoss, [logp, target], span: span)
    })
}
