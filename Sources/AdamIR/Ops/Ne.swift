// ne: different elements.

extension OpDefinition {
  /// True where either is NaN.
  package static let ne: OpDefinition = .comparison(
    "ne", "Whether two elements differ.", "y = a != b", traits: .commutative, orders: false,
    holds: { $0 != $1 })
}
