// rand: uniform numbers from the session's generator, drawn anew at every run.

extension OpDefinition {
  /// Uniform in [0, 1), in row-major order, as `torch.rand` draws them.
  package static let rand: OpDefinition = .draw(
    "rand", "Uniform numbers from 0 to below 1, drawn at every run.", "y ~ uniform(0, 1)")

  /// Draws numbers of a shape: no operands, no gradient.
  static func draw(_ name: String, _ summary: String, _ formula: String) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: formula, traits: [.random, .effect], operandCount: 0...0,
      attributeNames: ["shape"],
      inferTypes: { _, attributes throws(ShapeError) in
        guard let sizes = attributes.ints("shape") else { throw .missingAttribute(name, "shape") }
        return [TensorType(.f32, Shape(sizes: sizes))]
      },
      pullback: noGradient)
  }
}
