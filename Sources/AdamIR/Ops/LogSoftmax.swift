// log_softmax along an axis, and its gradient.
import Glibc

extension OpDefinition {
  package static let logSoftmax: OpDefinition = .init(
    name: "log_softmax", summary: "The logarithm of softmax along an axis.",
    formula: "d = x - max(x); y = d - log(sum(exp(d))); x' = log_softmax_grad(g, y)",
    operandCount: 1...1, attributeNames: ["axis"],
    inferTypes: alongAxis("log_softmax"),
    pullback: pullback { function, g, context throws(ShapeError) in
      [try function.emit(.logSoftmaxGrad, [g, context.results[0]], context.attributes)]
    },
    reference: linewise { operands in
      let top = operands[0].max() ?? 0
      let sum = operands[0].map { Glibc.exp($0 - top) }.reduce(0, +)
      return operands[0].map { ($0 - top) - Glibc.log(sum) }
    })

  /// One fused rounding; with nll_loss_grad as g this is `cross_entropy_grad` of the numerics.
  package static let logSoftmaxGrad: OpDefinition = .init(
    name: "log_softmax_grad", summary: "Gradient of log_softmax from its result.",
    formula: "x' = fma(-exp(y), sum(g), g)", operandCount: 2...2, attributeNames: ["axis"],
    inferTypes: alongAxis("log_softmax_grad"),
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, y) = (context.operands[0], context.operands[1])
      let along = try TypeRules.axis("log_softmax_grad", function.type(y).shape, context.attributes)
      let kept: Attributes = ["axes": .ints([along]), "keepdims": .bool(true)]
      // g' = u - sum(u exp(y)); y' = -u exp(y) sum(g)
      let weighted = try function.emit(.mul, [u, try function.emit(.exp, [y])])
      let total = try function.emit(.sum, [g], kept)
      return [
        try function.emit(.sub, [u, try function.emit(.sum, [weighted], kept)]),
        try function.emit(.neg, [try function.emit(.mul, [weighted, total])]),
      ]
    },
    reference: linewise { operands in
      let sum = operands[0].reduce(0, +)
      return zip(operands[0], operands[1]).map { $0 - Glibc.exp($1) * sum }
    })
}
