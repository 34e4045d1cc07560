// log: the natural logarithm.
import Glibc

extension OpDefinition {
  /// -inf at 0, NaN below.
  package static let log: OpDefinition = .unary(
    "log", "The natural logarithm of each element.", "y = log(x); x' = g / x",
    value: { Glibc.log($0) },
    gradient: { function, g, x, _ throws(ShapeError) in try function.emit(.div, [g, x]) })
}
