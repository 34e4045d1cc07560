// softmax along an axis, and its gradient.
import Glibc

extension OpDefinition {
  /// e = exp(x − max), the sum as `_row_sum16`, then a product with the reciprocal (rule 4).
  package static let softmax: OpDefinition = .init(
    name: "softmax", summary: "Exponentials along an axis, scaled so that they sum to 1.",
    formula: "e = exp(x - max(x)); y = e * (1 / sum(e)); x' = softmax_grad(g, y)",
    operandCount: 1...1, attributeNames: ["axis"],
    inferTypes: alongAxis("softmax"),
    pullback: pullback { function, g, context throws(ShapeError) in
      [try function.emit(.softmaxGrad, [g, context.results[0]], context.attributes)]
    },
    reference: linewise { operands in
      let top = operands[0].max() ?? 0
      let e = operands[0].map { Glibc.exp($0 - top) }
      let sum = e.reduce(0, +)
      return e.map { $0 / sum }
    })

  package static let softmaxGrad: OpDefinition = .init(
    name: "softmax_grad", summary: "Gradient of softmax from its result.",
    formula: "x' = (g - sum(g * y)) * y; y' = u * (g - sum(g * y)) - g * sum(u * y)", operandCount: 2...2,
    attributeNames: ["axis"],
    inferTypes: alongAxis("softmax_grad"),
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, y) = (context.operands[0], context.operands[1])
      let along = try TypeRules.axis("softmax_grad", function.type(y).shape, context.attributes)
      func lineSum(_ a: ValueID, _ b: ValueID) throws(ShapeError) -> ValueID {
        try function.emit(
          .sum, [try function.emit(.mul, [a, b])], ["axes": .ints([along]), "keepdims": .bool(true)])
      }
      // y' = u (g - sum(g y)) - g sum(u y)
      let centred = try function.emit(.sub, [g, try lineSum(g, y)])
      let first = try function.emit(.mul, [u, centred])
      let second = try function.emit(.mul, [g, try lineSum(u, y)])
      return [
        try function.emit(.softmaxGrad, [u, y], context.attributes), try function.emit(.sub, [first, second]),
      ]
    },
    reference: linewise { operands in
      let dot = zip(operands[0], operands[1]).map { $0 * $1 }.reduce(0, +)
      return zip(operands[0], operands[1]).map { ($0 - dot) * $1 }
    })

  /// Real operands of one shape and an axis of it.
  static func alongAxis(_ name: String) -> TypeRule {
    { types, attributes throws(ShapeError) in
      try TypeRules.numbers(name, types)
      _ = try TypeRules.axis(name, types[0].shape, attributes)
      var shape = types[0].shape
      for type in types.dropFirst() {
        shape = try TypeRules.same(name, shape, type.shape, operands: [0, 1])
      }
      return [TensorType(.f32, shape)]
    }
  }
}
