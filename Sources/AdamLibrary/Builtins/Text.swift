// Conversions between numbers and text.
import AdamIR
import AdamRuntime
import AdamSource

package enum TextBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [
    .init("number", number),
    .init("str", str),
    .init("int", int),
  ]

  static let number = BuiltinDefinition(
    name: "number", group: "text", summary: "A number of a string, bool or one-element tensor.",
    signature: Signature([ParameterDefinition("x", .any, "what is converted")]),
    example: "print number(\"3.5\") + 1  # prints: 4.5",
    page: Page(source: "float of Python", see: ["str", "int"]), isPure: true,
    check: { _, _ in .number },
    run: { _, arguments throws(Diagnostic) in
      let value = arguments["x"] ?? .none
      if let x = value.exactNumber { return .number(x) }
      if let flag = value.exactBool { return .number(flag ? 1 : 0) }
      if case .tensor(let tensor) = value, let x = tensor.scalarNumber { return .number(x) }
      if let text = value.exactString, let x = parsed(text) { return .number(x) }
      let found = value.exactString.map { quotedText(String($0.prefix(40))) } ?? value.foundText
      throw ValueError.conversion("\(found) is not a number", at: arguments.place(of: "x"))
    })

  /// A decimal number as scripts write it, with a sign; nothing else, and never inf or nan.
  private static func parsed(_ text: String) -> Double? {
    let bytes = text.utf8.filter { $0 != 0x20 && $0 != 0x09 }
    let isPlain = bytes.allSatisfy { byte in
      (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    }
    guard isPlain, let x = Double(String(decoding: bytes, as: UTF8.self)), x.isFinite else {
      return nil
    }
    return x
  }

  static let str = BuiltinDefinition(
    name: "str", group: "text", summary: "A value as `print` shows it.",
    signature: Signature([ParameterDefinition("x", .any, "what is converted")]),
    example: "print str(3) + \"!\"  # prints: 3!",
    page: Page(source: "str of Python", see: ["number", "print"]), isPure: true,
    check: { _, _ in .string },
    run: { context, arguments throws(Diagnostic) in
      .string(StringBox(try context.printed(arguments["x"] ?? .none)))
    })

  static let int = BuiltinDefinition(
    name: "int", group: "text",
    summary: "Cuts the fraction off a number; makes an integer tensor of a tensor or list.",
    signature: Signature([
      ParameterDefinition("x", .oneOf([.tensorLike, .string]), "what is converted")
    ]),
    example: "print int(2.9)  # prints: 2",
    page: Page(source: "int of Python, Tensor.int of torch", see: ["number", "floor", "round"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let value = arguments["x"] ?? .none
      if case .traced = value {
        let tensors = TensorArithmetic(context.session)
        let x = try tensors.operand(value, at: arguments.place(of: "x"))
        return .of(try tensors.apply(.cast, [x], ["element": .string("i32")].attributes, at: arguments.span))
      }
      if let x = value.exactNumber ?? value.exactString.flatMap(parsed) {
        guard x.isFinite else {
          throw ValueError.conversion("\(messageText(x)) has no whole number", at: arguments.place(of: "x"))
        }
        return .number(x.rounded(.towardZero))
      }
      if let text = value.exactString {
        throw ValueError.conversion(
          "\(quotedText(String(text.prefix(40)))) is not a number", at: arguments.place(of: "x"))
      }
      let tensor = try value.asTensor(at: arguments.place(of: "x"))
      if let large = tensor.floats.first(where: { Int32(exactly: $0.rounded(.towardZero)) == nil }) {
        throw ValueError.conversion(
          "\(messageText(Double(large))) does not fit an integer tensor (±2147483647)",
          at: arguments.place(of: "x"))
      }
      do throws(AllocationError) {
        return .tensor(try Tensor(tensor.sizes, integers: tensor.integers))
      } catch { throw ValueError.memory(error, at: arguments.span) }
    })
}
