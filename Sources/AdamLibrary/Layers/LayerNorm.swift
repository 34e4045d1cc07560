// layer_norm: every row to mean 0 and variance 1, then scaled and shifted (Ba et al. 2016), torch's
// `nn.LayerNorm` over the last axis.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension LayerDefinition {
  /// y = (x − mean) / √(var + eps) · weight + bias, the variance with the count as its divisor.
  static let layerNorm = LayerDefinition(
    name: "layer_norm", summary: "Every row to mean 0 and variance 1, then scaled and shifted.",
    shapeRule: "x [.., size] -> [.., size]",
    signature: Signature([
      ParameterDefinition("size", .integer, "numbers per row", range: .sizes),
      ParameterDefinition(
        "eps", .number, "added to the variance", range: NumberRange(from: 0), default: .number(1e-5),
        isKeywordOnly: true),
    ]),
    example: "print layer_norm(2)([[1, 3]]).shape  # prints: [1, 2]",
    page: Page(
      formula: "y = (x - mean) / √(var + eps) · weight + bias, over the last axis",
      source: "torch.nn.LayerNorm; Ba et al. 2016", deviation: "the last axis only; torch takes several",
      see: ["linear", "norm", "standardize"]),
    parameters: { settings in
      let shape = Shape([settings.dimension("size")])
      return [(name: "weight", shape: shape), (name: "bias", shape: shape)]
    },
    initialize: { layer, generator in
      for parameter in layer.parameters {
        guard let values = parameter.tensor?.floatStorage else { continue }
        let rule = parameter.name == "weight" ? InitialValues.normWeight : .normBias
        rule.fill(values, shape: parameter.shape.sizes ?? [], generator: &generator)
      }
    },
    inputShape: { layer in Shape([.batch, layer.settings.dimension("size")]) },
    forward: { builder, layer, input throws(Diagnostic) in
      let axis = try builder.axis(-1, of: input, at: layer)
      let kept: KeyValuePairs<String, Attribute> = ["axes": .ints([axis]), "keepdims": .bool(true)]
      let mean = try builder.emit(.mean, [input], kept, at: layer)
      let distance = try builder.emit(.sub, [input, mean], at: layer)
      let squares = try builder.emit(.mul, [distance, distance], at: layer)
      let variance = try builder.emit(.mean, [squares], kept, at: layer)
      let eps = try builder.number(layer.settings.number("eps") ?? 1e-5, at: layer)
      let deviation = try builder.emit(
        .sqrt, [try builder.emit(.add, [variance, eps], at: layer)], at: layer)
      let normal = try builder.emit(.div, [distance, deviation], at: layer)
      let scaled = try builder.emit(
        .mul, [normal, builder.parameter(layer.parameters[0])], at: layer)
      return try builder.emit(.add, [scaled, builder.parameter(layer.parameters[1])], at: layer)
    })
}
