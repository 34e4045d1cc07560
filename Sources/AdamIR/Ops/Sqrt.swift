// sqrt: the IEEE square root.

extension OpDefinition {
  /// Rounded correctly; NaN below 0.
  package static let sqrt: OpDefinition = .unary(
    "sqrt", "The square root of each element.", "y = sqrt(x); x' = g / (2 * y)",
    value: { $0.squareRoot() },
    gradient: { function, g, _, y throws(ShapeError) in
      let double = try function.emit(.mul, [try function.constant(2), y])
      return try function.emit(.div, [g, double])
    })
}
