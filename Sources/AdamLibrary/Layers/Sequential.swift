// seq: layers one after the other, torch's `nn.Sequential`; children are named 0, 1, ….
import AdamIR
import AdamSource

extension LayerDefinition {
  static let sequential = LayerDefinition(
    name: "seq", summary: "Layers one after the other.",
    shapeRule: "x -> the last layer's output",
    signature: Signature([
      ParameterDefinition("layers", .layer, "layers in order", isVariadic: true)
    ]),
    example: "model = seq(linear(2, 4), relu, linear(4, 1))\nprint len(model)  # prints: 3",
    page: Page(
      "Shapes are checked when it is built. Layers in it are `model.0`, `model.1` …, and a function of one "
          + "tensor is a layer too. Layers that exist already are shared, not copied.",
      formula: "y = layer_n(… layer_1(x))", source: "torch.nn.Sequential",
      see: ["linear", "residual", "parallel", "layer", "copy"]),
    inputShape: { layer in
      // The first layer that knows its input, as long as those before it keep the shape.
      for child in layer.children {
        if let shape = child.layer.definition.inputShape(child.layer) { return shape }
        if !child.layer.definition.keepsShape { return nil }
      }
      return nil
    },
    forward: { builder, layer, input throws(Diagnostic) in
      var value = input
      for child in layer.children { value = try builder.apply(child.layer, to: value) }
      return value
    })
}
