// dropout: zeroes values at random while training (Srivastava et al. 2014), torch's `nn.Dropout`.
import AdamIR
import AdamSource

extension LayerDefinition {
  /// x·(mask / f32(1 − p)), one mask per step drawn row major; nothing is drawn outside training
  /// and for p = 0 or 1.
  static let dropout = LayerDefinition(
    name: "dropout", summary: "While training, zeroes values at random and scales up the rest.",
    shapeRule: "x [..] -> [..]",
    signature: Signature([
      ParameterDefinition(
        "p", .number, "share of values that become 0", range: NumberRange(from: 0, to: 1),
        default: .number(0.5))
    ]),
    example: "print dropout([1, 2], p=0.1)  # prints: [1, 2]",
    page: Page(
      "Outside of training it changes nothing and draws nothing.",
      formula: "y = x · mask / (1 - p), mask 0 with chance p", source: "torch.nn.Dropout; Srivastava et al. 2014",
      see: ["train", "seq", "seed"]),
    forward: { builder, layer, input throws(Diagnostic) in
      let p = layer.settings.number("p") ?? 0.5
      guard builder.isTraining, p > 0 else { return input }
      let mask = try builder.emit(.dropoutMask, [input], ["p": .float(p)], at: layer)
      return try builder.emit(.mul, [input, mask], at: layer)
    })
}
