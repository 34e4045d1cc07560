// sin: the sine of an angle in radians.
import Glibc

extension OpDefinition {
  package static let sin: OpDefinition = .unary(
    "sin", "The sine of each element (radians).", "y = sin(x); x' = g * cos(x)",
    value: { Glibc.sin($0) },
    gradient: { function, g, x, _ throws(ShapeError) in
      try function.emit(.mul, [g, try function.emit(.cos, [x])])
    })
}
