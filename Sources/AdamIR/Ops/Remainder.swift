// remainder: what is left of a after whole multiples of b, with b's sign.
import Glibc

extension OpDefinition {
  /// Floors as `torch.remainder` and Python's `%`.
  package static let remainder: OpDefinition = .binary(
    "remainder", "The remainder of a division that floors; it has the divisor's sign.",
    "y = a - b * floor(a / b); a' = g; b' = -g * floor(a / b)",
    phrase: { "cannot divide \($0) by \($1)" },
    value: { a, b in
      let rest = fmod(a, b)
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    },
    gradients: { function, g, context throws(ShapeError) in
      let quotient = try function.emit(.div, [context.operands[0], context.operands[1]])
      let whole = try function.emit(.floor, [quotient])
      return (g, try function.emit(.mul, [try function.emit(.neg, [g]), whole]))
    })
}
