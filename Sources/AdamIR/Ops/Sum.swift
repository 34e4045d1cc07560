// sum: adds over axes.

extension OpDefinition {
  /// The order of additions: rule 3 of the numerics (leading axes `sum_first`, else `sum_last`; with `channels_last`
  /// `sum_last` for leading axes too, as if the last axis came second).
  package static let sum: OpDefinition = .init(
    name: "sum", summary: "The sum over some axes.", formula: "y = sum of x over axes; x' = g stretched",
    traits: .reduction, operandCount: 1...1, attributeNames: ["axes", "keepdims", ChannelsLast.attribute],
    inferTypes: TypeRules.reduction("sum"),
    pullback: pullback { function, g, context throws(ShapeError) in
      [try unreduced(&function, g, context)]
    },
    reference: reducing { $0.reduce(0, +) })

  /// A gradient of a reduction's result stretched to the operand's shape.
  static func unreduced(
    _ function: inout TensorFunction, _ g: ValueID, _ context: PullbackContext
  ) throws(ShapeError) -> ValueID {
    let shape = function.type(context.operands[0]).shape
    let axes = context.attributes.ints("axes") ?? []
    let kept = TypeRules.reduced(shape, axes, keepdims: true)
    return try function.stretched(try function.reshaped(g, to: kept), to: shape)
  }
}
