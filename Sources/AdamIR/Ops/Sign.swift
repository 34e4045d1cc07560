// sign: −1, 0 or 1.

extension OpDefinition {
  /// Zero keeps its place between the signs; the gradient is zero everywhere.
  package static let sign: OpDefinition = .unary(
    "sign", "The sign of each element: -1, 0 or 1.", "y = (x > 0) - (x < 0)",
    value: { ($0 > 0 ? 1 : 0) - ($0 < 0 ? 1 : 0) },
    gradient: { _, _, _, _ throws(ShapeError) in nil })
}
