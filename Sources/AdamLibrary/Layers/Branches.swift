// residual and parallel: layers that use their input more than once.
import AdamIR
import AdamSource

extension LayerDefinition {
  private static func layers(_ summary: String) -> Signature {
    Signature([ParameterDefinition("layers", .layer, summary, isVariadic: true)])
  }

  /// x + f(x) (He et al. 2015); the layers inside are applied in order and keep the shape.
  static let residual = LayerDefinition(
    name: "residual", summary: "The input plus what the layers make of it.",
    shapeRule: "x [..] -> [..]", signature: layers("layers in order, keeping the shape"),
    example: "model = residual(linear(2, 2))\nprint model([[1, 2]]).shape  # prints: [1, 2]",
    page: Page(formula: "y = x + f(x)", source: "He et al. 2015", see: ["seq", "parallel", "layer_norm"]),
    inputShape: { layer in layer.children.first.flatMap { $0.layer.definition.inputShape($0.layer) } },
    forward: { builder, layer, input throws(Diagnostic) in
      var value = input
      for child in layer.children { value = try builder.apply(child.layer, to: value) }
      let (from, to) = (builder.function.type(input).shape, builder.function.type(value).shape)
      guard from.dimensions.count == to.dimensions.count,
        zip(from.dimensions, to.dimensions).allSatisfy({ $0.mayEqual($1) })
      else {
        var diagnostic = Diagnostic(
          .layersDisagree, "`residual` adds \(to.text) to its input \(from.text)", at: layer.span)
        diagnostic.helps = [Help("let the layers inside end with the shape they begin with")]
        throw diagnostic
      }
      return try builder.emit(.add, [input, value], at: layer)
    })

  /// The outputs of several layers side by side along the last axis.
  static let parallel = LayerDefinition(
    name: "parallel", summary: "Several layers on one input, their outputs joined along the last axis.",
    shapeRule: "x -> the layers' outputs", signature: layers("layers that get the same input"),
    example: "model = parallel(linear(2, 3), linear(2, 1))\nprint model([[1, 2]]).shape  # prints: [1, 4]",
    page: Page(
      formula: "y = concat(f_1(x), f_2(x), …) along the last axis",
      source: "Szegedy et al. 2014, branches joined as in Inception", see: ["seq", "residual", "concat"]),
    inputShape: { layer in layer.children.first.flatMap { $0.layer.definition.inputShape($0.layer) } },
    validate: { settings in
      settings.variadic.isEmpty
        ? Diagnostic(.missingArgument, "`parallel` needs at least one layer", at: settings.span) : nil
    },
    forward: { builder, layer, input throws(Diagnostic) in
      try checkBranches(layer)
      var outputs: [ValueID] = []
      for child in layer.children { outputs.append(try builder.apply(child.layer, to: input)) }
      guard let first = outputs.first, outputs.count > 1 else { return outputs.first ?? input }
      let axis = try builder.axis(-1, of: first, at: layer)
      return try builder.emit(.concat, outputs, ["axis": .int(axis)], at: layer)
    })

  /// Throws when two branches certainly take different inputs.
  private static func checkBranches(_ layer: Layer) throws(Diagnostic) {
    let known = layer.children.enumerated().compactMap { index, child in
      child.layer.definition.inputShape(child.layer).map { (index: index + 1, layer: child.layer, takes: $0) }
    }
    guard let first = known.first else { return }
    for branch in known.dropFirst() where !branch.takes.accepts(first.takes) {
      throw .branchesDisagree(
        layer.definition.name, branch.index, branch.layer, takes: branch.takes, first.index, first.layer, first.takes)
    }
  }
}
