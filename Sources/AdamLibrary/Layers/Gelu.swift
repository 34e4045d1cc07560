// gelu: x·Φ(x), torch's `nn.GELU` (Hendrycks & Gimpel 2016).
import AdamIR
import AdamSource

extension LayerDefinition {
  static let gelu = LayerDefinition(
    name: "gelu", summary: "A smooth relu: x times the normal distribution function of x.",
    shapeRule: "x [..] -> [..]",
    signature: Signature([
      ParameterDefinition(
        "approximate", .string, "`none` is exact, `tanh` is the usual approximation",
        default: .string("none"), isKeywordOnly: true)
    ]),
    example: "print gelu([0])  # prints: [0]",
    page: Page(source: "torch.nn.GELU; Hendrycks and Gimpel 2016", see: ["relu", "tanh", "sigmoid"]),
    validate: { settings in
      guard let form = settings.string("approximate"), form != "none", form != "tanh" else {
        return nil
      }
      return .unknownChoice(
        "approximate", of: "gelu", found: form, choices: ["none", "tanh"],
        at: settings.place(of: "approximate"))
    },
    forward: { builder, layer, input throws(Diagnostic) in
      let form = layer.settings.string("approximate") ?? "none"
      return try builder.emit(.gelu, [input], ["approximate": .string(form)], at: layer)
    })
}
