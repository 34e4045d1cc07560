// linear: x Wᵀ + b in torch's layout.

extension OpDefinition {
  /// x [.., in], w [out, in], b [out] → [.., out]. Rule 1 of the numerics (an fma chain over the
  /// inputs), rule 2 when there is one output; the bias is added last. The gradients of w and b
  /// are products and sums over all rows of x.
  package static let linear: OpDefinition = .init(
    name: "linear", summary: "A linear layer: a product with a weight matrix plus a bias.",
    formula: "y = x @ transpose(w) + b; x' = g @ w; w' = transpose(g) @ x; b' = sum of g over rows",
    traits: .epilogue, operandCount: 2...3,
    inferTypes: { types, _ throws(ShapeError) in
      try TypeRules.numbers("linear", types)
      let (x, w) = (types[0].shape, types[1].shape)
      guard w.rank == 2 else {
        throw .rank("linear", "weights of two axes, [out, in]", w, operand: 1)
      }
      guard let found = x.dimensions.last else {
        throw .rank("linear", "rows of numbers", x, operand: 0)
      }
      guard found.mayEqual(w.dimensions[1]) else {
        throw ShapeError(
          "`linear` takes \(w.dimensions[1].text) inputs, and \(x.text) has \(found.text)",
          operands: [0, 1])
      }
      if types.count == 3 {
        let bias = Shape([w.dimensions[0]])
        _ = try TypeRules.same("linear", bias, types[2].shape, operands: [1, 2])
      }
      return [TensorType(.f32, Shape(x.dimensions.dropLast() + [w.dimensions[0]]))]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      let (x, w) = (context.operands[0], context.operands[1])
      let rows = try asRows(&function, g)
      let input = try matmul(&function, rows, w)
      let weight = try matmul(
        &function, rows, try asRows(&function, x), transposingFirst: true)
      let gradients = [try function.reshaped(input, to: function.type(x).shape), weight]
      if context.operands.count == 2 { return gradients }
      let sum = try function.emit(.sum, [rows], ["axes": .ints([0]), "keepdims": .bool(false)])
      return gradients + [sum]
    },
    reference: { operands, _, types in
      let (x, w) = (operands[0], operands[1])
      let (outputs, inputs) = (w.sizes[0], w.sizes[1])
      let bias = operands.count == 3 ? operands[2].values : Array(repeating: 0, count: outputs)
      let rows = x.sizes.dropLast().reduce(1, *)
      var values: [Double] = []
      for row in 0..<rows {
        for output in 0..<outputs {
          var sum = 0.0
          for k in 0..<inputs { sum += x.values[row * inputs + k] * w.values[output * inputs + k] }
          values.append(sum + bias[output])
        }
      }
      return [ReferenceTensor(sizes(types), values)]
    })

  /// [.., n] as a matrix [rows, n].
  private static func asRows(
    _ function: inout TensorFunction, _ value: ValueID
  ) throws(ShapeError) -> ValueID {
    let shape = function.type(value).shape
    if shape.rank == 2 { return value }
    let sizes = try shape.fixedSizes(for: "the gradient of `linear`")
    let rows = sizes.dropLast().reduce(1, *)
    return try function.reshaped(value, to: Shape(sizes: [rows] + sizes.suffix(1)))
  }

  private static func matmul(
    _ function: inout TensorFunction, _ a: ValueID, _ b: ValueID, transposingFirst: Bool = false
  ) throws(ShapeError) -> ValueID {
    try function.emit(
      .matmul, [a, b],
      ["transpose_a": .bool(transposingFirst), "transpose_b": .bool(false)])
  }
}
