// mul: a · b with broadcasting.

extension OpDefinition {
  package static let mul: OpDefinition = .binary(
    "mul", "The product of two tensors, element by element.", "y = a * b; a' = g * b; b' = g * a",
    traits: .commutative, phrase: { "cannot multiply \($0) by \($1)" },
    value: { $0 * $1 },
    gradients: { function, g, context throws(ShapeError) in
      let (a, b) = (context.operands[0], context.operands[1])
      return (try function.emit(.mul, [g, b]), try function.emit(.mul, [g, a]))
    })
}
