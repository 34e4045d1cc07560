// fused_elementwise: a chain of elementwise ops as one loop. Made by the fusion pass only; the
// encoding of its body is documented at `FusedBody`.

extension OpDefinition {
  /// Bit for bit what the steps give one after the other.
  package static let fusedElementwise: OpDefinition = .init(
    name: "fused_elementwise", summary: "A chain of elementwise operations computed in one loop.",
    formula: "s0, s1, … in order for each element; y = the last step",
    traits: .elementwise, operandCount: 1...FusedBody.maximumOperands, attributeNames: ["body"],
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
      if let target = result.shape.sizes {
        for (index, type) in types.enumerated() {
          let sizes = try type.shape.fixedSizes(for: "`fused_elementwise`")
          if BroadcastForm.of(sizes, in: target) == nil {
            throw ShapeError(
              "`fused_elementwise` cannot read \(type.shape.text) for \(result.shape.text)",
              operands: [index])
          }
        }
      }
      return [result]
    },
    reference: { operands, attributes, _ in
      let types = operands.map { TensorType(.f32, Shape(sizes: $0.sizes)) }
      guard let body = attributes.body("body"), let stepTypes = try? body.stepTypes(types) else {
        return []
      }
      var steps: [ReferenceTensor] = []
      for (step, type) in zip(body.steps, stepTypes) {
        let arguments = step.arguments.map { argument -> ReferenceTensor in
          switch argument {
          case .operand(let i): operands[i]
          case .step(let i): steps[i]
          case .scalar(let value): ReferenceTensor([], [value])
          }
        }
        steps += step.op.reference?(arguments, step.attributes, [type]) ?? []
      }
      return steps.suffix(1)
    })
}
