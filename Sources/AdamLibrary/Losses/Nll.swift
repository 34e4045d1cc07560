// nll: the negative log-likelihood of log-probabilities, torch's `nn.NLLLoss`.
import AdamIR

extension LossDefinition {
  static let nll = LossDefinition(
    name: "nll", summary: "The mean negative log-probability of the right classes, of log-probabilities.",
    target: .classes, signature: .loss(),
    example: "print nll([[-1, -2], [-3, -4]], [0, 1])  # prints: 2.5",
    page: Page(
      "The prediction is what `log_softmax` gives; `cross_entropy` takes the scores before it.",
      formula: "-mean(pred[row, target[row]])", source: "torch.nn.NLLLoss",
      see: ["cross_entropy", "log_softmax", "accuracy"]),
    trace: { _, function, prediction, target, span throws(ShapeError) in
      try function.emit(.nllLoss, [prediction, target], span: span)
    })
}
