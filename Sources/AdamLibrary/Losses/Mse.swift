// mse: the mean squared error, torch's `nn.MSELoss`.
import AdamIR

extension LossDefinition {
  static let mse = LossDefinition(
    name: "mse", summary: "The mean of the squared differences.", target: .real,
    signature: .loss(), example: "print mse([[1, 2]], [[1, 4]])  # prints: 2",
    page: Page(
      "Nothing stretches: prediction and target have one shape.", formula: "mean((pred - target)^2)",
      source: "torch.nn.MSELoss", deviation: "shapes that differ are an error; torch stretches with a warning",
      see: ["l1", "huber", "mae", "rmse", "cross_entropy", "train"]),
    trace: { _, function, prediction, target, span throws(ShapeError) in
      try function.emit(.mseLoss, [prediction, target], span: span)
    })
}
