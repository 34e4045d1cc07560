// Mathematics on numbers (f64) and, by element, on tensors and lists (f32).
import AdamFormulas
import AdamIR
import AdamSource

extension BuiltinDefinition {
  static let abs = elementwise("abs", "The distance from zero.", .abs, "print abs(-2)  # prints: 2") { Swift.abs($0) }
  static let sign = elementwise("sign", "-1, 0 or 1.", .sign, "print sign(-3)  # prints: -1") {
    $0 > 0 ? 1 : ($0 < 0 ? -1 : 0)
  }
  static let exp = elementwise("exp", "e to the power x.", .exp, "print exp(0)  # prints: 1") { HostMath.exp($0) }
  static let log = elementwise("log", "The natural logarithm.", .log, "print log(1)  # prints: 0") { HostMath.log($0) }
  static let sqrt = elementwise("sqrt", "The square root.", .sqrt, "print sqrt(9)  # prints: 3") { $0.squareRoot() }
  static let sin = elementwise("sin", "The sine of an angle in radians.", .sin, "print sin(0)  # prints: 0") { HostMath.sin($0) }
  static let cos = elementwise("cos", "The cosine of an angle in radians.", .cos, "print cos(0)  # prints: 1") { HostMath.cos($0) }
  static let floor = elementwise("floor", "The largest whole number below.", .floor, "print floor(1.7)  # prints: 1") {
    $0.rounded(.down)
  }
  /// Halves go to the even neighbour, as in torch and Python.
  static let round = elementwise("round", "The nearest whole number.", .round, "print round(2.5)  # prints: 2") {
    $0.rounded(.toNearestOrEven)
  }

  static let pow = BuiltinDefinition(
    name: "pow", group: "math", summary: "x to the power y; the same as `x ^ y`.",
    signature: Signature([
      ParameterDefinition("x", .tensorLike, "the number or tensor"),
      ParameterDefinition("y", .tensorLike, "the exponent"),
    ]),
    example: "print pow(2, 10)  # prints: 1024", isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let (x, y) = (try required(arguments, "x"), try required(arguments, "y"))
      return try context.arithmetic(at: arguments.span).operate(.power, x, y, at: arguments.span)
    })

  private static func elementwise(
    _ name: String, _ summary: String, _ op: OpDefinition, _ example: String,
    _ host: @escaping @Sendable (Double) -> Double
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "math", summary: summary,
      signature: Signature([ParameterDefinition("x", .tensorLike, "a number, tensor or list of numbers")]),
      example: example, isPure: true,
      check: { _, arguments in
        guard let x = arguments["x"] else { return .unknown }
        if case .number = x { return .number }
        return x.tensorType.map { .tensor(TensorType(.f32, $0.shape)) } ?? .unknown
      },
      run: { context, arguments throws(Diagnostic) in
        let x = try required(arguments, "x")
        if case .number(let number) = x {
          return .number(try NumberArithmetic.finite(host(number), from: number, at: arguments.span))
        }
        let tensor = try x.asTensor(at: arguments.place(of: "x"))
        return .of(try context.arithmetic(at: arguments.span).unary(op, tensor, at: arguments.span))
      })
  }
}
