// epochs(n): a length in epochs where a schedule counts steps. `train` knows how many steps they are.
import AdamIR
import AdamSource

enum Epochs {
  static let kind = "number of epochs"

  static let builtin = BuiltinDefinition(
    name: "epochs", group: "schedule", summary: "A number of epochs where a schedule asks for steps.",
    signature: Signature([
      ParameterDefinition(
        "n", .number, "how many, fractions too", range: NumberRange(from: 0, includingLower: false, to: 1e9))
    ]),
    example: "opt = sgd(lr=step_lr(0.1, step_size=epochs(30)))\n"
      + "print opt.lr  # prints: step_lr(0.1, step_size=epochs(30))", isPure: true, yieldsToVariables: true,
    check: { _, _ in .record([], kind: kind) },
    run: { _, arguments in
      .record(RecordBox([.init("n", .number(arguments.number("n") ?? 1))], kind: kind))
    })
}

extension Value {
  /// The number of `epochs(n)`; nil for everything else.
  var epochCount: Double? {
    guard case .record(let box) = self, box.kind == Epochs.kind else { return nil }
    return box["n"]?.exactNumber
  }
}
