// add: a + b with broadcasting.

extension OpDefinition {
  package static let add: OpDefinition = .binary(
    "add", "The sum of two tensors, element by element.", "y = a + b; a' = g; b' = g",
    traits: .commutative, phrase: { "cannot add \($1) to \($0)" },
    value: { $0 + $1 },
    gradients: { _, g, _ throws(ShapeError) in (g, g) })
}
