// index_select: rows of an axis by index, and its gradient.

extension OpDefinition {
  /// `indices` is i32 of any rank; its axes take the place of `axis`. What is outside 0 ..< size gives NaN
  /// (zeros of whole numbers and truth values) and passes no gradient.
  package static let indexSelect: OpDefinition = .init(
    name: "index_select", summary: "Rows of an axis chosen by index.",
    formula: "y[.., i, ..] = x[.., indices[i], ..]; x' = index_select_grad(g, indices, x)",
    traits: .movement, operandCount: 2...2, attributeNames: ["axis"],
    inferTypes: { types, attributes throws(ShapeError) in
      let (x, indices) = (types[0], types[1])
      guard indices.element == .i32 else {
        throw .element("index_select", "whole numbers as indices", indices, operand: 1)
      }
      let axis = try TypeRules.axis("index_select", x.shape, attributes)
      var dimensions = x.shape.dimensions
      dimensions.replaceSubrange(axis...axis, with: indices.shape.dimensions)
      return [TensorType(x.element, Shape(dimensions))]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      let (x, indices) = (context.operands[0], context.operands[1])
      return [try function.emit(.indexSelectGrad, [g, indices, x], context.attributes), nil]
    },
    reference: { operands, attributes, types in
      let (x, axis) = (operands[0], attributes.int("axis") ?? 0)
      let (outer, size, inner) = x.split(at: axis)
      var values: [Double] = []
      let outside = types[0].element == .f32 ? Double.nan : 0
      for o in 0..<outer {
        for index in operands[1].values {
          guard let place = Int(exactly: index), (0..<size).contains(place) else {
            values += [Double](repeating: outside, count: inner)
            continue
          }
          let row = (o * size + place) * inner
          values += x.values[row..<(row + inner)]
        }
      }
      return [ReferenceTensor(sizes(types), values)]
    })

  /// Rows that were chosen several times get the sum, added in the order of the indices.
  package static let indexSelectGrad: OpDefinition = .init(
    name: "index_select_grad", summary: "Gradient of index_select: adds rows to where they came from.",
    formula: "x' = 0; for i in order: x'[.., indices[i], ..] += g[.., i, ..]",
    traits: .reduction, operandCount: 3...3, attributeNames: ["axis"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("index_select_grad", [types[0], types[2]])
      _ = try TypeRules.axis("index_select_grad", types[2].shape, attributes)
      return [types[2]]
    },
    pullback: pullback { function, u, context throws(ShapeError) in
      [try function.emit(.indexSelect, [u, context.operands[1]], context.attributes), nil, nil]
    },
    reference: { operands, attributes, types in
      let (g, axis) = (operands[0], attributes.int("axis") ?? 0)
      var result = ReferenceTensor(sizes(types), operands[2].values.map { _ in 0 })
      let (outer, size, inner) = result.split(at: axis)
      let indices = operands[1].values.map { Int(exactly: $0) ?? -1 }
      for o in 0..<outer {
        for (i, index) in indices.enumerated() where (0..<size).contains(index) {
          for k in 0..<inner {
            result.values[(o * size + index) * inner + k] +=
              g.values[(o * indices.count + i) * inner + k]
          }
        }
      }
      return [result]
    })
}
