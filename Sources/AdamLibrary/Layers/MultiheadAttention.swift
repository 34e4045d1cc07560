// multihead_attention: every place of a sequence looks at the others (Vaswani et al. 2017), torch's
// `nn.MultiheadAttention` of a sequence with itself, batch first.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension LayerDefinition {
  /// in_proj_weight [3·dim, dim] xavier uniform, the projections of queries, keys and values one below the other;
  /// out_proj a `linear` of dim to dim, drawn first as in torch; biases zero.
  static let multiheadAttention = LayerDefinition(
    name: "multihead_attention", summary: "Every place of a sequence takes from the places it attends to.",
    shapeRule: "x [n, t, dim] -> [n, t, dim]",
    signature: Signature([
      ParameterDefinition("dim", .integer, "numbers per place", range: .sizes),
      ParameterDefinition("heads", .integer, "parts of these that attend each for itself", range: .sizes),
      ParameterDefinition(
        "causal", .bool, "a place sees itself and those before it", default: .bool(false), isKeywordOnly: true),
      ParameterDefinition("bias", .bool, "adds trainable offsets", default: .bool(true), isKeywordOnly: true),
    ]),
    example: "print multihead_attention(8, 2, causal=true)(zeros(1, 5, 8)).shape  # prints: [1, 5, 8]",
    page: Page(
      formula: "y = concat over heads of (softmax(q kᵀ / √(dim / heads)) v) Wᵀ + b; q, k, v = x W_qᵀ, x W_kᵀ, x W_vᵀ",
      source: "torch.nn.MultiheadAttention; Vaswani et al. 2017",
      deviation: "one input, which attends to itself, batch first; no dropout and no mask but `causal`",
      see: ["embedding", "layer_norm", "residual", "softmax"]),
    parameters: { settings in
      let joined = settings.int("dim").map { Dimension(3 * $0) } ?? .unknown
      let weight = (name: "in_proj_weight", shape: Shape([joined, settings.dimension("dim")]))
      let hasBias = settings.bool("bias") ?? true
      return hasBias ? [weight, (name: "in_proj_bias", shape: Shape([joined]))] : [weight]
    },
    parts: { settings in
      let given = ["dim", "dim", "bias"].map { name in
        BoundArguments<AbstractValue>.Entry(
          value: settings[name], span: settings.span, isGiven: settings.isGiven(name))
      }
      let inner = BoundArguments<AbstractValue>(
        names: ["in", "out", "bias"], entries: given, variadic: [], span: settings.span)
      return [Layer.Child("out_proj", linear.makeLayer(inner, children: []))]
    },
    initialize: { layer, generator in
      for parameter in layer.parameters {
        guard let shape = parameter.shape.sizes, let values = parameter.tensor?.floatStorage else { continue }
        let isWeight = parameter.name == "in_proj_weight"
        let rule = isWeight ? InitialValues.xavierUniform(gain: 1) : .constant(0)
        rule.fill(values, shape: shape, generator: &generator)
      }
      let bias = layer.children.first?.layer.parameters.first { $0.name == "bias" }
      bias?.tensor?.floatStorage?.update(repeating: 0)
    },
    inputShape: { layer in Shape([.batch, .unknown, layer.settings.dimension("dim")]) },
    validate: { settings in
      guard let dim = settings.int("dim"), let heads = settings.int("heads"), dim % heads != 0 else { return nil }
      return Diagnostic(
        .outOfRange, "`heads` of `multihead_attention` must divide `dim`: \(dim) is no multiple of \(heads)",
        at: settings.place(of: "heads"))
    },
    forward: { builder, layer, input throws(Diagnostic) in
      try attend(builder, layer, input)
    })
}

/// The attention of one sequence per row to itself, as operations.
private func attend(_ builder: any TraceBuilder, _ layer: Layer, _ input: ValueID) throws(Diagnostic) -> ValueID {
  let shape = builder.function.type(input).shape
  guard shape.rank == 3 else {
    throw .refused(
      by: layer,
      ShapeError(
        "`multihead_attention` needs sequences, [batch, places, numbers], and this is \(shape.text)", operands: [0]))
  }
  let weights = ["in_proj_weight", "in_proj_bias"].compactMap { name in
    layer.parameters.first { $0.name == name }.map { builder.parameter($0) }
  }
  let joined = try builder.emit(.linear, [input] + weights, [:], at: layer)
  let settings: KeyValuePairs<String, Attribute> = [
    "heads": .int(layer.settings.int("heads") ?? 1), "causal": .bool(layer.settings.bool("causal") ?? false),
  ]
  let attended = try builder.emit(.attention, [joined], settings, at: layer)
  guard let output = layer.children.first?.layer else { return attended }
  return try builder.apply(output, to: attended)
}
