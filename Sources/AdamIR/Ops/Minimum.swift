// minimum: the smaller of two elements.

extension OpDefinition {
  /// Propagates NaN; on a tie the gradient goes to a (torch halves it).
  package static let minimum: OpDefinition = .binary(
    "minimum", "The smaller of two tensors, element by element.",
    "y = a <= b ? a : b; a' = a <= b ? g : 0; b' = a <= b ? 0 : g",
    phrase: { "cannot take the minimum of \($0) and \($1)" },
    value: { $0.isNaN || $0 <= $1 ? $0 : $1 },
    gradients: { function, g, context throws(ShapeError) in
      let first = try function.emit(.le, context.operands)
      let zero = try function.constant(0)
      return (
        try function.emit(.where, [first, g, zero]), try function.emit(.where, [first, zero, g])
      )
    })
}
