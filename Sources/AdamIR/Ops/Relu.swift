// relu and the part of its gradient.

extension OpDefinition {
  /// Propagates NaN.
  package static let relu: OpDefinition = .unary(
    "relu", "Each element, or 0 where it is negative.", "y = x < 0 ? 0 : x; x' = relu_grad(g, y)",
    value: { $0 <= 0 ? 0 : $0 },
    gradient: { function, g, _, y throws(ShapeError) in try function.emit(.reluGrad, [g, y]) })

  /// The gradient at 0 is 0.
  package static let reluGrad: OpDefinition = .gradientPart(
    "relu_grad", "Gradient of relu from its result.", "x' = y > 0 ? g : 0",
    pullback: pullback { function, u, context throws(ShapeError) in
      [try function.emit(.reluGrad, [u, context.operands[1]]), nil]
    },
    reference: elementwise { $0[1] > 0 ? $0[0] : 0 })
}
