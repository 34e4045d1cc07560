// matmul: the matrix product, with either operand transposed.

extension OpDefinition {
  /// Ranks 1 and 2 as in torch: a vector on the left is a row, on the right a column, and its axis
  /// leaves the result; the transpose flags must be false for a vector. Rule 1 of the numerics
  /// (an fma chain over k), rule 2 for matrix @ vector.
  package static let matmul: OpDefinition = .init(
    name: "matmul", summary: "The matrix product.",
    formula: "y[i, j] = sum over k of a[i, k] * b[k, j]; a' = g @ transpose(b); b' = transpose(a) @ g",
    operandCount: 2...2, attributeNames: ["transpose_a", "transpose_b"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("matmul", types)
      let (a, b) = try matrices(types, attributes)
      let phrase = "cannot multiply \(types[0].shape.text) by \(types[1].shape.text)"
      guard a.columns.mayEqual(b.rows) else { throw .sizes(phrase, a.columns, b.rows) }
      let rows = types[0].shape.rank == 2 ? [a.rows] : []
      let columns = types[1].shape.rank == 2 ? [b.columns] : []
      return [TensorType(.f32, Shape(rows + columns))]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      try matmulGradients(&function, g, context)
    },
    reference: { operands, attributes, types in
      let a = matrix(operands[0], isRow: true, attributes.bool("transpose_a") ?? false)
      let b = matrix(operands[1], isRow: false, attributes.bool("transpose_b") ?? false)
      var values: [Double] = []
      for i in 0..<a.rows {
        for j in 0..<b.columns {
          values.append((0..<a.columns).reduce(0) { $0 + a.at(i, $1) * b.at($1, j) })
        }
      }
      return [ReferenceTensor(sizes(types), values)]
    })

  private typealias Sides = (rows: Dimension, columns: Dimension)

  /// Rows and columns of both operands as they are multiplied.
  private static func matrices(
    _ types: [TensorType], _ attributes: Attributes
  ) throws(ShapeError) -> (Sides, Sides) {
    guard let first = attributes.bool("transpose_a") else {
      throw .missingAttribute("matmul", "transpose_a")
    }
    guard let second = attributes.bool("transpose_b") else {
      throw .missingAttribute("matmul", "transpose_b")
    }
    return (try sides(types, 0, first), try sides(types, 1, second))
  }

  private static func sides(
    _ types: [TensorType], _ operand: Int, _ transposed: Bool
  ) throws(ShapeError) -> Sides {
    let sizes = types[operand].shape.dimensions
    switch sizes.count {
    case 2: return transposed ? (sizes[1], sizes[0]) : (sizes[0], sizes[1])
    case 1 where !transposed:
      return operand == 0 ? (Dimension(1), sizes[0]) : (sizes[0], Dimension(1))
    default:
      let shape = types[operand].shape
      throw .rank("@", "matrices or vectors", shape, operand: operand)
    }
  }

  /// The gradients as products again; vectors are matrices meanwhile, so always rule 1's chain.
  private static func matmulGradients(
    _ function: inout TensorFunction, _ g: ValueID, _ context: PullbackContext
  ) throws(ShapeError) -> [ValueID?] {
    let types = context.operands.map { function.type($0) }
    let first = context.attributes.bool("transpose_a") ?? false
    let second = context.attributes.bool("transpose_b") ?? false
    let (sidesA, sidesB) = try matrices(types, context.attributes)
    let a =
      types[0].shape.rank == 2
      ? context.operands[0]
      : try function.reshaped(context.operands[0], to: Shape([sidesA.rows, sidesA.columns]))
    let b =
      types[1].shape.rank == 2
      ? context.operands[1]
      : try function.reshaped(context.operands[1], to: Shape([sidesB.rows, sidesB.columns]))
    let u = try function.reshaped(g, to: Shape([sidesA.rows, sidesB.columns]))
    // a or its transpose is u · bᵀ; b or its transpose is aᵀ · u.
    let gradientA =
      first
      ? try product(&function, b, u, second, true) : try product(&function, u, b, false, !second)
    let gradientB =
      second
      ? try product(&function, u, a, true, first) : try product(&function, a, u, !first, false)
    return [
      try function.reshaped(gradientA, to: types[0].shape),
      try function.reshaped(gradientB, to: types[1].shape),
    ]
  }

  private static func product(
    _ function: inout TensorFunction, _ a: ValueID, _ b: ValueID, _ first: Bool, _ second: Bool
  ) throws(ShapeError) -> ValueID {
    try function.emit(
      .matmul, [a, b], ["transpose_a": .bool(first), "transpose_b": .bool(second)])
  }

  /// A matrix to read by row and column.
  private struct Matrix {
    var rows: Int
    var columns: Int
    var rowStride: Int
    var columnStride: Int
    var values: [Double]
    func at(_ row: Int, _ column: Int) -> Double { values[row * rowStride + column * columnStride] }
  }

  private static func matrix(_ x: ReferenceTensor, isRow: Bool, _ transposed: Bool) -> Matrix {
    let sizes = x.sizes.count == 2 ? x.sizes : isRow ? [1] + x.sizes : x.sizes + [1]
    return transposed
      ? Matrix(
        rows: sizes[1], columns: sizes[0], rowStride: 1, columnStride: sizes[1], values: x.values)
      : Matrix(
        rows: sizes[0], columns: sizes[1], rowStride: sizes[1], columnStride: 1, values: x.values)
  }
}
