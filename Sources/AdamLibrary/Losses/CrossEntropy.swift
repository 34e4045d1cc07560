// cross_entropy: −log softmax(scores)[class], torch's `nn.CrossEntropyLoss`.
import AdamIR

extension LossDefinition {
  /// log_softmax over the scores, then the mean of the right classes (numerics rule 4).
  static let crossEntropy = LossDefinition(
    name: "cross_entropy", summary: "The mean negative log-probability of the right classes.",
    target: .classes, signature: .loss(),
    example: "print cross_entropy([[0, 0]], [1]) > 0.69  # prints: true",
    page: Page(
      "The prediction has a score for each class before any softmax, the target the number of the right class "
        + "or, in the prediction's shape, a probability for each class.",
      formula: "-mean(log_softmax(pred)[row, target[row]])", source: "torch.nn.CrossEntropyLoss",
      see: ["nll", "bce_with_logits", "softmax", "accuracy"]),
    trace: { _, function, prediction, target, span throws(ShapeError) in
      let axis = function.type(prediction).shape.rank - 1
      let logp = try function.emit(
        .logSoftmax, [prediction], ["axis": .int(axis)], span: span)
      guard LossDefinition.areProbabilities(function.type(target), for: function.type(prediction)) else {
        return try function.emit(.nllLoss, [logp, target], span: span)
      }
      let weighted = try function.emit(.mul, [target, logp], span: span)
      let rows = try function.emit(.sum, [weighted], ["axes": .ints([1]), "keepdims": .bool(false)], span: span)
      let mean = try function.emit(.mean, [rows], ["axes": .ints([0]), "keepdims": .bool(false)], span: span)
      return try function.emit(.neg, [mean], span: span)
    })

  /// A target [rows, classes] of f32 is a probability for each class, as in torch. A single output
  /// has no classes to choose from.
  static func areProbabilities(_ target: TensorType, for prediction: TensorType) -> Bool {
    guard target.element == .f32, target.shape.rank == 2, prediction.shape.rank == 2,
      let classes = target.shape.dimensions[1].size, classes > 1
    else { return false }
    return prediction.shape.dimensions[1].size == classes
  }
}
