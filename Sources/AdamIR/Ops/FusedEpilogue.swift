// fused_epilogue: a product, convolution or pooling and the elementwise ops on its result as one
// operation. Made by the pass fuse-epilogue only; its body is documented at `FusedBody`.

extension OpDefinition {
  /// Bit for bit what the steps give one after the other: the kernel of s0 runs the others on elements
  /// that it has finished, before they leave the cache.
  package static let fusedEpilogue: OpDefinition = .init(
    name: "fused_epilogue",
    summary: "A product, convolution or pooling with the elementwise operations on its result.",
    formula: "s0 whole; s1, s2, … in order for each element of it; y = the last step",
    traits: .fused, operandCount: 1...(FusedBody.maximumOperands + 3), attributeNames: ["body"],
    inferTypes: { types, attributes throws(ShapeError) in
      guard let body = attributes.body("body") else {
        throw .missingAttribute("fused_epilogue", "body")
      }
      let steps = try body.stepTypes(types, hasSource: true)
      guard let source = steps.first, let result = steps.last, steps.count > 1 else {
        throw ShapeError("`fused_epilogue` needs an operation and a step behind it")
      }
      guard body.steps.count <= FusedBody.maximumSteps + 1 else {
        throw ShapeError("`fused_epilogue` has more than \(FusedBody.maximumSteps) steps behind its operation")
      }
      _ = try TypeRules.same("fused_epilogue", source.shape, result.shape, operands: [0])
      try body.checkForms("fused_epilogue", types, in: result, from: 1)
      return [result]
    },
    inPlace: { types, attributes in attributes.body("body")?.overwritten(types) },
    reference: { operands, attributes, _ in
      attributes.body("body")?.reference(operands, hasSource: true) ?? []
    })
}
