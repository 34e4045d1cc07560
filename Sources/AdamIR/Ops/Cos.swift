// cos: the cosine of an angle in radians.
import Glibc

extension OpDefinition {
  package static let cos: OpDefinition = .unary(
    "cos", "The cosine of each element (radians).", "y = cos(x); x' = g * -sin(x)",
    value: { Glibc.cos($0) },
    gradient: { function, g, x, _ throws(ShapeError) in
      let sine = try function.emit(.sin, [x])
      return try function.emit(.mul, [g, try function.emit(.neg, [sine])])
    })
}
