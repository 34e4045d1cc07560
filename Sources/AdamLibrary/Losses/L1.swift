// l1: the mean absolute error, torch's `nn.L1Loss`.
import AdamIR

extension LossDefinition {
  /// Its derivative is the sign of the difference, 0 where there is none.
  static let l1 = LossDefinition(
    name: "l1", summary: "The mean of the absolute differences.", target: .real,
    signature: .loss(), example: "print l1([[1, 2]], [[1, 4]])  # prints: 1",
    page: Page(
      "Far-off targets weigh less than with `mse`.", formula: "mean(|pred - target|)",
      source: "torch.nn.L1Loss", deviation: "shapes that differ are an error; torch stretches with a warning",
      see: ["huber", "mse", "mae"]),
    trace: { _, function, prediction, target, span throws(ShapeError) in
      let difference = try function.difference(prediction, target, for: "l1", span: span)
      return try function.average(try function.emit(.abs, [difference], span: span), span: span)
    })
}
