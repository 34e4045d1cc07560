// sigmoid and the part of its gradient.
import Glibc

extension OpDefinition {
  package static let sigmoid: OpDefinition = .unary(
    "sigmoid", "The logistic function of each element, between 0 and 1.",
    "y = 1 / (1 + exp(0 - x)); x' = sigmoid_grad(g, y)",
    value: { 1 / (1 + Glibc.exp(-$0)) },
    gradient: { function, g, _, y throws(ShapeError) in
      try function.emit(.sigmoidGrad, [g, y])
    })

  package static let sigmoidGrad: OpDefinition = .gradientPart(
    "sigmoid_grad", "Gradient of sigmoid from its result.", "x' = (g * (1 - y)) * y",
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, y) = (context.operands[0], context.operands[1])
      let slope = try function.emit(.sigmoidGrad, [u, y])
      let double = try function.emit(.mul, [try function.constant(2), y])
      let bend = try function.emit(.sub, [try function.constant(1), double])
      return [slope, try function.emit(.mul, [try function.emit(.mul, [u, g]), bend])]
    },
    reference: elementwise { ($0[0] * (1 - $0[1])) * $0[1] })
}
