// bce_with_logits: binary cross-entropy of raw scores, and its gradient.
import Glibc

extension OpDefinition {
  /// The form that does not overflow, averaged; targets between 0 and 1.
  package static let bceWithLogits: OpDefinition = .init(
    name: "bce_with_logits", summary: "The mean binary cross-entropy of raw scores.",
    formula: "y = mean((1 - t) * x + (max(-x, 0) + log1p(exp(-|x|)))); "
      + "x' = bce_with_logits_grad(g, x, t); t' = (g / n) * -x",
    traits: .reduction, operandCount: 2...2,
    inferTypes: { types, _ throws(ShapeError) in try lossType("bce_with_logits", types) },
    pullback: pullback { function, g, context throws(ShapeError) in
      let x = context.operands[0]
      let gradient = try function.emit(.bceWithLogitsGrad, [g] + context.operands)
      let count = try elementCount(function, x, "bce_with_logits")
      let share = try function.emit(.div, [g, try function.constant(Double(count))])
      return [gradient, try function.emit(.mul, [share, try function.emit(.neg, [x])])]
    },
    reference: { operands, _, _ in
      let terms = zip(operands[0].values, operands[1].values).map { x, t in
        (1 - t) * x + (Swift.max(-x, 0) + Glibc.log1p(Glibc.exp(-Swift.abs(x))))
      }
      return [ReferenceTensor([], [terms.reduce(0, +) / Double(terms.count)])]
    })

  package static let bceWithLogitsGrad: OpDefinition = .init(
    name: "bce_with_logits_grad", summary: "Gradient of bce_with_logits.",
    formula: "x' = (sigmoid(x) - t) * (g / n)", operandCount: 3...3,
    inferTypes: { types, _ throws(ShapeError) in
      try lossGradientType("bce_with_logits_grad", types)
    },
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, x, t) = (context.operands[0], context.operands[1], context.operands[2])
      let count = try function.constant(Double(try elementCount(function, x, "bce_with_logits")))
      let share = try function.emit(.div, [u, count])
      let s = try function.emit(.sigmoid, [x])
      let inner = try function.emit(.mul, [share, try function.emit(.sub, [s, t])])
      let slope = try function.emit(.mul, [share, g])
      return [
        try function.total(inner), try function.emit(.sigmoidGrad, [slope, s]), try function.emit(.neg, [slope]),
      ]
    },
    reference: { operands, _, types in
      let share = operands[0].values[0] / Double(operands[1].values.count)
      let values = zip(operands[1].values, operands[2].values).map { x, t in
        (1 / (1 + Glibc.exp(-x)) - t) * share
      }
      return [ReferenceTensor(sizes(types), values)]
    })
}
