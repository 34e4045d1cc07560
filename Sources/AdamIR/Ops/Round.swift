// round: the nearest whole number, halves to even.

extension OpDefinition {
  /// Halves go to the even neighbour, as in torch; the gradient is zero everywhere.
  package static let round: OpDefinition = .unary(
    "round", "The nearest whole number of each element; halves go to the even one.",
    "y = rint(x)",
    value: { $0.rounded(.toNearestOrEven) },
    gradient: { _, _, _, _ throws(ShapeError) in nil })
}
