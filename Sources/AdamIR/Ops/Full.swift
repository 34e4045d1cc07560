// full: a constant of any shape; rank 0 for a number.

extension OpDefinition {
  /// `type` is the whole type of the result. An f32 value is rounded once, on entry.
  package static let full: OpDefinition = .init(
    name: "full", summary: "A tensor with one value everywhere.", formula: "y = value",
    operandCount: 0...0, attributeNames: ["value", "type"],
    inferTypes: { _, attributes throws(ShapeError) in
      guard attributes.float("value") != nil else { throw .missingAttribute("full", "value") }
      guard let type = attributes.type("type") else { throw .missingAttribute("full", "type") }
      return [type]
    },
    pullback: noGradient,
    reference: { _, attributes, types in
      let sizes = sizes(types)
      let value = attributes.float("value") ?? 0
      return [ReferenceTensor(sizes, Array(repeating: value, count: sizes.reduce(1, *)))]
    })
}
