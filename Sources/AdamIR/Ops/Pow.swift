// pow: a to the power b with broadcasting.
import Glibc

extension OpDefinition {
  /// Powers with the exponents -1, 0.5, 2 and 3 are built from other ops before they get here. Nothing
  /// flows to a where b is 0, nor to b where a is 0 and b ≥ 0 (torch's convention).
  package static let pow: OpDefinition = .binary(
    "pow", "Each element of a to the power of b.",
    "y = a^b; a' = b == 0 ? 0 : g * (b * a^(b-1)); b' = a == 0 and b >= 0 ? 0 : g * (y * log(a))",
    phrase: { "cannot raise \($0) to the power \($1)" },
    value: { Glibc.pow($0, $1) },
    gradients: { function, g, context throws(ShapeError) in
      let (a, b, y) = (context.operands[0], context.operands[1], context.results[0])
      let zero = try function.constant(0)
      let lower = try function.emit(.pow, [a, try function.emit(.sub, [b, try function.constant(1)])])
      let slope = try function.emit(.mul, [g, try function.emit(.mul, [b, lower])])
      let growth = try function.emit(.mul, [y, try function.emit(.log, [a])])
      let bend = try function.emit(.mul, [g, growth])
      let flat = try function.emit(
        .logicalAnd,
        [try function.emit(.eq, [a, zero]), try function.emit(.ge, [b, zero])])
      return (
        try function.emit(.where, [try function.emit(.eq, [b, zero]), zero, slope]),
        try function.emit(.where, [flat, zero, bend])
      )
    })
}
