// argmin: the index of the smallest element of an axis.

extension OpDefinition {
  /// Of equal elements the first; a NaN counts as the smallest.
  package static let argmin: OpDefinition = .place(
    "argmin", "The index of the smallest element along an axis.", isBetter: { $0 < $1 })
}
