// maximum: the larger of two elements.

extension OpDefinition {
  /// Propagates NaN; on a tie each side gets half of the gradient, as in torch.
  package static let maximum: OpDefinition = .binary(
    "maximum", "The larger of two tensors, element by element.",
    "y = a >= b ? a : b; a' = a == b ? g/2 : a >= b ? g : 0; b' = g - a'",
    phrase: { "cannot take the maximum of \($0) and \($1)" },
    value: { $0.isNaN || $0 >= $1 ? $0 : $1 },
    gradients: { function, g, context throws(ShapeError) in
      let first = try function.emit(.ge, context.operands)
      let zero = try function.constant(0)
      let half = try function.emit(.mul, [g, try function.constant(0.5)])
      let tie = try function.emit(.eq, context.operands)
      let toA = try function.emit(.where, [first, g, zero])
      let toB = try function.emit(.where, [first, zero, g])
      return (
        try function.emit(.where, [tie, half, toA]), try function.emit(.where, [tie, half, toB])
      )
    })
}
