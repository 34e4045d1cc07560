// transpose: permutes axes.

extension OpDefinition {
  /// Axis i of the result is axis `permutation[i]` of x.
  package static let transpose: OpDefinition = .init(
    name: "transpose", summary: "The tensor with its axes in another order.",
    formula: "y axis i = x axis permutation[i]; x' = g by the inverse permutation",
    traits: .movement, operandCount: 1...1, attributeNames: ["permutation"],
    inferTypes: { types, attributes throws(ShapeError) in
      guard let permutation = attributes.ints("permutation") else {
        throw .missingAttribute("transpose", "permutation")
      }
      let shape = types[0].shape
      guard permutation.sorted() == Array(0..<shape.rank) else {
        throw ShapeError(
          "cannot order the axes of \(shape.text) as \(permutation): each must be named once",
          operands: [0])
      }
      let dimensions = permutation.map { shape.dimensions[$0] }
      return [TensorType(types[0].element, Shape(dimensions))]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      let permutation = context.attributes.ints("permutation") ?? []
      var inverse = permutation
      for (place, axis) in permutation.enumerated() { inverse[axis] = place }
      return [try function.emit(.transpose, [g], ["permutation": .ints(inverse)])]
    },
    reference: { operands, attributes, types in
      let x = operands[0]
      var strides = [Int](repeating: 1, count: x.sizes.count)
      for axis in x.sizes.indices.dropLast().reversed() {
        strides[axis] = strides[axis + 1] * x.sizes[axis + 1]
      }
      let moved = (attributes.ints("permutation") ?? []).map { strides[$0] }
      let offsets = ReferenceTensor.offsets(sizes(types), moved)
      return [ReferenceTensor(sizes(types), offsets.map { x.values[$0] })]
    })
}
