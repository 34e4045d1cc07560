// flatten: all axes but the first become one, torch's `nn.Flatten`.
import AdamIR
import AdamSource

extension LayerDefinition {
  static let flatten = LayerDefinition(
    name: "flatten", summary: "Joins all axes but the batch into one.",
    shapeRule: "x [n, ..] -> [n, product of ..]", signature: Signature([]),
    example: "print flatten([[[1, 2], [3, 4]]])  # prints: [[1, 2, 3, 4]]",
    page: Page(source: "torch.nn.Flatten", see: ["reshape", "linear"]),
    forward: { builder, layer, input throws(Diagnostic) in
      let shape = builder.function.type(input).shape
      guard shape.rank != 2 else { return input }
      let rest = Shape(Array(shape.dimensions.dropFirst())).elementCount
      let sizes = [shape.dimensions.first?.size ?? -1, rest ?? -1]
      // Two open sizes cannot be solved: the result is unknown until rows are there.
      guard sizes != [-1, -1] else { throw .shapeUnknown(at: layer.span) }
      return try builder.emit(.reshape, [input], ["shape": .ints(sizes)], at: layer)
    })
}
