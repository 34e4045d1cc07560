// gelu, exact ("none") or by tanh ("tanh"), and the part of its gradient.
import Glibc

extension OpDefinition {
  /// `approximate` is "none" (erf) or "tanh" (Hendrycks & Gimpel 2016, section 2).
  package static let gelu: OpDefinition = .init(
    name: "gelu", summary: "Gaussian error linear unit of each element.",
    formula: "none: y = x * 0.5 * (1 + erf(x / sqrt(2))); "
      + "tanh: y = 0.5 * x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3)))",
    traits: .elementwise, operandCount: 1...1, attributeNames: ["approximate"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("gelu", types)
      try geluForm("gelu", attributes)
      return types
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      [try function.emit(.geluGrad, [g, context.operands[0]], context.attributes)]
    },
    reference: { operands, attributes, types in
      let form = attributes.string("approximate") == "tanh" ? geluTanh : geluExact
      return [ReferenceTensor(sizes(types), operands[0].values.map { form($0).value })]
    })

  package static let geluGrad: OpDefinition = .init(
    name: "gelu_grad", summary: "Gradient of gelu from its operand.",
    formula: "x' = g * gelu'(x); none: gelu' = cdf(x) + x * pdf(x)",
    traits: .elementwise, operandCount: 2...2, attributeNames: ["approximate"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("gelu_grad", types)
      try geluForm("gelu_grad", attributes)
      let (g, x) = (types[0].shape, types[1].shape)
      return [TensorType(.f32, try TypeRules.same("gelu_grad", g, x, operands: [0, 1]))]
    },
    reference: { operands, attributes, types in
      let form = attributes.string("approximate") == "tanh" ? geluTanh : geluExact
      let values = zip(operands[0].values, operands[1].values).map { $0 * form($1).slope }
      return [ReferenceTensor(sizes(types), values)]
    })

  private static func geluForm(_ op: String, _ attributes: Attributes) throws(ShapeError) {
    guard let form = attributes.string("approximate") else {
      throw .missingAttribute(op, "approximate")
    }
    guard form == "none" || form == "tanh" else {
      throw ShapeError("`\(op)` knows approximate=\"none\" and \"tanh\", not \"\(form)\"")
    }
  }

  @Sendable private static func geluExact(_ x: Double) -> (value: Double, slope: Double) {
    let cdf = 0.5 * (1 + erf(x * 0.5.squareRoot()))
    let pdf = Glibc.exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
    return (x * cdf, cdf + x * pdf)
  }

  @Sendable private static func geluTanh(_ x: Double) -> (value: Double, slope: Double) {
    let scale = (2 / Double.pi).squareRoot()
    let t = Glibc.tanh(scale * (x + 0.044715 * x * x * x))
    let inner = scale * (1 + 3 * 0.044715 * x * x)
    return (0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)
  }
}
