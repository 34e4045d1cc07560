// What the checker itself has to say: names, statements, `on` blocks.
import AdamLibrary
import AdamSource
import AdamSyntax

extension DiagnosticCode {
  package static let unknownName = DiagnosticCode("E0201")
  package static let forbiddenInHook = DiagnosticCode("E0218")
  package static let maybeUnset = DiagnosticCode("W0201", name: "maybe-unset")
  package static let unusedValue = DiagnosticCode("W0202", name: "unused-value")
  package static let shadowsBuiltin = DiagnosticCode("W0203", name: "shadow-builtin")
  package static let evaluationGradient = DiagnosticCode("W0410", name: "eval-mode-gradient")
  package static let evaluatedOnTraining = DiagnosticCode("W0407", name: "eval-on-train")
  package static let unreachable = DiagnosticCode("W0204", name: "unreachable")
}

extension Diagnostic {
  static func unknownName(
    _ name: String, at span: Span, meant: String?, assigned: Span?
  ) -> Diagnostic {
    if let assigned {
      var result = Diagnostic(
        .unknownName, "`\(name)` is used before it has a value", at: span, label: noValueYet)
      if assigned.source == span.source { result.labels.append(Label(assigned, "assigned here")) }
      return result
    }
    var result = Diagnostic(.unknownName, "`\(name)` is not defined", at: span)
    if let word = Phrasebook.name(name) {
      let edits = word.replacement.map { [Edit(span, $0)] } ?? []
      result.helps.append(Help(word.help, edits: edits, isSafe: word.isSafe))
    } else if let meant {
      result.label = "did you mean `\(meant)`?"
      result.helps.append(Help("write `\(meant)`", edits: [Edit(span, meant)]))
    }
    result.arguments = [.init("name", name)]
    return result
  }

  static func localUnset(
    _ name: String, in function: String, isOuter: Bool, at span: Span
  ) -> Diagnostic {
    var result = Diagnostic(
      .unknownName, "`\(name)` is used before it has a value", at: span, label: noValueYet)
    if isOuter {
      let place = function == "fn" ? "this function" : "`\(function)`"
      result.notes.append(
        "\(place) assigns `\(name)`, which makes it a local; functions never change outer names")
      result.helps.append(Help("return the new value and assign it where the function is called"))
    }
    return result
  }

  private static var noValueYet: String { "no value yet" }

  /// A name that is assigned, but not before it is used here.
  var isUseBeforeValue: Bool { code == .unknownName && label == Self.noValueYet }

  static func maybeUnset(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .maybeUnset, "`\(name)` may have no value here", at: span, label: "not assigned on every path",
      severity: .warning)
  }

  static func unusedValue(isEquation: Bool, at span: Span) -> Diagnostic {
    var result = Diagnostic(
      .unusedValue, "the value of this statement is not used", at: span, severity: .warning)
    result.helps.append(Help(isEquation ? "`=` assigns, `==` compares" : "write `print` to see it"))
    return result
  }

  static func shadowsBuiltin(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .shadowsBuiltin, "the variable `\(name)` hides the function `\(name)`", at: span,
      severity: .warning)
  }

  static func evaluationGradient(at span: Span, layer: Span) -> Diagnostic {
    var result = Diagnostic(
      .evaluationGradient, "this gradient is of the model as it is evaluated, not as it is trained", at: span,
      label: "`training=` is not given", severity: .warning)
    if layer.source == span.source { result.labels = [Label(layer, "works differently in training")] }
    result.helps = [
      Help("to train, write `training=true` in the call of the model; `training=false` says that it is meant")
    ]
    return result
  }

  static func evaluatedOnTraining(at span: Span, training: Span) -> Diagnostic {
    var result = Diagnostic(
      .evaluatedOnTraining, "the model is evaluated only on the rows it was trained on", at: span,
      label: "these rows", severity: .warning)
    if training.source == span.source { result.labels = [Label(training, "trained on them here")] }
    result.notes = ["how well it does on rows it has not seen stays unknown"]
    result.helps = [Help("keep some rows apart, `|> split(train=0.8, test=0.2)`, and `eval data.test`")]
    return result
  }

  static func unreachable(at span: Span) -> Diagnostic {
    Diagnostic(.unreachable, "this is never run", at: span, severity: .warning)
  }

  static func forbiddenInHook(_ what: String, at span: Span) -> Diagnostic {
    Diagnostic(.forbiddenInHook, "an `on` block cannot \(what)", at: span, label: "runs inside a training")
  }

  static func every(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outOfRange, "`every` needs a whole number from 1 on, found \(found)", at: span,
      label: "this is \(found)")
  }

  static func notBool(_ op: String, _ found: String, at span: Span) -> Diagnostic {
    let subject = op == "not" ? "`not` takes" : "\(op) take"
    return Diagnostic(
      .badCondition, "\(subject) true or false, found \(found)", at: span, label: "this is \(found)")
  }

  static func rangeEnd(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .wrongKind, "a range runs between numbers, found \(found)", at: span, label: "this is \(found)")
  }

  static func formatsNumbers(_ spec: String, _ found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .wrongKind, "`:\(spec)` formats numbers, found \(found)", at: span, label: "this is \(found)")
  }

  static func noMethod(
    _ name: String, of found: String, meant: String?, at span: Span
  ) -> Diagnostic {
    var result = Diagnostic(
      .noSuchField, "there is no function `\(name)` for \(found)", at: span)
    if let meant { result.label = "did you mean `\(meant)`?" }
    if let word = Phrasebook.member(name) { result.helps = [Help(word.help)] }
    return result
  }
}
