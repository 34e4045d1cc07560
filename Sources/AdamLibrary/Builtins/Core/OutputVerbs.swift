// print, show and seed.
import AdamData
import AdamIR
import AdamSource

extension BuiltinDefinition {
  static let print = BuiltinDefinition(
    name: "print", group: "verb", summary: "Writes values in one line, separated by a space.",
    signature: Signature([ParameterDefinition("values", .any, "what is written", isVariadic: true)]),
    example: "print \"sum\", 1 + 2  # prints: sum 3", check: { _, _ in .known(.none) },
    run: { context, arguments throws(Diagnostic) in
      let line = arguments.variadic.map(\.value.printed).joined(separator: " ") + "\n"
      try write(line, context.session)
      return .none
    })

  static let show = BuiltinDefinition(
    name: "show", group: "verb", summary: "Writes a value as the prompt shows it: models as tables.",
    signature: Signature([ParameterDefinition("values", .any, "what is shown", isVariadic: true)]),
    example: "show linear(2, 1)", check: { _, _ in .known(.none) },
    run: { context, arguments throws(Diagnostic) in
      for (value, _) in arguments.variadic { try write(value.shown + "\n", context.session) }
      return .none
    })

  static let seed = BuiltinDefinition(
    name: "seed", group: "verb", summary: "Starts the random numbers anew, as torch.manual_seed does.",
    signature: Signature([
      ParameterDefinition("n", .integer, "the seed", range: NumberRange(from: 0, to: 9_007_199_254_740_992))
    ]),
    example: "seed 0\nprint rand(1)  # prints: [0.49625659]", check: { _, _ in .known(.none) },
    run: { context, arguments throws(Diagnostic) in
      let session = context.session
      // The command line's seed stands in for the first one of the script.
      let number = session.seedOverride ?? UInt64(exactly: arguments.number("n") ?? 0) ?? 0
      session.seedOverride = nil
      session.seed = number
      session.generator = Generator(seed: number)
      return .none
    })

  private static func write(_ text: String, _ session: SessionState) throws(Diagnostic) {
    do throws(HostError) {
      try session.host.write(Array(text.utf8))
    } catch {
      throw .cannotWriteOutput(error)
    }
  }
}

extension Diagnostic {
  package static func cannotWriteOutput(_ error: HostError) -> Diagnostic {
    Diagnostic(.outputFailed, "cannot write the output: \(error.reason)", at: nil)
  }
}
