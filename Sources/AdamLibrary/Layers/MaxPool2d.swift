// max_pool2d: the largest element of every window of an image, torch's `nn.MaxPool2d`.
import AdamIR
import AdamSource

extension LayerDefinition {
  /// `stride` is the window's size when it is not given. Padding never wins.
  static let maxPool2d = LayerDefinition(
    name: "max_pool2d",
    summary: "The largest element of every window of an image.",
    shapeRule: "x [n, c, h, w] -> [n, c, h', w']",
    signature: Signature([
      .window("kernel", "rows and columns of the window"),
      ParameterDefinition(
        "stride", .oneOf([.integer, .numbers(count: 2)]), "steps between windows; the window's size when not given",
        range: NumberRange(from: 1, to: 1_000_000), default: Constant.none),
      .window("padding", "elements added on each side, which never win", from: 0, default: 0),
      .window("dilation", "distance of neighbouring elements of the window", default: 1),
      ParameterDefinition(
        "ceil_mode", .bool, "also counts a last window that ends outside", default: .bool(false)),
    ]),
    example: "print max_pool2d(2)([[[[1, 2], [3, 4]]]])  # prints: [[[[4]]]]",
    validate: { settings in settings.windowMistake(of: "max_pool2d") },
    forward: { builder, layer, input throws(Diagnostic) in
      let settings = layer.settings
      guard let kernel = settings.window("kernel") else { throw .sizeMissing(layer) }
      return try builder.emit(
        .maxPool2d, [input],
        [
          "kernel": .ints(kernel), "stride": .ints(settings.window("stride") ?? kernel),
          "padding": .ints(settings.window("padding") ?? [0, 0]),
          "dilation": .ints(settings.window("dilation") ?? [1, 1]),
          "ceil_mode": .bool(settings.bool("ceil_mode") ?? false),
        ], at: layer)
    })
}
