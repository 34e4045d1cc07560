// sub: a − b with broadcasting.

extension OpDefinition {
  package static let sub: OpDefinition = .binary(
    "sub", "The difference of two tensors, element by element.", "y = a - b; a' = g; b' = -g",
    phrase: { "cannot subtract \($1) from \($0)" },
    value: { $0 - $1 },
    gradients: { function, g, _ throws(ShapeError) in (g, try function.emit(.neg, [g])) })
}
