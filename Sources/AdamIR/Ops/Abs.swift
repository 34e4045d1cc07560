// abs: |x|.

extension OpDefinition {
  /// The gradient at 0 is 0, as torch has it.
  package static let abs: OpDefinition = .unary(
    "abs", "The absolute value of each element.", "y = |x|",
    value: { Swift.abs($0) },
    gradient: { function, g, x, _ throws(ShapeError) in
      try function.emit(.mul, [g, try function.emit(.sign, [x])])
    })
}
