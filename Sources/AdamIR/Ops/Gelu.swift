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
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, x) = (context.operands[0], context.operands[1])
      let isTanh = context.attributes.string("approximate") == "tanh"
      let bend = try isTanh ? tanhBend(&function, x) : exactBend(&function, x)
      return [
        try function.emit(.geluGrad, [u, x], context.attributes),
        try function.emit(.mul, [try function.emit(.mul, [u, g]), bend]),
      ]
    },
    reference: { operands, attributes, types in
      let form = attributes.string("approximate") == "tanh" ? geluTanh : geluExact
      let values = zip(operands[0].values, operands[1].values).map { $0 * form($1).slope }
      return [ReferenceTensor(sizes(types), values)]
    })

  /// gelu'' of the exact form: pdf(x) (2 - x²).
  private static func exactBend(
    _ function: inout TensorFunction, _ x: ValueID
  ) throws(ShapeError) -> ValueID {
    let square = try function.emit(.mul, [x, x])
    let exponent = try function.emit(.mul, [try function.constant(-0.5), square])
    let scale = try function.constant(1 / (2 * Double.pi).squareRoot())
    let density = try function.emit(.mul, [scale, try function.emit(.exp, [exponent])])
    return try function.emit(.mul, [density, try function.emit(.sub, [try function.constant(2), square])])
  }

  /// gelu'' of the tanh form with t = tanh(s (x + c x³)) and i = s (1 + 3 c x²):
  /// (1 - t²) (i + x (3 c s x - t i²)).
  private static func tanhBend(
    _ function: inout TensorFunction, _ x: ValueID
  ) throws(ShapeError) -> ValueID {
    let s = (2 / Double.pi).squareRoot()
    func times(_ factor: Double, _ value: ValueID) throws(ShapeError) -> ValueID {
      try function.emit(.mul, [try function.constant(factor), value])
    }
    let square = try function.emit(.mul, [x, x])
    let ratio = try function.emit(.add, [try function.constant(s), try times(s * 0.044715, square)])
    let t = try function.emit(.tanh, [try function.emit(.mul, [x, ratio])])
    let inner = try function.emit(.add, [try function.constant(s), try times(3 * 0.044715 * s, square)])
    let steep = try function.emit(.mul, [t, try function.emit(.mul, [inner, inner])])
    let change = try function.emit(.sub, [try times(3 * 0.044715 * s, x), steep])
    let sum = try function.emit(.add, [inner, try function.emit(.mul, [x, change])])
    return try function.emit(.tanhGrad, [sum, t])
  }

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
