// argmax: the index of the largest element of an axis.

extension OpDefinition {
  /// Of equal elements the first; a NaN counts as the largest.
  package static let argmax: OpDefinition = .place(
    "argmax", "The index of the largest element along an axis.", isBetter: { $0 > $1 })

  static func place(
    _ name: String, _ summary: String, isBetter: @escaping @Sendable (Double, Double) -> Bool
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: "y = first index of the best element along axis",
      traits: .reduction, operandCount: 1...1, attributeNames: ["axis", "keepdims"],
      inferTypes: { types, attributes throws(ShapeError) in
        try TypeRules.numbers(name, types)
        let shape = types[0].shape
        let axis = try TypeRules.axis(name, shape, attributes)
        guard let keepdims = attributes.bool("keepdims") else {
          throw .missingAttribute(name, "keepdims")
        }
        try TypeRules.refuseEmpty(name, shape, [axis])
        return [TensorType(.i32, TypeRules.reduced(shape, [axis], keepdims: keepdims))]
      },
      reference: { operands, attributes, types in
        let x = operands[0]
        let lines = x.lines(along: attributes.int("axis") ?? 0)
        let values = lines.map { line in Double(first(line.map { x.values[$0] }, isBetter)) }
        return [ReferenceTensor(sizes(types), values)]
      })
  }
}
