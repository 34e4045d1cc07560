// matmul: the matrix product, with either operand transposed.

extension OpDefinition {
  /// a [.., m, k], b [.., k, n] → [.., m, n], as torch.matmul: a vector on the left is a row, on the right
  /// a column, and its axis leaves the result; leading axes count matrices and stretch as elsewhere. A
  /// transpose flag turns the last two axes and must be false for a vector. Rule 1 of the numerics (an
  /// fma chain over k), rule 2 where the right operand is a vector.
  package static let matmul: OpDefinition = .init(
    name: "matmul", summary: "The matrix product.",
    formula: "y[i, j] = sum over k of a[i, k] * b[k, j]; a' = g @ transpose(b); b' = transpose(a) @ g",
    traits: .epilogue, operandCount: 2...2, attributeNames: ["transpose_a", "transpose_b"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("matmul", types)
      return [TensorType(.f32, try MatrixProduct(types, attributes).result)]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      try matmulGradients(&function, g, context)
    },
    reference: { operands, attributes, types in
      let a = Matrices(operands[0], isRow: true, attributes.bool("transpose_a") ?? false)
      let b = Matrices(operands[1], isRow: false, attributes.bool("transpose_b") ?? false)
      var values: [Double] = []
      for (p, q) in a.paired(with: b) {
        for i in 0..<a.rows {
          for j in 0..<b.columns {
            values.append((0..<a.columns).reduce(0) { $0 + a.at(p, i, $1) * b.at(q, $1, j) })
          }
        }
      }
      return [ReferenceTensor(sizes(types), values)]
    })

  /// The gradients as products again; vectors are matrices meanwhile, so always rule 1's chain. Where one
  /// matrix is multiplied by all rows its gradient is one chain over them, as in `linear`.
  private static func matmulGradients(
    _ function: inout TensorFunction, _ g: ValueID, _ context: PullbackContext
  ) throws(ShapeError) -> [ValueID?] {
    let types = context.operands.map { function.type($0) }
    let product = try MatrixProduct(types, context.attributes)
    var a = try function.reshaped(context.operands[0], to: product.a.stored)
    let b = try function.reshaped(context.operands[1], to: product.b.stored)
    var u = try function.reshaped(g, to: product.stack)
    if product.isOneMatrix { (a, u) = (try flat(&function, a), try flat(&function, u)) }
    let (first, second) = (product.transposesA, product.transposesB)
    // a or its transpose is u · bᵀ; b or its transpose is aᵀ · u.
    let forA =
      first
      ? try multiplied(&function, b, u, second, true) : try multiplied(&function, u, b, false, !second)
    let forB =
      second
      ? try multiplied(&function, u, a, true, first) : try multiplied(&function, a, u, !first, false)
    let (storedA, storedB) = (function.type(a), function.type(b))
    return [
      try function.reshaped(try function.reduced(forA, to: storedA), to: types[0].shape),
      try function.reshaped(try function.reduced(forB, to: storedB), to: types[1].shape),
    ]
  }

  /// All matrices of a stack below each other.
  private static func flat(_ function: inout TensorFunction, _ value: ValueID) throws(ShapeError) -> ValueID {
    let sizes = try function.type(value).shape.fixedSizes(for: "the gradient of `@`")
    let rows = sizes.dropLast().reduce(1, *)
    return try function.reshaped(value, to: Shape(sizes: [rows] + sizes.suffix(1)))
  }

  private static func multiplied(
    _ function: inout TensorFunction, _ a: ValueID, _ b: ValueID, _ first: Bool, _ second: Bool
  ) throws(ShapeError) -> ValueID {
    try function.emit(
      .matmul, [a, b], ["transpose_a": .bool(first), "transpose_b": .bool(second)])
  }
}

/// The matrices of an operand, to read by matrix, row and column.
private struct Matrices {
  let leading: [Int]
  let rows: Int
  let columns: Int
  private let size: Int
  private let rowStride: Int
  private let columnStride: Int
  private let values: [Double]

  init(_ x: ReferenceTensor, isRow: Bool, _ transposed: Bool) {
    let sizes = x.sizes.count > 1 ? x.sizes : isRow ? [1] + x.sizes : x.sizes + [1]
    let (first, second) = (sizes[sizes.count - 2], sizes[sizes.count - 1])
    leading = Array(sizes.dropLast(2))
    size = first * second
    values = x.values
    (rows, columns) = transposed ? (second, first) : (first, second)
    (rowStride, columnStride) = transposed ? (1, second) : (second, 1)
  }

  func at(_ matrix: Int, _ row: Int, _ column: Int) -> Double {
    values[matrix * size + row * rowStride + column * columnStride]
  }

  /// Which matrices are multiplied, in the result's order.
  func paired(with other: Matrices) -> [(Int, Int)] {
    let plan = StackPairs(leading, other.leading)
    return (0..<plan.count).map { plan[$0] }
  }
}
