// nll_loss: the mean negative log-probability of the right classes, and its gradient.

extension OpDefinition {
  /// logp [n, classes], target i32 [n] with values 0 ..< classes → a number. The order of additions
  /// is `nll_mean` of the numerics.
  package static let nllLoss: OpDefinition = .init(
    name: "nll_loss", summary: "The mean negative log-probability of the right classes.",
    formula: "y = -(sum over i of logp[i, target[i]]) / n; logp' = nll_loss_grad(g, target, logp)",
    traits: .reduction, operandCount: 2...2,
    inferTypes: { types, _ throws(ShapeError) in
      try labels("nll_loss", types[0], types[1])
      return [TensorType(.f32, .scalar)]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      let (logp, target) = (context.operands[0], context.operands[1])
      return [try function.emit(.nllLossGrad, [g, target, logp]), nil]
    },
    reference: { operands, _, _ in
      let (logp, target) = (operands[0], operands[1].values)
      let classes = logp.sizes[1]
      let sum = target.enumerated().reduce(0.0) { sum, row in
        sum - logp.values[row.offset * classes + (Int(exactly: row.element) ?? 0)]
      }
      return [ReferenceTensor([], [sum / Double(target.count)])]
    })

  /// −(1/n) at the target, scaled by g; 0 elsewhere. logp gives the shape only.
  package static let nllLossGrad: OpDefinition = .init(
    name: "nll_loss_grad", summary: "Gradient of nll_loss.",
    formula: "logp'[i, j] = j == target[i] ? g * -(1 / n) : 0", operandCount: 3...3,
    inferTypes: { types, _ throws(ShapeError) in
      try TypeRules.numbers("nll_loss_grad", [types[0]])
      try TypeRules.scalar("nll_loss_grad", types[0], operand: 0)
      try labels("nll_loss_grad", types[2], types[1])
      return [types[2]]
    },
    pullback: pullback { function, u, context throws(ShapeError) in
      [try function.emit(.nllLoss, [u, context.operands[1]]), nil, nil]
    },
    reference: { operands, _, types in
      let (g, target) = (operands[0].values[0], operands[1].values)
      let sizes = sizes(types)
      var result = ReferenceTensor(sizes, Array(repeating: 0, count: sizes.reduce(1, *)))
      for (row, label) in target.enumerated() {
        result.values[row * sizes[1] + (Int(exactly: label) ?? 0)] = -g / Double(target.count)
      }
      return [result]
    })

  /// Refuses what is not one row of scores and one label per example.
  static func labels(
    _ op: String, _ logp: TensorType, _ target: TensorType
  ) throws(ShapeError) {
    guard logp.element == .f32, logp.shape.rank == 2 else {
      throw .element(op, "one row of scores per example, [rows, classes]", logp, operand: 0)
    }
    guard target.element == .i32, target.shape.rank == 1 else {
      throw .element(op, "one label per example, whole numbers [rows]", target, operand: 1)
    }
    let (rows, found) = (logp.shape.dimensions[0], target.shape.dimensions[0])
    guard rows.mayEqual(found) else {
      throw ShapeError(
        "`\(op)` needs one label per row: \(rows.text) rows, \(found.text) labels",
        operands: [0, 1])
    }
  }
}
