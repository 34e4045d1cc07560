// show: tables of models, data sets, optimizers and runs on standard output.
import AdamData
import AdamIR
import AdamSource

enum ShowVerb {
  static let builtin = BuiltinDefinition(
    name: "show", group: "verb", summary: "Shows a model, data set or optimizer as a table.",
    signature: Signature([ParameterDefinition("value", .any, "what is shown")], takesComparisons: true),
    example: "data = ([[1, 2], [3, 4]], [[1], [0]]) |> batch(2)\n"
      + "show data\n# prints: 2 rows, 2 inputs\n# prints: batch    2",
    page: Page(see: ["print", "eval"]),
    check: { _, _ in .known(.none) },
    run: { context, arguments throws(Diagnostic) in
      guard let text = (arguments["value"] ?? .none).tableText(context.session) else {
        throw .nothingToShow(arguments["value"]?.foundText ?? "nothing", at: arguments.place(of: "value"))
      }
      do throws(HostError) { try context.session.write(text) } catch {
        throw .fileAccess(error, at: arguments.span)
      }
      return .none
    })
}

extension Value {
  /// The table that `show` prints and the REPL gives on assignment; nil for plain values.
  package func tableText(_ session: SessionState? = nil) -> String? {
    switch self {
    case .layer(let layer): layer.tableText(session?.functionTracer)
    case .data(let data): data.tableText
    case .optimizer(let optimizer): optimizer.tableText
    case .record(let record) where record.kind == "run": record.runText
    case .record(let record) where record.kind == Table.kind: Table.text(record)
    default: nil
    }
  }
}

extension RecordBox {
  fileprivate var runText: String {
    let loss = self["loss"]?.exactNumber.map { messageText($0) } ?? "none"
    let epochs = self["epochs"]?.exactNumber ?? 0
    let steps = self["steps"]?.exactNumber ?? 0
    return counted(messageText(epochs), "epoch") + ", " + counted(messageText(steps), "step") + ", loss \(loss), "
      + "\(self["stopped"]?.exactString ?? "")\n"
  }
}

extension Diagnostic {
  static func nothingToShow(_ found: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .wrongKind, "`show` has no table for \(found)", at: span)
    diagnostic.helps = [Help("use `print`")]
    return diagnostic
  }
}
