// The wording of warnings that follow from the text alone.
import AdamSource

extension DiagnosticCode {
  package static let unusedBinding = DiagnosticCode("W0205", name: "unused-binding")
  package static let changesCopy = DiagnosticCode("W0206", name: "changes-copy")
  package static let endsInAssignment = DiagnosticCode("W0207", name: "ends-in-assignment")
}

extension Diagnostic {
  static func unreachable(at span: Span, behind leaving: Span, _ why: String) -> Diagnostic {
    var result = unreachable(at: span)
    result.labels = [Label(leaving, why)]
    return result
  }

  static func unusedBinding(_ name: String, in function: String?, at span: Span) -> Diagnostic {
    let place = function.map { "`\($0)`" } ?? "this function"
    var result = Diagnostic(
      .unusedBinding, "`\(name)` is assigned and never used", at: span, label: "a local of \(place)",
      severity: .warning)
    result.helps = [Help("leave it out, or name it `_\(name)` to keep it")]
    return result
  }

  static func changesCopy(_ name: String, at span: Span, parameter: Span? = nil) -> Diagnostic {
    var result = Diagnostic(
      .changesCopy, "this changes the function's copy of `\(name)`, which nothing uses", at: span,
      label: "the caller's value stays as it is", severity: .warning)
    if let parameter { result.labels = [Label(parameter, "a parameter is a copy")] }
    result.helps = [Help("return the changed value: end with `\(name)`, and assign it where the function is called")]
    return result
  }

  /// - Parameter variable: what was given, if it has a name.
  static func droppedCopy(
    _ function: String, _ parameter: String, _ variable: String?, at span: Span, changed: Span
  ) -> Diagnostic {
    var result = Diagnostic(
      .changesCopy, "`\(function)` gives a changed copy of `\(parameter)`, which nothing takes", at: span,
      label: variable.map { "`\($0)` stays as it is" } ?? "", severity: .warning)
    result.labels = [Label(changed, "this changes the function's copy")]
    result.helps = [Help(variable.map { "write `\($0) = \(function)(…)`" } ?? "assign it: `xs = \(function)(…)`")]
    return result
  }

  static func endsInAssignment(_ name: String, in function: String?, at span: Span) -> Diagnostic {
    let place = function.map { "`\($0)`" } ?? "this function"
    return Diagnostic(
      .endsInAssignment, "\(place) ends in an assignment, so it gives `none`", at: span,
      label: "`\(name)` is a local that nothing sees", severity: .warning)
  }
}
