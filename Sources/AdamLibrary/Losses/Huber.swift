// huber: squared near, absolute far off (Huber 1964), torch's `nn.HuberLoss`.
import AdamIR

extension LossDefinition {
  static let huber = LossDefinition(
    name: "huber", summary: "Half the squared difference up to delta, from there on a straight line.",
    target: .real,
    signature: .loss(
      ParameterDefinition(
        "delta", .number, "where the square ends", range: .positive, default: .number(1), isKeywordOnly: true)),
    example: "print huber([[1, 2]], [[1, 4]])  # prints: 0.75",
    page: Page(
      "A few targets that are far off bend the fit less than with `mse`.",
      formula: "mean(d < delta ? d^2 / 2 : delta (d - delta / 2)) with d = |pred - target|",
      source: "torch.nn.HuberLoss; Huber 1964",
      deviation: "shapes that differ are an error; torch stretches with a warning", see: ["l1", "mse", "mae"]),
    trace: { loss, function, prediction, target, span throws(ShapeError) in
      let difference = try function.difference(prediction, target, for: "huber", span: span)
      let distance = try function.emit(.abs, [difference], span: span)
      let delta = try function.constant(loss.setting("delta") ?? 1, span: span)
      // With m = min(d, delta) both cases are m (d - m / 2), to the bit.
      let near = try function.emit(.minimum, [distance, delta], span: span)
      let half = try function.emit(.mul, [near, try function.constant(0.5, span: span)], span: span)
      let rest = try function.emit(.sub, [distance, half], span: span)
      return try function.average(try function.emit(.mul, [near, rest], span: span), span: span)
    })
}
