// `_` where a size stands: the checker solves it from the layers around it, and the run uses what it found.
import AdamIR
import AdamSource

package enum OpenSize {
  package static let builtinName = "_"

  /// What stands where no size was found: `reshape` solves it by itself, everything else refuses it.
  static let kind = "size left open"

  /// The size that the checker found for this place.
  static let builtin = BuiltinDefinition(
    name: builtinName, group: "internal", summary: "A size left open with `_`.", signature: Signature([]),
    example: "",
    check: { _, _ in .number },
    run: { context, arguments in
      guard let size = context.session.solvedSizes[arguments.span] else {
        return .record(RecordBox([], kind: kind))
      }
      return .number(Double(size))
    })
}

extension Value {
  var isOpenSize: Bool {
    if case .record(let box) = self { box.kind == OpenSize.kind } else { false }
  }
}

extension Layer {
  /// Tells the checker how wide the input is where the script left it open.
  func solve(input: Shape, _ caller: (any FunctionTracer)?) {
    guard let size = input.dimensions.last?.size else { return }
    for name in ["in", "size"] where settings.isGiven(name) && settings.number(name) == nil {
      if let span = settings.span(of: name) { caller?.solved(size, at: span) }
    }
  }
}
