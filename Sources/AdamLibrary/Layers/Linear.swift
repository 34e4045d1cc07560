// linear: y = x Wᵀ + b, torch's `nn.Linear` in layout, names and initial values.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension LayerDefinition {
  /// weight [out, in] uniform within ±sqrt(3)·gain/sqrt(in), then bias [out] within ±1/sqrt(in).
  static let linear = LayerDefinition(
    name: "linear",
    summary: "Weighted sums of the inputs plus a bias.",
    shapeRule: "x [.., in] -> [.., out]",
    signature: Signature([
      ParameterDefinition("in", .integer, "numbers per example that come in", range: .sizes),
      ParameterDefinition("out", .integer, "numbers per example that go out", range: .sizes),
      ParameterDefinition("bias", .bool, "adds a trainable offset", default: .bool(true)),
    ]),
    example: "model = linear(2, 3)\nprint model([[1, 2]]).shape  # prints: [1, 3]",
    page: Page(
      "Initial weights are uniform within ±1/√in, the bias too, drawn weight first.",
      formula: "y = x Wᵀ + b, W [out, in]", source: "torch.nn.Linear", see: ["seq", "layer_norm", "relu", "_"]),
    parameters: { settings in
      let (inputs, outputs) = (settings.dimension("in"), settings.dimension("out"))
      let weight = (name: "weight", shape: Shape([outputs, inputs]))
      let hasBias = settings.bool("bias") ?? true
      return hasBias ? [weight, (name: "bias", shape: Shape([outputs]))] : [weight]
    },
    initialize: { $0.drawWeightAndBias(&$1) },
    inputShape: { layer in Shape([.batch, layer.settings.dimension("in")]) },
    forward: { builder, layer, input throws(Diagnostic) in
      let parameters = layer.parameters.map { builder.parameter($0) }
      return try builder.emit(.linear, [input] + parameters, at: layer)
    })
}

extension Layer {
  /// torch's initial values of a weight [out, …] and the bias behind it, which follows the weight's fan-in.
  func drawWeightAndBias(_ generator: inout Generator) {
    guard let shape = parameters.first?.shape.sizes else { return }
    for parameter in parameters {
      guard let values = parameter.tensor?.floatStorage else { continue }
      let rule: InitialValues = parameter.name == "weight" ? .defaultWeight : .defaultBias(weightShape: shape)
      rule.fill(values, shape: shape, generator: &generator)
    }
  }
}

extension NumberRange {
  /// Sizes of layers: at least 1, and small enough that no product of two overflows.
  static let sizes = NumberRange(from: 1, to: 1_000_000_000)
}
