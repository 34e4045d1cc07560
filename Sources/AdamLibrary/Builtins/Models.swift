// Builtins about whole models: copies and fresh starts.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

enum ModelBuiltins {
  static let all: [Listed<BuiltinDefinition>] = [
    .init("copy", copy),
    .init("reset", reset),
    .init("freeze", freeze),
    .init("unfreeze", unfreeze),
  ]

  private static let model = ParameterDefinition("model", .layer, "a layer or model")

  static let copy = BuiltinDefinition(
    name: "copy", group: "model", summary: "A model of its own with the same weights.",
    signature: Signature([model]),
    example: "a = linear(2, 1)\nb = copy(a)\nprint b([[1, 2]]) == a([[1, 2]])  # prints: [[true]]",
    page: Page(source: "copy.deepcopy of Python", see: ["reset", "load"]),
    check: { _, arguments in arguments["model"] ?? .unknown },
    run: { _, arguments throws(Diagnostic) in
      guard let layer = arguments["model"]?.asLayer else { throw .notYet("copying this", at: arguments.span) }
      return .layer(try layer.copy(at: arguments.span))
    })

  static let reset = BuiltinDefinition(
    name: "reset", group: "model", summary: "Draws new initial weights for a model, in torch's order.",
    signature: Signature([model]),
    example: "seed 1\na = linear(1, 1)\nseed 1\nreset(a)\nprint a.bias  # prints: [-0.44137824]",
    page: Page(source: "reset_parameters of torch", see: ["seed", "copy"]),
    check: { _, _ in .known(.none) },
    run: { context, arguments throws(Diagnostic) in
      guard let layer = arguments["model"]?.asLayer else { throw .notYet("resetting this", at: arguments.span) }
      layer.redraw(&context.session.generator)
      return .none
    })

  private static let frozen = ParameterDefinition(
    "model", .layer, "a layer or model", hint: "weights are frozen with their layer: `freeze(model.0)`")

  static let freeze = freezing(
    "freeze", "Training leaves the weights of a model as they are; gives the model.", isFrozen: true,
    example: "a = freeze(linear(1, 1))\nmodel = seq(a, linear(1, 1))\nw = a.weight\ntrain 5\n"
      + "print a.weight == w  # prints: [[true]]")

  static let unfreeze = freezing(
    "unfreeze", "Training changes the weights of a model again; gives the model.", isFrozen: false,
    example: "model = freeze(linear(1, 1))\nunfreeze(model)\nr = train 5\nprint r.epochs  # prints: 5")

  private static func freezing(
    _ name: String, _ summary: String, isFrozen: Bool, example: String
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "model", summary: summary, signature: Signature([frozen]), example: example,
      page: Page(source: "requires_grad_ of torch", see: [isFrozen ? "unfreeze" : "freeze", "train", "load"]),
      check: { _, arguments in arguments["model"] ?? .unknown },
      run: { _, arguments throws(Diagnostic) in
        guard let layer = arguments["model"]?.asLayer else { throw .notYet("freezing this", at: arguments.span) }
        for named in layer.namedParameters { named.parameter.isFrozen = isFrozen }
        return .layer(layer)
      })
  }
}
