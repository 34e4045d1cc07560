// Functions of numbers and tensors, element by element.
import AdamFormulas
import AdamIR
import AdamSource

package enum MathBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [
    .elementwise("abs", "Absolute value.", example: "print abs(-2)  # prints: 2", op: .abs) {
      x, _ throws(Diagnostic) in x.magnitude
    },
    .elementwise("sqrt", "Square root.", example: "print sqrt(9)  # prints: 3", op: .sqrt) {
      x, span throws(Diagnostic) in
      if x < 0 { throw ValueError.undefinedResult("the square root of a negative number", at: span) }
      return x.squareRoot()
    },
    .elementwise("exp", "e to the power x.", example: "print exp(0)  # prints: 1", op: .exp) {
      x, _ throws(Diagnostic) in HostMath.exp(x)
    },
    .elementwise("log", "Natural logarithm.", example: "print log(1)  # prints: 0", op: .log) {
      x, span throws(Diagnostic) in
      if x <= 0 { throw ValueError.undefinedResult("the logarithm of \(messageText(x))", at: span) }
      return HostMath.log(x)
    },
    .elementwise(
      "log1p", "log(1 + x), right also near zero.", example: "print log1p(0)  # prints: 0", op: .log1p
    ) { x, span throws(Diagnostic) in
      if x <= -1 { throw ValueError.undefinedResult("the logarithm of \(messageText(1 + x))", at: span) }
      return HostMath.log1p(x)
    },
    .elementwise("sin", "Sine.", example: "print sin(0)  # prints: 0", op: .sin) {
      x, _ throws(Diagnostic) in HostMath.sin(x)
    },
    .elementwise("cos", "Cosine.", example: "print cos(0)  # prints: 1", op: .cos) {
      x, _ throws(Diagnostic) in HostMath.cos(x)
    },
    .elementwise("floor", "Next lower whole number.", example: "print floor(2.7)  # prints: 2", op: .floor) {
      x, _ throws(Diagnostic) in x.rounded(.down)
    },
    .elementwise(
      "round", "Nearest whole number, half to even (as torch).",
      example: "print round(2.5)  # prints: 2", op: .round
    ) { x, _ throws(Diagnostic) in x.rounded(.toNearestOrEven) },
    .elementwise("sign", "-1, 0 or 1.", example: "print sign(-3)  # prints: -1", op: .sign) {
      x, _ throws(Diagnostic) in x > 0 ? 1 : x < 0 ? -1 : x
    },
    .init("pow", pow),
    .init("close", closeTo),
  ]

  static let pow = BuiltinDefinition(
    name: "pow", group: "math", summary: "x to the power y, as `x ^ y`.",
    signature: Signature([
      ParameterDefinition("x", .tensorLike, "base"),
      ParameterDefinition("y", .tensorLike, "exponent"),
    ]),
    example: "print pow(2, 10)  # prints: 1024",
    page: Page("Squares, cubes, inverses and roots are computed as such.", see: ["sqrt", "exp"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      try TensorArithmetic(context.session).operate(
        .power, arguments["x"] ?? .none, arguments["y"] ?? .none, at: arguments.span)
    })

  static let closeTo = BuiltinDefinition(
    name: "close", group: "math",
    summary: "Whether all elements agree: |a - b| <= atol + rtol·|b| (as torch.allclose).",
    signature: Signature([
      ParameterDefinition("a", .tensorLike, "first"), ParameterDefinition("b", .tensorLike, "second"),
      ParameterDefinition(
        "rtol", .number, "relative tolerance", range: NumberRange(from: 0), default: .number(1e-5),
        isKeywordOnly: true),
      ParameterDefinition(
        "atol", .number, "absolute tolerance", range: NumberRange(from: 0), default: .number(1e-8),
        isKeywordOnly: true),
    ]),
    example: "print close(0.1 + 0.2, 0.3)  # prints: true",
    page: Page(
      shape: "[..], [..] → true or false", formula: "|a - b| <= atol + rtol · |b| for every element",
      source: "torch.allclose", see: ["all", "assert"]), isPure: true,
    check: { _, _ in .bool },
    run: { _, arguments throws(Diagnostic) in
      let rtol = arguments.number("rtol") ?? 0
      let atol = arguments.number("atol") ?? 0
      if let a = arguments.number("a"), let b = arguments.number("b") {
        return .bool(a == b || (a - b).magnitude <= atol + rtol * b.magnitude)
      }
      let a = try (arguments["a"] ?? .none).asTensor(at: arguments.place(of: "a"))
      let b = try (arguments["b"] ?? .none).asTensor(at: arguments.place(of: "b"))
      guard a.sizes == b.sizes else {
        throw Diagnostic(
          .runShapes, "cannot compare \(a.type.shape.text) with \(b.type.shape.text)",
          at: arguments.span)
      }
      let agrees = (0..<a.elementCount).allSatisfy { index in
        guard let x = a.number(at: index), let y = b.number(at: index) else { return false }
        return x == y || (x - y).magnitude <= atol + rtol * y.magnitude
      }
      return .bool(agrees)
    })
}
