// floor: the next whole number below.

extension OpDefinition {
  /// The gradient is zero everywhere.
  package static let floor: OpDefinition = .unary(
    "floor", "The largest whole number not above each element.", "y = floor(x)",
    value: { $0.rounded(.down) },
    gradient: { _, _, _, _ throws(ShapeError) in nil })
}
