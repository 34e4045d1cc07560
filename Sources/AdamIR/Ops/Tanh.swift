// tanh and the part of its gradient.
import Glibc

extension OpDefinition {
  package static let tanh: OpDefinition = .unary(
    "tanh", "The hyperbolic tangent of each element.", "y = tanh(x); x' = tanh_grad(g, y)",
    value: { Glibc.tanh($0) },
    gradient: { function, g, _, y throws(ShapeError) in try function.emit(.tanhGrad, [g, y]) })

  /// One fused rounding in 1 − y², as torch's derivative from the output has it.
  package static let tanhGrad: OpDefinition = .gradientPart(
    "tanh_grad", "Gradient of tanh from its result.", "x' = g * fma(-y, y, 1)",
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, y) = (context.operands[0], context.operands[1])
      let slope = try function.emit(.tanhGrad, [u, y])
      let product = try function.emit(.mul, [try function.emit(.mul, [u, g]), y])
      return [slope, try function.emit(.mul, [try function.constant(-2), product])]
    },
    reference: elementwise { $0[0] * (1 - $0[1] * $0[1]) })
}
