// randint: whole numbers from the session's generator, drawn anew at every run.

extension OpDefinition {
  /// low … high − 1, in row-major order, as `torch.randint` draws them.
  package static let randint: OpDefinition = .init(
    name: "randint", summary: "Whole numbers from low to below high, drawn at every run.",
    formula: "y ~ uniform{low, …, high - 1}", traits: [.random, .effect], operandCount: 0...0,
    attributeNames: ["low", "high", "shape"],
    inferTypes: { _, attributes throws(ShapeError) in
      guard let low = attributes.int("low") else { throw .missingAttribute("randint", "low") }
      guard let high = attributes.int("high") else { throw .missingAttribute("randint", "high") }
      guard let sizes = attributes.ints("shape") else { throw .missingAttribute("randint", "shape") }
      guard low < high else { throw ShapeError("`randint` needs low below high, not \(low) and \(high)") }
      return [TensorType(.i32, Shape(sizes: sizes))]
    },
    pullback: noGradient)
}
