// Metrics: numbers about predictions that nobody differentiates, in the units of the target. One file
// of formulas, one line each in `MetricRegistry`.
import AdamIR
import AdamRuntime
import AdamSource

/// Predictions and what is right, row by row.
struct MetricInput {
  /// What is compared as numbers, in the target's units.
  var predicted: [Double] = []
  var expected: [Double] = []
  /// A score for the class 1 of two; larger says it more surely. Empty where there is none.
  var scores: [Double] = []
}

package struct MetricDefinition: Sendable {
  package let name: String
  package let summary: String
  /// How early stopping and sweeps read it.
  package let isLargerBetter: Bool
  /// Of classes, not of real numbers.
  let isOfClasses: Bool
  /// Needs scores instead of decided classes.
  let needsScores: Bool
  /// The loss to train by for what it measures, which has a slope.
  let loss: String
  let example: String
  let page: Page
  let value: @Sendable (MetricInput) -> Double

  init(
    _ name: String, _ summary: String, isLargerBetter: Bool, isOfClasses: Bool = false,
    needsScores: Bool = false, loss: String? = nil, example: String, page: Page = Page(),
    value: @escaping @Sendable (MetricInput) -> Double
  ) {
    self.name = name
    self.summary = summary
    self.isLargerBetter = isLargerBetter
    self.isOfClasses = isOfClasses
    self.needsScores = needsScores
    self.loss = loss ?? (isOfClasses ? "cross_entropy" : "mse")
    self.example = example
    self.page = page
    self.value = value
  }
}

package enum MetricRegistry {
  package static let all: [Listed<MetricDefinition>] = [
    .init("accuracy", .accuracy),
    .init("precision", .precision),
    .init("recall", .recall),
    .init("f1", .f1),
    .init("auroc", .auroc),
    .init("mae", .mae),
    .init("rmse", .rmse),
    .init("r2", .r2),
  ]
  package static subscript(name: String) -> MetricDefinition? { all.named(name) }
}

extension MetricDefinition {
  static let accuracy = MetricDefinition(
    "accuracy", "Share of rows whose class is right.", isLargerBetter: true, isOfClasses: true,
    example: "print accuracy(int([1, 0, 1]), int([1, 1, 1]))  # prints: 0.6666666666666666",
    page: Page(
      formula: "right rows / rows", source: "torchmetrics.Accuracy", see: ["f1", "precision", "recall", "eval"])
  ) { input in
    Double(zip(input.predicted, input.expected).count { $0 == $1 }) / Double(input.expected.count)
  }

  /// Right positives, wrong positives, missed positives; class 1 is positive.
  private static func counts(_ input: MetricInput) -> (right: Double, wrong: Double, missed: Double) {
    var (right, wrong, missed) = (0.0, 0.0, 0.0)
    for (p, y) in zip(input.predicted, input.expected) {
      if p == 1, y == 1 { right += 1 } else if p == 1 { wrong += 1 } else if y == 1 { missed += 1 }
    }
    return (right, wrong, missed)
  }

  static let precision = MetricDefinition(
    "precision", "Share of predicted positives that are right; 0 without any.", isLargerBetter: true,
    isOfClasses: true, example: "print precision(int([1, 1, 0]), int([1, 0, 1]))  # prints: 0.5",
    page: Page(
      formula: "right positives / predicted positives", source: "torchmetrics.Precision", see: ["recall", "f1"])
  ) { input in
    let (right, wrong, _) = counts(input)
    return right + wrong == 0 ? 0 : right / (right + wrong)
  }

  static let recall = MetricDefinition(
    "recall", "Share of positives that are found; 0 without any.", isLargerBetter: true,
    isOfClasses: true, example: "print recall(int([1, 1, 0]), int([1, 0, 1]))  # prints: 0.5",
    page: Page(formula: "right positives / positives", source: "torchmetrics.Recall", see: ["precision", "f1"])
  ) { input in
    let (right, _, missed) = counts(input)
    return right + missed == 0 ? 0 : right / (right + missed)
  }

  static let f1 = MetricDefinition(
    "f1", "Harmonic mean of precision and recall; 0 without right positives.", isLargerBetter: true,
    isOfClasses: true, example: "print f1(int([1, 1, 0]), int([1, 0, 1]))  # prints: 0.5",
    page: Page(
      formula: "2 · precision · recall / (precision + recall)", source: "torchmetrics.F1Score",
      see: ["precision", "recall", "accuracy"])
  ) { input in
    let (right, wrong, missed) = counts(input)
    return right == 0 ? 0 : 2 * right / (2 * right + wrong + missed)
  }

  /// The chance that a positive has a larger score than a negative, ties counting half; from ranks,
  /// which is exact.
  static let auroc = MetricDefinition(
    "auroc", "Area under the ROC curve: the chance that a positive is scored above a negative.",
    isLargerBetter: true, isOfClasses: true, needsScores: true,
    example: "print auroc([0.1, 0.4, 0.35, 0.8], int([0, 0, 1, 1]))  # prints: 0.75",
    page: Page(
      "Scores that are equal count half.", formula: "chance that a positive is scored above a negative",
      source: "torchmetrics.AUROC", see: ["f1", "accuracy", "bce_with_logits"])
  ) { input in
    let order = input.scores.indices.sorted { input.scores[$0] < input.scores[$1] }
    var ranks = 0.0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, input.scores[order[end]] == input.scores[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2
      for place in order[start..<end] where input.expected[place] == 1 { ranks += rank }
      start = end
    }
    let positives = Double(input.expected.count { $0 == 1 })
    let negatives = Double(input.expected.count) - positives
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)
  }

  static let mae = MetricDefinition(
    "mae", "Mean of the absolute differences.", isLargerBetter: false, loss: "l1",
    example: "print mae([[1], [2]], [[2], [4]])  # prints: 1.5",
    page: Page(formula: "mean(|pred - target|)", source: "torch.nn.L1Loss", see: ["rmse", "r2", "mse"])
  ) { input in
    zip(input.predicted, input.expected).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(input.expected.count)
  }

  static let rmse = MetricDefinition(
    "rmse", "Square root of the mean squared difference.", isLargerBetter: false,
    example: "print rmse([[0], [0]], [[3], [3]])  # prints: 3",
    page: Page(
      formula: "√mean((pred - target)²)", source: "torchmetrics.MeanSquaredError, squared=False",
      see: ["mae", "r2", "mse"])
  ) { input in
    let squares = zip(input.predicted, input.expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / Double(input.expected.count)).squareRoot()
  }

  /// 1 − squared error / squared distance from the mean.
  static let r2 = MetricDefinition(
    "r2", "Share of the target's variance that the prediction explains.", isLargerBetter: true,
    example: "print r2([[1], [2], [3]], [[1], [2], [3]])  # prints: 1",
    page: Page(
      formula: "1 - Σ(target - pred)² / Σ(target - mean target)²", source: "torchmetrics.R2Score",
      see: ["mae", "rmse"])
  ) { input in
    let mean = input.expected.reduce(0, +) / Double(input.expected.count)
    let total = input.expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = zip(input.predicted, input.expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return 1 - error / total
  }
}
