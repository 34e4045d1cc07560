// broadcast_to: stretches axes of size 1 and adds axes in front.

extension OpDefinition {
  package static let broadcastTo: OpDefinition = .init(
    name: "broadcast_to", summary: "The tensor stretched to a larger shape.",
    formula: "y[.., i, ..] = x[.., min(i, size - 1), ..]; x' = sum of g over the stretched axes",
    traits: .movement, operandCount: 1...1, attributeNames: ["shape"],
    inferTypes: { types, attributes throws(ShapeError) in
      guard let sizes = attributes.ints("shape") else {
        throw .missingAttribute("broadcast_to", "shape")
      }
      let (source, target) = (types[0].shape, Shape(sizes: sizes))
      func phrase() -> String { "cannot stretch \(source.text) to \(target.text)" }
      let common = try Shape.broadcast(source, target, phrase: phrase())
      guard common.rank == target.rank, common.sizes ?? sizes == sizes else {
        throw ShapeError(phrase(), operands: [0])
      }
      return [TensorType(types[0].element, target)]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      [try function.reduced(g, to: function.type(context.operands[0]))]
    },
    reference: { operands, _, types in
      let sizes = sizes(types)
      return [ReferenceTensor(sizes, operands[0].stretched(to: sizes))]
    })
}
