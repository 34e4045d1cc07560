// cast: another element type.

extension OpDefinition {
  /// To i32 by truncation toward zero (NaN and out-of-range values become 0); to bool: is it not 0.
  package static let cast: OpDefinition = .init(
    name: "cast", summary: "The same values as another element type.",
    formula: "y = element(x); x' = g when both are f32", traits: .elementwise, operandCount: 1...1,
    attributeNames: ["element"],
    inferTypes: { types, attributes throws(ShapeError) in
      guard let name = attributes.string("element") else {
        throw .missingAttribute("cast", "element")
      }
      guard let element = ElementType(rawValue: name) else {
        throw ShapeError("`cast` knows f32, i32 and bool, not `\(name)`")
      }
      return [TensorType(element, types[0].shape)]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      [function.type(context.operands[0]).element == .f32 ? g : nil]
    },
    reference: { operands, attributes, types in
      let name = attributes.string("element") ?? ""
      let values = operands[0].values.map { value -> Double in
        switch ElementType(rawValue: name) {
        case .i32: Double(Int32(exactly: value.rounded(.towardZero)) ?? 0)
        case .bool: value != 0 ? 1 : 0
        case .f32, nil: value
        }
      }
      return [ReferenceTensor(sizes(types), values)]
    })
}
