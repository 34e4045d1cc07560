// `for x, y in v` where v is data as a tuple of inputs and targets: the loop would take the inputs apart,
// and then the targets, as if each were a pair. Two names ask for rows, so this is refused.
import AdamIR
import AdamRuntime
import AdamSource

package enum PairLoop {
  package static let builtinName = "pairs"

  /// Gives what a loop with two names runs over.
  static let builtin = BuiltinDefinition(
    name: builtinName, group: "internal", summary: "What a loop with two names runs over.",
    signature: Signature([ParameterDefinition("value", .any, "a list, a tuple, data, …")]), example: "",
    check: { context, arguments in
      let value = arguments["value"] ?? .unknown
      guard value.isPairOfRows else { return value }
      context.report(.pairLoop(at: arguments.place(of: "value"), context.session.sources))
      return .unknown
    },
    run: { context, arguments throws(Diagnostic) in
      let value = arguments["value"] ?? .none
      if AbstractValue.known(value).isPairOfRows {
        throw .pairLoop(at: arguments.place(of: "value"), context.session.sources)
      }
      return value
    })
}

extension AbstractValue {
  /// Certainly a tuple of two tensors, or of lists that are tensors, with as many rows.
  fileprivate var isPairOfRows: Bool {
    switch self {
    case .tuple, .known(.tuple): break
    default: return false
    }
    guard let parts = asElements, parts.count == 2, let x = parts[0].tensorType?.shape.dimensions.first,
      let y = parts[1].tensorType?.shape.dimensions.first
    else { return false }
    return x.mayEqual(y)
  }
}

extension Diagnostic {
  fileprivate static func pairLoop(at span: Span, _ sources: SourceMap) -> Diagnostic {
    // A short text, such as a variable's name.
    let text = sources.text(of: span) ?? ""
    let written = text.isEmpty || text.utf8.count > 40 || text.contains(where: \.isNewline) ? "data" : text
    var diagnostic = Diagnostic(
      .notIterable, "cannot loop over the rows of a tuple: it gives its two parts one after the other", at: span,
      label: "this is a tuple of two tensors")
    diagnostic.helps = [
      Help("write `batch(\(written), 32)` for its rows in batches, as `train` takes them"),
      Help("write `zip(x, y)` for single rows, or a list `[a, b]` to take two parts apart"),
    ]
    return diagnostic
  }
}
