// The verbs print and seed.
import AdamData
import AdamIR
import AdamSource

package enum OutputBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [.init("print", print), .init("seed", seed)]

  static let print = BuiltinDefinition(
    name: "print", group: "verb", summary: "Writes values, separated by one space, and a newline.",
    signature: Signature(
      [ParameterDefinition("values", .any, "what is written", isVariadic: true)], takesComparisons: true),
    example: "print 1, \"two\"  # prints: 1 two",
    page: Page(
      "A number has as many digits as read back to it; a tensor is a nested list. In a string `{x:.3f}` "
          + "writes a value in a form.",
      see: ["show", "str"]),
    check: { context, arguments in
      for case (.traced, let span) in arguments.variadic { context.report(.tracedPrint(at: span)) }
      return .known(.none)
    },
    run: { context, arguments throws(Diagnostic) in
      for (value, span) in arguments.variadic {
        try value.requireNumbers(at: span)
      }
      let texts = try arguments.variadic.map { argument throws(Diagnostic) in try context.printed(argument.value) }
      // The commonest line is one text: to join looks for conformances the first time, 60 µs of a start.
      let text = texts.count == 1 ? texts[0] : texts.joined(separator: " ")
      try write(text + "\n", context.session, at: arguments.span)
      return .none
    })

  static func write(_ text: String, _ session: SessionState, at span: Span) throws(Diagnostic) {
    do throws(HostError) { try session.write(text) } catch {
      throw Diagnostic(
        .outputFailed, "cannot write the output: \(error.reason)", at: span)
    }
  }

  static let seed = BuiltinDefinition(
    name: "seed", group: "verb",
    summary: "Starts the session's generator anew (as torch.manual_seed).",
    signature: Signature([
      ParameterDefinition(
        "n", .integer, "whole number from 0 to 2^53",
        range: NumberRange(from: 0, to: 9_007_199_254_740_992))
    ]),
    example: "seed 42\nprint rand(1)  # prints: [0.88226926]",
    page: Page(
      "Initial weights, shuffles, splits and dropout masks are drawn from it in torch's order. Without it "
          + "the seed is 0.",
      source: "torch.manual_seed", see: ["rand", "randn", "reset"]),
    check: { _, _ in .known(.none) },
    run: { context, arguments throws(Diagnostic) in
      context.session.restartGenerator(seed: UInt64(arguments.whole("n").magnitude))
      return .none
    })
}

extension SessionState {
  /// Restarts the generator.
  package func restartGenerator(seed number: UInt64) {
    seed = number
    generator = Generator(seed: number)
  }
}
