// bce_with_logits: binary cross-entropy of scores, torch's `nn.BCEWithLogitsLoss`.
import AdamIR

extension LossDefinition {
  static let bceWithLogits = LossDefinition(
    name: "bce_with_logits", summary: "Binary cross-entropy of scores before the sigmoid.",
    target: .binary, signature: .loss(),
    example: "print bce_with_logits([[0]], [[1]]) > 0.69  # prints: true",
    page: Page(
      "A prediction above 0 means class 1.", formula: "mean((1 - t) x + max(-x, 0) + log(1 + e^-|x|))",
      source: "torch.nn.BCEWithLogitsLoss", see: ["cross_entropy", "sigmoid", "f1", "auroc"]),
    trace: { _, function, prediction, target, span throws(ShapeError) in
      try function.emit(.bceWithLogits, [prediction, target], span: span)
    })
}
