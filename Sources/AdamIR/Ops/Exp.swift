// exp: eˣ.
import Glibc

extension OpDefinition {
  package static let exp: OpDefinition = .unary(
    "exp", "The number e to the power of each element.", "y = exp(x); x' = g * y",
    value: { Glibc.exp($0) },
    gradient: { function, g, _, y throws(ShapeError) in try function.emit(.mul, [g, y]) })
}
