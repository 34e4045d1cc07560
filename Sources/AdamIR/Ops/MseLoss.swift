// mse_loss: the mean squared difference, and its gradient.

extension OpDefinition {
  /// x and y must have one shape: a loss never stretches.
  package static let mseLoss: OpDefinition = .init(
    name: "mse_loss", summary: "The mean of the squared differences.",
    formula: "y = mean((x - t)^2); x' = mse_loss_grad(g, x, t); t' = -x'",
    traits: .reduction, operandCount: 2...2,
    inferTypes: { types, _ throws(ShapeError) in try lossType("mse_loss", types) },
    pullback: pullback { function, g, context throws(ShapeError) in
      let gradient = try function.emit(.mseLossGrad, [g] + context.operands)
      return [gradient, try function.emit(.neg, [gradient])]
    },
    reference: { operands, _, _ in
      let squares = zip(operands[0].values, operands[1].values).map { ($0 - $1) * ($0 - $1) }
      return [ReferenceTensor([], [squares.reduce(0, +) / Double(squares.count)])]
    })

  package static let mseLossGrad: OpDefinition = .init(
    name: "mse_loss_grad", summary: "Gradient of mse_loss.",
    formula: "x' = (f32(2 / n) * (x - t)) * g", operandCount: 3...3,
    inferTypes: { types, _ throws(ShapeError) in try lossGradientType("mse_loss_grad", types) },
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, x, t) = (context.operands[0], context.operands[1], context.operands[2])
      let share = try function.constant(2 / Double(try elementCount(function, x, "mse_loss")))
      let scaled = try function.emit(.mul, [u, share])
      let inner = try function.emit(.mul, [scaled, try function.emit(.sub, [x, t])])
      let slope = try function.emit(.mul, [scaled, g])
      return [try function.total(inner), slope, try function.emit(.neg, [slope])]
    },
    reference: { operands, _, types in
      let scale = 2 / Double(operands[1].values.count)
      let g = operands[0].values[0]
      let values = zip(operands[1].values, operands[2].values).map { scale * ($0 - $1) * g }
      return [ReferenceTensor(sizes(types), values)]
    })

  /// Two real operands of one shape → a number.
  static func lossType(_ name: String, _ types: [TensorType]) throws(ShapeError) -> [TensorType] {
    try TypeRules.numbers(name, types)
    _ = try TypeRules.same(name, types[0].shape, types[1].shape, operands: [0, 1])
    return [TensorType(.f32, .scalar)]
  }

  /// How many elements the mean of a loss is taken over.
  static func elementCount(
    _ function: TensorFunction, _ value: ValueID, _ op: String
  ) throws(ShapeError) -> Int {
    try function.type(value).shape.fixedSizes(for: "the gradient of `\(op)`").reduce(1, *)
  }

  /// A number and two real operands of one shape → that shape.
  static func lossGradientType(
    _ name: String, _ types: [TensorType]
  ) throws(ShapeError) -> [TensorType] {
    try TypeRules.numbers(name, types)
    try TypeRules.scalar(name, types[0], operand: 0)
    let shape = try TypeRules.same(name, types[1].shape, types[2].shape, operands: [1, 2])
    return [TensorType(.f32, shape)]
  }
}
