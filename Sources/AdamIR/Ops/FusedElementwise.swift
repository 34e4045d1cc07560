// fused_elementwise: a chain of elementwise ops as one loop. Made by the fusion pass only; the
// encoding of its body is documented at `FusedBody`.

extension OpDefinition {
  /// Bit for bit what the steps give one after the other.
  package static let fusedElementwise: OpDefinition = .init(
    name: "fused_elementwise", summary: "A chain of elementwise operations computed in one loop.",
    formula: "s0, s1, … in order for each element; y = the last step",
    traits: [.elementwise, .fused], operandCount: 1...FusedBody.maximumOperands, attributeNames: ["body"],
    inferTypes: { types, attributes throws(ShapeError) in
      guard let body = attributes.body("body") else {
        throw .missingAttribute("fused_elementwise", "body")
      }
      guard let result = try body.stepTypes(types).last else {
        throw ShapeError("`fused_elementwise` has no steps")
      }
      guard body.steps.count <= FusedBody.maximumSteps else {
        throw ShapeError("`fused_elementwise` has more than \(FusedBody.maximumSteps) steps")
      }
      try body.checkForms("fused_elementwise", types, in: result)
      return [result]
    },
    reference: { operands, attributes, _ in
      attributes.body("body")?.reference(operands) ?? []
    })
}
