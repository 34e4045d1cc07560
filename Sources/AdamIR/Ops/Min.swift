// min over axes, and its gradient.

extension OpDefinition {
  /// Propagates NaN. Of equal elements the first in row-major order gets the gradient.
  package static let min: OpDefinition = .extremum(
    "min", "The smallest element over some axes.", "y = min of x over axes",
    gradient: { .minGrad }, isBetter: { $0 < $1 })

  package static let minGrad: OpDefinition = .extremumGradient(
    "min_grad", "Gradient of min: to the first of the smallest elements.", own: { .minGrad },
    isBetter: { $0 < $1 })
}
