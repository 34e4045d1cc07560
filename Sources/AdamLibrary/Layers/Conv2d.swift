// conv2d: a window of weights slides over images (LeCun et al. 1989), torch's `nn.Conv2d` in layout,
// names and initial values.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension LayerDefinition {
  /// weight [out, in / groups, kh, kw] uniform within ±sqrt(3)·gain/sqrt(fan_in), then bias [out] within
  /// ±1/sqrt(fan_in).
  static let conv2d = LayerDefinition(
    name: "conv2d",
    summary: "A window of weights slides over images.",
    shapeRule: "x [n, in, h, w] -> [n, out, h', w']",
    signature: Signature([
      ParameterDefinition("in", .integer, "channels of the images that come in", range: .sizes),
      ParameterDefinition("out", .integer, "channels that go out", range: .sizes),
      .window("kernel", "rows and columns of the window"),
      .window("stride", "steps between windows", default: 1),
      .window("padding", "zeros added on each side", from: 0, default: 0),
      .window("dilation", "distance of neighbouring elements of the window", default: 1),
      ParameterDefinition(
        "groups", .integer, "parts of the channels that do not mix", range: .sizes, default: .number(1)),
      ParameterDefinition("bias", .bool, "adds a trainable offset per channel", default: .bool(true)),
    ]),
    example: "print conv2d(1, 4, 3, padding=1)(zeros(2, 1, 8, 8)).shape  # prints: [2, 4, 8, 8]",
    parameters: { settings in
      let outputs = settings.dimension("out")
      let groups = settings.int("groups") ?? 1
      let inputs = settings.int("in").map { Dimension($0 / max(1, groups)) } ?? .unknown
      let window = settings.window("kernel")?.map { Dimension($0) } ?? [.unknown, .unknown]
      let weight = (name: "weight", shape: Shape([outputs, inputs] + window))
      let hasBias = settings.bool("bias") ?? true
      return hasBias ? [weight, (name: "bias", shape: Shape([outputs]))] : [weight]
    },
    initialize: { $0.drawWeightAndBias(&$1) },
    inputShape: { layer in Shape([.batch, layer.settings.dimension("in"), .unknown, .unknown]) },
    validate: { settings in settings.windowMistake(of: "conv2d") ?? settings.groupMistake },
    forward: { builder, layer, input throws(Diagnostic) in
      let settings = layer.settings
      let parameters = layer.parameters.map { builder.parameter($0) }
      return try builder.emit(
        .conv2d, [input] + parameters,
        [
          "stride": .ints(settings.window("stride") ?? [1, 1]),
          "padding": .ints(settings.window("padding") ?? [0, 0]),
          "dilation": .ints(settings.window("dilation") ?? [1, 1]),
          "groups": .int(settings.int("groups") ?? 1),
        ], at: layer)
    })
}

extension ParameterDefinition {
  /// One whole number for both axes, or two: rows, then columns.
  static func window(
    _ name: String, _ summary: String, from low: Double = 1, default value: Double? = nil
  ) -> ParameterDefinition {
    ParameterDefinition(
      name, .oneOf([.integer, .numbers(count: 2)]), summary, range: NumberRange(from: low, to: 1_000_000),
      default: value.map { .number($0) })
  }
}

extension BoundArguments where V == AbstractValue {
  /// Rows and columns of a setting that may be one number for both.
  func window(_ name: String) -> [Int]? { int(name).map { [$0, $0] } ?? ints(name) }

  /// Pairs must be whole numbers too, which their kind does not say.
  func windowMistake(of layer: String) -> Diagnostic? {
    for name in ["kernel", "stride", "padding", "dilation"] {
      guard let pair = numbers(name), ints(name) == nil, let found = pair.first(where: { !$0.isWholeNumber })
      else { continue }
      return Diagnostic(
        .wrongKind, "`\(name)` of `\(layer)` takes whole numbers, found \(found)", at: place(of: name))
    }
    return nil
  }

  fileprivate var groupMistake: Diagnostic? {
    guard let groups = int("groups"), groups > 1 else { return nil }
    for name in ["in", "out"] {
      guard let channels = int(name), channels % groups != 0 else { continue }
      return Diagnostic(
        .outOfRange, "`groups` of `conv2d` must divide `\(name)`: \(channels) is no multiple of \(groups)",
        at: place(of: "groups"))
    }
    return nil
  }
}
