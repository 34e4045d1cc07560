// dropout_mask: the scaled random mask that dropout multiplies with.

extension OpDefinition {
  /// bernoulli(1 − p) / f32(1 − p) per element, drawn in row-major order; all zeros and no draw
  /// when p is 1. x gives the shape only.
  package static let dropoutMask: OpDefinition = .init(
    name: "dropout_mask", summary: "A random mask: 0 with probability p, else 1 / (1 - p).",
    formula: "y = bernoulli(1 - p) / f32(1 - p)", traits: [.random, .effect], operandCount: 1...1,
    attributeNames: ["p"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("dropout_mask", types)
      guard let p = attributes.float("p") else { throw .missingAttribute("dropout_mask", "p") }
      guard p >= 0, p <= 1 else {
        throw ShapeError("`dropout_mask` needs p between 0 and 1, not \(p)")
      }
      return types
    },
    pullback: noGradient)
}
