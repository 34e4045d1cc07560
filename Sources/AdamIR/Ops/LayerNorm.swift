// layer_norm: rows to mean 0 and variance 1, scaled and shifted, and its gradient for the rows. Made by the pass
// fuse-layer-norm only, out of the operations that the layer and its gradient are.

extension OpDefinition {
  /// x [.., n], weight [n], bias [n] → the result, x - mean, √(variance + eps) [.., 1], and their ratio: what the
  /// gradient reads. Bit for bit what the single operations give, but for the kind of a NaN.
  package static let layerNorm: OpDefinition = .init(
    name: "layer_norm", summary: "Every row to mean 0 and variance 1, then scaled and shifted.",
    formula: "d = x - mean(x); s = sqrt(mean(d * d) + eps); n = d / s; y = n * weight + bias", traits: .fused,
    operandCount: 3...3, attributeNames: ["eps"],
    inferTypes: { types, attributes throws(ShapeError) in
      guard attributes.float("eps") != nil else { throw .missingAttribute("layer_norm", "eps") }
      let x = try rows("layer_norm", types, vectors: [1, 2], matrices: [0])
      return [x, x, deviations(x), x]
    },
    reference: { operands, attributes, types in
      var results = types.map { ReferenceTensor(sizes([$0]), Array(repeating: 0, count: $0.shape.elementCount ?? 0)) }
      let n = operands[1].values.count
      for (row, line) in operands[0].lines(along: operands[0].sizes.count - 1).enumerated() {
        let x = line.map { operands[0].values[$0] }
        let mean = x.reduce(0, +) / Double(n)
        let variance = x.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(n)
        let deviation = (variance + (attributes.float("eps") ?? 0)).squareRoot()
        results[2].values[row] = deviation
        for (j, place) in line.enumerated() {
          let distance = x[j] - mean
          results[0].values[place] = distance / deviation * operands[1].values[j] + operands[2].values[j]
          results[1].values[place] = distance
          results[3].values[place] = distance / deviation
        }
      }
      return results
    })

  /// g [.., n], weight [n], what layer_norm leaves (n, s, d), and another gradient that is added: rest.
  package static let layerNormGrad: OpDefinition = .init(
    name: "layer_norm_grad", summary: "Gradient of layer_norm for the rows.",
    formula: "u = g * weight; c = sum(-u * (n / s)) / (2 * s) / size; h = u / s + c * d + c * d; "
      + "x' = rest + h - mean(h)",
    traits: .fused, operandCount: 5...6,
    inferTypes: { types, _ throws(ShapeError) in
      let x = try rows("layer_norm_grad", types, vectors: [1], matrices: [0, 2, 4, 5].filter(types.indices.contains))
      _ = try TypeRules.same("layer_norm_grad", types[3].shape, deviations(x).shape, operands: [3, 0])
      return [x]
    },
    reference: { operands, _, types in
      var result = ReferenceTensor(sizes(types), operands[0].values.map { _ in 0 })
      let weight = operands[1].values
      let n = Double(weight.count)
      for (row, line) in result.lines(along: result.sizes.count - 1).enumerated() {
        let s = operands[3].values[row]
        let u = zip(line, weight).map { operands[0].values[$0] * $1 }
        let c = zip(line, u).map { -$1 * (operands[2].values[$0] / s) }.reduce(0, +) / (2 * s) / n
        let h = zip(line, u).map { $1 / s + 2 * c * operands[4].values[$0] }
        let mean = h.reduce(0, +) / n
        for (place, value) in zip(line, h) {
          result.values[place] = value - mean + (operands.count > 5 ? operands[5].values[place] : 0)
        }
      }
      return [result]
    })

  /// The common type of the `matrices`, whose rows are as long as the `vectors`.
  private static func rows(
    _ name: String, _ types: [TensorType], vectors: [Int], matrices: [Int]
  ) throws(ShapeError) -> TensorType {
    try TypeRules.numbers(name, types)
    var shape = types[0].shape
    guard let last = shape.dimensions.last else { throw .rank(name, "at least one axis", shape, operand: 0) }
    for index in matrices { shape = try TypeRules.same(name, shape, types[index].shape, operands: [0, index]) }
    for index in vectors {
      _ = try TypeRules.same(name, Shape([last]), types[index].shape, operands: [0, index])
    }
    return TensorType(.f32, shape)
  }

  /// One number for each row.
  private static func deviations(_ x: TensorType) -> TensorType {
    TensorType(.f32, TypeRules.reduced(x.shape, [x.shape.rank - 1], keepdims: true))
  }
}
