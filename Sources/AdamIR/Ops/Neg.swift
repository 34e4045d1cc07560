// neg: −x.

extension OpDefinition {
  package static let neg: OpDefinition = .unary(
    "neg", "The negative of each element.", "y = -x",
    value: { -$0 },
    gradient: { function, g, _, _ throws(ShapeError) in try function.emit(.neg, [g]) })
}
