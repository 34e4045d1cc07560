// log1p: log(1 + x), right also near zero.
import Glibc

extension OpDefinition {
  /// -inf at -1, NaN below.
  package static let log1p: OpDefinition = .unary(
    "log1p", "The natural logarithm of 1 plus each element.", "y = log(1 + x); x' = g / (1 + x)",
    value: { Glibc.log1p($0) },
    gradient: { function, g, x, _ throws(ShapeError) in
      try function.emit(.div, [g, try function.emit(.add, [try function.constant(1), x])])
    })
}
