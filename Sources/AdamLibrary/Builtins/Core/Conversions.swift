// From one kind of value to another, and comparison within a tolerance.
import AdamIR
import AdamRuntime
import AdamSource

extension BuiltinDefinition {
  static let int = BuiltinDefinition(
    name: "int", group: "math", summary: "The whole part of a number; whole-number elements of a tensor.",
    signature: Signature([ParameterDefinition("x", .tensorLike, "a number, tensor or list of numbers")]),
    example: "print int(2.7)  # prints: 2", isPure: true,
    run: { _, arguments throws(Diagnostic) in
      let x = try required(arguments, "x")
      if let number = x.exactNumber { return .number(number.rounded(.towardZero)) }
      let tensor = try x.asTensor(at: arguments.place(of: "x"))
      var values: [Int32] = []
      for value in tensor.floats {
        guard let whole = Int32(exactly: value.rounded(.towardZero)) else {
          throw Diagnostic(.outOfRange, "\(value) does not fit a whole number of a tensor", at: arguments.place(of: "x"))
        }
        values.append(whole)
      }
      do throws(AllocationError) {
        return .tensor(try Tensor(tensor.sizes, integers: values))
      } catch {
        throw .outOfMemory(error, at: arguments.span)
      }
    })

  static let number = BuiltinDefinition(
    name: "number", group: "math", summary: "The number that a string spells, or a rank-0 tensor holds.",
    signature: Signature([ParameterDefinition("x", .any, "a string, number or bool")]),
    example: "print number(\"3.5\") + 1  # prints: 4.5", isPure: true, check: { _, _ in .number },
    run: { _, arguments throws(Diagnostic) in
      let x = try required(arguments, "x")
      if let number = x.exactNumber { return .number(number) }
      if let flag = x.exactBool { return .number(flag ? 1 : 0) }
      let text = x.exactString.map { String($0.drop { $0 == " " }) }
      guard let text, text.utf8.allSatisfy({ isNumberByte($0) }), let number = Double(text), number.isFinite else {
        throw Diagnostic(.wrongKind, "\(x.foundText) is not a number", at: arguments.place(of: "x"))
      }
      return .number(number)
    })

  /// Digits, sign, point and exponent: nothing of what Swift also takes for a number.
  private static func isNumberByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
  }

  static let str = BuiltinDefinition(
    name: "str", group: "text", summary: "What `print` would show.",
    signature: Signature([ParameterDefinition("x", .any, "any value")]),
    example: "print str(1) + \"!\"  # prints: 1!", isPure: true, check: { _, _ in .string },
    run: { _, arguments throws(Diagnostic) in .string(StringBox(try required(arguments, "x").printed)) })

  static let close = BuiltinDefinition(
    name: "close", group: "math", summary: "Whether all elements are equal within rtol·|b| + atol.",
    signature: Signature([
      ParameterDefinition("a", .tensorLike, "a number, tensor or list"),
      ParameterDefinition("b", .tensorLike, "what it is compared with"),
      ParameterDefinition("rtol", .number, "relative tolerance", range: NumberRange(from: 0), default: .number(1e-5), isKeywordOnly: true),
      ParameterDefinition("atol", .number, "absolute tolerance", range: NumberRange(from: 0), default: .number(1e-8), isKeywordOnly: true),
    ]),
    example: "print close(0.1 + 0.2, 0.3)  # prints: true", isPure: true, check: { _, _ in .bool },
    run: { _, arguments throws(Diagnostic) in
      let (a, b) = (try required(arguments, "a"), try required(arguments, "b"))
      let (rtol, atol) = (arguments.number("rtol") ?? 0, arguments.number("atol") ?? 0)
      let isClose = { (x: Double, y: Double) in x == y || (x - y).magnitude <= rtol * y.magnitude + atol }
      if let x = a.exactNumber, let y = b.exactNumber { return .bool(isClose(x, y)) }
      let (p, q) = (try a.asTensor(at: arguments.place(of: "a")), try b.asTensor(at: arguments.place(of: "b")))
      guard p.sizes == q.sizes else {
        throw Diagnostic(
          .wrongKind, "cannot compare \(p.type.shape.text) with \(q.type.shape.text)", at: arguments.span)
      }
      return .bool(Swift.zip(p.floats, q.floats).allSatisfy { isClose(Double($0), Double($1)) })
    })
}
