// bce_with_logits: binary cross-entropy of scores, torch's `nn.BCEWithLogitsLoss`.
import AdamIR

extension LossDefinition {
  static let bceWithLogits = LossDefinition(
    name: "bce_with_logits", summary: "Binary cross-entropy of scores before the sigmoid.",
    target: .binary, signature: .loss,
    example: "print bce_with_logits([[0]], [[1]]) > 0.69  # prints: true",
    trace: { function, prediction, target, span throws(ShapeError) in
      try function.emit(.bceWithLogits, [prediction, target], span: span)
    })
}
