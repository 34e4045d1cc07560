// mean: the average over axes.

extension OpDefinition {
  /// NaN for an empty group, as 0 / 0.
  package static let mean: OpDefinition = .init(
    name: "mean", summary: "The average over some axes.",
    formula: "y = sum(x) / n; x' = (g / n) stretched",
    traits: .reduction, operandCount: 1...1, attributeNames: ["axes", "keepdims"],
    inferTypes: TypeRules.reduction("mean"),
    pullback: pullback { function, g, context throws(ShapeError) in
      let sizes = try function.type(context.operands[0]).shape.fixedSizes(
        for: "the gradient of `mean`")
      let count = (context.attributes.ints("axes") ?? []).map { sizes[$0] }.reduce(1, *)
      let share = try function.emit(.div, [g, try function.constant(Double(count))])
      return [try unreduced(&function, share, context)]
    },
    reference: reducing { $0.reduce(0, +) / Double($0.count) })
}
