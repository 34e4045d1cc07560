// Arithmetic on the host's numbers (f64): what tensors would make inf or nan is an error here.
import AdamFormulas
import AdamIR
import AdamSource

package enum NumberArithmetic {
  /// An arithmetic operator on two numbers. Errors: division by zero, overflow, no real result.
  package static func apply(
    _ op: ProgramOperator, _ a: Double, _ b: Double, at span: Span
  ) throws(Diagnostic) -> Double {
    let result: Double
    switch op {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply: result = a * b
    case .divide:
      if b == 0 { throw ValueError.divisionByZero("division", at: span) }
      result = a / b
    case .remainder:
      if b == 0 { throw ValueError.divisionByZero("remainder", at: span) }
      result = remainder(a, b)
    case .power: result = try power(a, b, at: span)
    default: throw ValueError.operands("use this operator on numbers", at: span)
    }
    return try finite(result, from: a, b, at: span)
  }

  /// Passes a result that its operands explain; a new inf or nan is an error.
  package static func finite(
    _ result: Double, from a: Double, _ b: Double = 0, at span: Span
  ) throws(Diagnostic) -> Double {
    if result.isFinite || !a.isFinite || !b.isFinite { return result }
    if result.isNaN { throw ValueError.undefinedResult("this", at: span) }
    throw ValueError.overflow(at: span)
  }

  /// The remainder with the sign of the divisor (Python, torch.remainder).
  static func remainder(_ a: Double, _ b: Double) -> Double {
    let result = a.truncatingRemainder(dividingBy: b)
    return result != 0 && (result < 0) != (b < 0) ? result + b : result
  }

  /// x^2 = x·x, x^3 = (x·x)·x, x^-1 = 1/x, x^0.5 = sqrt; whole exponents up to 1024 keep small
  /// integers exact by repeated squaring; others by `HostMath.pow`.
  static func power(_ x: Double, _ y: Double, at span: Span) throws(Diagnostic) -> Double {
    if x == 0, y < 0 { throw ValueError.divisionByZero("division", at: span) }
    if x < 0, y != y.rounded() {
      throw ValueError.undefinedResult("a negative number to a fractional power", at: span)
    }
    switch y {
    case 2: return x * x
    case 3: return x * x * x
    case -1: return 1 / x
    case 0.5: return x.squareRoot()
    default: break
    }
    if abs(y) <= 1024, let n = Int(exactly: y) {
      let result = HostMath.power(x, abs(n))
      return n < 0 ? 1 / result : result
    }
    return HostMath.pow(x, y)
  }
}
