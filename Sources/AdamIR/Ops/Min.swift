// min over axes, and its gradient.

extension OpDefinition {
  /// Propagates NaN. Of equal elements along an axis the first gets the gradient; over all axes they share it.
  package static let min: OpDefinition = .extremum(
    "min", "The smallest element over some axes.", "y = min of x over axes",
    gradient: { .minGrad }, isBetter: { $0 < $1 })

  package static let minGrad: OpDefinition = .extremumGradient(
    "min_grad", "Gradient of min: to the first of the smallest elements.", own: { .minGrad },
    isBetter: { $0 < $1 })
}
