// assert: a condition that must hold. Where its arguments stand as they should, it is an instruction
// that keeps both sides of a comparison for the message; as a builtin it has its name, its help and
// the messages about wrong arguments.
import AdamIR
import AdamSource

enum AssertVerb {
  static let builtin = BuiltinDefinition(
    name: "assert", group: "verb", summary: "Stops with an error unless a condition holds.",
    signature: Signature([
      ParameterDefinition("condition", .bool, "what must be true"),
      ParameterDefinition("message", .string, "what the error says instead", default: .some(.none)),
    ], takesComparisons: true),
    example: "x = 3\nassert x > 2, \"x is too small\"\nprint x  # prints: 3",
    page: Page("A comparison is shown with the values of both sides.", see: ["if", "print"]),
    check: { _, _ in .known(.none) },
    run: { _, arguments throws(Diagnostic) in
      if arguments["condition"]?.exactBool == true { return .none }
      let message = arguments["message"]?.exactString ?? "the condition is false"
      throw Diagnostic(.failedAssertion, "assertion failed: \(message)", at: arguments.span)
    })
}
