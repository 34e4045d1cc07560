// Tensors under another shape.
import AdamIR
import AdamRuntime
import AdamSource

extension BuiltinDefinition {
  static let reshape = BuiltinDefinition(
    name: "reshape", group: "tensor", summary: "The same elements in the same order under another shape.",
    signature: Signature([
      ParameterDefinition("x", .tensorLike, "a tensor or list of numbers"),
      ParameterDefinition("sizes", .any, "the sizes, or one list of them", isVariadic: true),
    ]),
    example: "print arange(6).reshape(2, 3).shape  # prints: [2, 3]",
    check: { _, arguments in shape(arguments) },
    run: { context, arguments throws(Diagnostic) in
      let tensor = try required(arguments, "x").asTensor(at: arguments.place(of: "x"))
      let sizes = try sizes(arguments.variadic, at: arguments.span)
      guard Shape(sizes: sizes).elementCount == tensor.elementCount else {
        throw Diagnostic(
          .shapesDisagree,
          "reshape changes the number of values: \(tensor.elementCount) become \(Shape(sizes: sizes).elementCount.map { "\($0)" } ?? "too many")",
          at: arguments.span)
      }
      let engine = try context.arithmetic(at: arguments.span)
      return .tensor(try engine.apply(.reshape, [tensor], Attributes(["shape": .ints(sizes)]), at: arguments.span))
    })

  static let transpose = BuiltinDefinition(
    name: "transpose", group: "tensor", summary: "The axes in reverse order: rows become columns.",
    signature: Signature([ParameterDefinition("x", .tensorLike, "a tensor or list of numbers")]),
    example: "print transpose([[1, 2], [3, 4]])  # prints: [[1, 3], [2, 4]]",
    check: { _, arguments in
      arguments["x"]?.tensorType.map { type in
        .tensor(TensorType(type.element, Shape(type.shape.dimensions.reversed())))
      } ?? .unknown
    },
    run: { context, arguments throws(Diagnostic) in
      let tensor = try required(arguments, "x").asTensor(at: arguments.place(of: "x"))
      let order = Attributes(["permutation": .ints(tensor.sizes.indices.reversed())])
      let engine = try context.arithmetic(at: arguments.span)
      return .tensor(try engine.apply(.transpose, [tensor], order, at: arguments.span))
    })
}
