// causal_softmax: softmax of rows that each see only the columns up to their own place.
import Glibc

extension OpDefinition {
  /// Scores [.., t, s] of attention: row i is softmax (rule 4) of its first s - t + i + 1 elements, and 0 behind
  /// them. Rows that see nothing (t > s) are 0. What torch does by adding -inf to the scores.
  package static let causalSoftmax: OpDefinition = .init(
    name: "causal_softmax", summary: "Softmax of each row's elements up to the row's own place, 0 behind.",
    formula: "y[.., i, j] = softmax(x[.., i, ..<(s - t + i + 1)])[j]; x' = softmax_grad(g, y)",
    operandCount: 1...1,
    inferTypes: { types, _ throws(ShapeError) in
      try TypeRules.numbers("causal_softmax", types)
      guard types[0].shape.rank >= 2 else {
        throw .rank("causal_softmax", "at least two axes", types[0].shape, operand: 0)
      }
      return types
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      let y = context.results[0]
      return [try function.emit(.softmaxGrad, [g, y], ["axis": .int(function.type(y).shape.rank - 1)])]
    },
    reference: { operands, _, types in
      var y = ReferenceTensor(sizes(types), operands[0].values.map { _ in 0 })
      let (rows, columns) = (y.sizes[y.sizes.count - 2], y.sizes[y.sizes.count - 1])
      for (row, line) in y.lines(along: y.sizes.count - 1).enumerated() {
        let seen = line.prefix(Swift.max(0, columns - rows + row % rows + 1))
        let top = seen.map { operands[0].values[$0] }.max() ?? 0
        let e = seen.map { Glibc.exp(operands[0].values[$0] - top) }
        let sum = e.reduce(0, +)
        for (offset, value) in zip(seen, e) { y.values[offset] = value / sum }
      }
      return [y]
    })
}
