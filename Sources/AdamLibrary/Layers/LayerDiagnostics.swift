// What can be wrong with a layer beside its shapes.
import AdamIR
import AdamRuntime
import AdamSource

extension DiagnosticCode {
  package static let notYet = DiagnosticCode("E0216")
  package static let unknownChoice = DiagnosticCode("E0230")
}

extension Diagnostic {
  static func unknownChoice(
    _ name: String, of callee: String, found: String, choices: [String], at span: Span
  ) -> Diagnostic {
    let list = choices.map { "\"\($0)\"" }.joined(separator: " or ")
    var diagnostic = Diagnostic(
      .unknownChoice, "`\(name)` of `\(callee)` is \(list), found \"\(found)\"", at: span)
    if let meant = nearest(found, in: choices) {
      diagnostic.label = "did you mean \"\(meant)\"?"
      diagnostic.helps = [Help("write \"\(meant)\"", edits: [Edit(span, "\"\(meant)\"")])]
    }
    return diagnostic
  }

  static func unknownLayerField(_ name: String, of layer: Layer, at span: Span) -> Diagnostic {
    let known = layer.parameters.map(\.name) + layer.children.map(\.name)
    var diagnostic = Diagnostic(
      .noSuchField, "`\(layer.definition.name)` has no part `\(name)`", at: span)
    diagnostic.notes = [
      known.isEmpty ? "it has no parts" : "it has: " + known.prefix(20).joined(separator: ", ")
    ]
    if let meant = nearest(name, in: known) { diagnostic.label = "did you mean `\(meant)`?" }
    return diagnostic
  }

  static func noLayerInList(_ place: Int, of layer: Layer, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .badIndex, "element \(place) of the list `\(layer.definition.name)` is no layer", at: span)
    diagnostic.notes = ["its layers are " + layer.children.map(\.name).joined(separator: ", ")]
    return diagnostic
  }

  /// Something the language has and this version does not run yet.
  package static func notYet(_ what: String, at span: Span) -> Diagnostic {
    Diagnostic(.notYet, "\(what) is not there yet", at: span, label: "not supported in this version")
  }
}

extension Diagnostic {
  static func sizeMissing(_ layer: Layer) -> Diagnostic {
    Diagnostic(
      .shapesDisagree, "a size of `\(layer.definition.name)` is not known", at: layer.span,
      label: "write the size")
  }

  static func outOfMemory(_ error: AllocationError, at span: Span) -> Diagnostic {
    Diagnostic(.outOfMemory, error.message, at: span)
  }
}
