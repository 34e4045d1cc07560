// div: a / b with broadcasting.

extension OpDefinition {
  /// IEEE division: ±inf or NaN where b is 0.
  package static let div: OpDefinition = .binary(
    "div", "The quotient of two tensors, element by element.",
    "y = a / b; a' = g / b; b' = -g * (y / b)",
    phrase: { "cannot divide \($0) by \($1)" },
    value: { $0 / $1 },
    gradients: { function, g, context throws(ShapeError) in
      let (b, y) = (context.operands[1], context.results[0])
      let quotient = try function.emit(.div, [y, b])
      let negative = try function.emit(.neg, [g])
      return (
        try function.emit(.div, [g, b]), try function.emit(.mul, [negative, quotient])
      )
    })
}
