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
      try AttentionTrace(builder, layer, input).output()
    })
}

/// The attention of one sequence per row to itself, as operations.
private struct AttentionTrace {
  private let builder: any TraceBuilder
  private let layer: Layer
  private let input: ValueID
  /// -1 for the batch while it is not known, places, numbers per place.
  private let sizes: [Int]
  private let heads: Int

  init(_ builder: any TraceBuilder, _ layer: Layer, _ input: ValueID) throws(Diagnostic) {
    (self.builder, self.layer, self.input) = (builder, layer, input)
    heads = layer.settings.int("heads") ?? 1
    let shape = builder.function.type(input).shape
    guard shape.rank == 3 else {
      throw .refused(
        by: layer,
        ShapeError(
          "`multihead_attention` needs sequences, [batch, places, numbers], and this is \(shape.text)", operands: [0]))
    }
    sizes = shape.dimensions.map { $0.size ?? -1 }
  }

  func output() throws(Diagnostic) -> ValueID {
    guard sizes[2] >= 0, heads > 0, sizes[2] % heads == 0 else { throw .shapeUnknown(at: layer.span) }
    if sizes[1] < 0 { return try outputOfUnknownLength() }
    let (query, key, value) = (try projected(0), try projected(1), try projected(2))
    let scale = try builder.number(1 / (Double(sizes[2]) / Double(heads)).squareRoot(), at: layer)
    let products = try emit(.matmul, [query, key], ["transpose_a": .bool(false), "transpose_b": .bool(true)])
    let scores = try emit(.mul, [products, scale])
    let isCausal = layer.settings.bool("causal") ?? false
    let weights = isCausal ? try emit(.causalSoftmax, [scores]) : try emit(.softmax, [scores], ["axis": .int(3)])
    let taken = try emit(.matmul, [weights, value], ["transpose_a": .bool(false), "transpose_b": .bool(false)])
    let joined = try emit(.reshape, [try turned(taken)], ["shape": .ints(sizes)])
    guard let output = layer.children.first?.layer else { return joined }
    return try builder.apply(output, to: joined)
  }

  /// For a look at the shapes alone: something of the right type that reaches the same parameters.
  private func outputOfUnknownLength() throws(Diagnostic) -> ValueID {
    let sum = try emit(.add, [try emit(.add, [try whole(0), try whole(1)]), try whole(2)])
    guard let output = layer.children.first?.layer else { return sum }
    return try builder.apply(output, to: sum)
  }

  /// Queries, keys or values [n, heads, t, dim / heads].
  private func projected(_ part: Int) throws(Diagnostic) -> ValueID {
    let split = Array(sizes.dropLast()) + [heads, sizes[2] / heads]
    return try turned(try emit(.reshape, [try whole(part)], ["shape": .ints(split)]))
  }

  /// Those of all heads side by side, [n, t, dim].
  private func whole(_ part: Int) throws(Diagnostic) -> ValueID {
    let range: KeyValuePairs<String, Attribute> = [
      "axis": .int(0), "start": .int(part * sizes[2]), "end": .int((part + 1) * sizes[2]), "step": .int(1),
    ]
    var operands = [input]
    for whole in ["in_proj_weight", "in_proj_bias"].compactMap(parameter) {
      operands.append(try emit(.slice, [whole], range))
    }
    return try emit(.linear, operands)
  }

  /// Places and heads change their axes.
  private func turned(_ value: ValueID) throws(Diagnostic) -> ValueID {
    try emit(.transpose, [value], ["permutation": .ints([0, 2, 1, 3])])
  }

  private func parameter(_ name: String) -> ValueID? {
    layer.parameters.first { $0.name == name }.map { builder.parameter($0) }
  }

  private func emit(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: KeyValuePairs<String, Attribute> = [:]
  ) throws(Diagnostic) -> ValueID {
    try builder.emit(op, operands, attributes, at: layer)
  }
}
