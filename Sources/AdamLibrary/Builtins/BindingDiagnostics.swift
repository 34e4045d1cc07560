// What can be wrong with the arguments of a call, in the user's words.
import AdamFormulas
import AdamIR
import AdamSource

extension DiagnosticCode {
  package static let unknownOption = DiagnosticCode("E0202")
  package static let missingArgument = DiagnosticCode("E0203")
  package static let tooManyArguments = DiagnosticCode("E0204")
  package static let argumentGivenTwice = DiagnosticCode("E0205")
  package static let wrongKind = DiagnosticCode("E0210")
  package static let outOfRange = DiagnosticCode("E0211")
}

/// The callee with its signature, and the messages about calls of it.
struct BindingWords {
  let callee: String
  let signature: Signature
  let span: Span

  func unknownOption(_ name: String, at place: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.unknownOption, "`\(callee)` has no option `\(name)`", at: place)
    let names = signature.parameters.filter { !$0.isVariadic }.map(\.name)
    let foreign = Phrasebook.option(name).flatMap { names.contains($0) ? $0 : nil }
    if let meant = nearest(name, in: names) ?? foreign {
      diagnostic.label = "did you mean `\(meant)`?"
      let isSafe = foreign != meant
      diagnostic.helps.append(
        Help("write `\(meant)`", edits: [Edit(place, meant)], isSafe: isSafe))
    } else if let help = Phrasebook.habit(name, of: callee) {
      diagnostic.helps.append(Help(help))
    }
    if signature.takesComparisons {
      diagnostic.helps.append(Help("to compare, write `\(name) == …`"))
    }
    diagnostic.notes.append(optionsNote)
    diagnostic.arguments = [.init("callee", callee), .init("option", name)]
    return diagnostic
  }

  /// `options: lr=0.001, betas=(0.9, 0.999), eps=1e-8`
  private var optionsNote: String {
    let options = signature.parameters.filter { !$0.isVariadic }.map(\.optionText)
    return options.isEmpty ? "`\(callee)` has no options" : "options: " + options.joined(separator: ", ")
  }

  func missing(_ parameter: ParameterDefinition) -> Diagnostic {
    var diagnostic = Diagnostic(
      .missingArgument, "`\(callee)` needs `\(parameter.name)`", at: span,
      label: "`\(parameter.name)` is missing: \(parameter.kind.text)")
    diagnostic.notes.append("takes: \(callee)(\(usage))")
    diagnostic.arguments = [.init("callee", callee), .init("parameter", parameter.name)]
    return diagnostic
  }

  private var usage: String { signature.text }

  func tooMany(given: Int, at place: Span) -> Diagnostic {
    let most = signature.parameters.count { $0.isPositional }
    let takes = most == 0 ? "no arguments" : "\(most) argument\(most == 1 ? "" : "s") at most"
    let keywords = signature.parameters.filter(\.isKeywordOnly)
    var diagnostic = Diagnostic(
      .tooManyArguments, "`\(callee)` takes \(takes), found \(given)", at: place,
      label: given - most == 1 ? "one too many" : "\(given - most) too many")
    if !keywords.isEmpty {
      diagnostic.message = "`\(callee)` takes \(takes) without a name, found \(given)"
    }
    diagnostic.notes.append("takes: \(callee)(\(usage))")
    diagnostic.arguments = [.init("expected", String(most)), .init("found", String(given))]
    return diagnostic
  }

  func givenTwice(_ name: String, at place: Span, first: Span) -> Diagnostic {
    if place.start < first.start { return givenTwice(name, at: first, first: place) }
    var diagnostic = Diagnostic(
      .argumentGivenTwice, "`\(name)` of `\(callee)` is given twice", at: place, label: "again here")
    diagnostic.labels.append(Label(first, "first here"))
    diagnostic.arguments = [.init("callee", callee), .init("parameter", name)]
    return diagnostic
  }

  func wrongKind(
    _ parameter: ParameterDefinition, found: String, number: Double?, text: String?, at place: Span
  ) -> Diagnostic {
    if let number, number == number.rounded(), number.isFinite, parameter.kind == .integer {
      return beyondWhole(parameter, found: found, at: place)
    }
    let role = parameter.isVariadic ? "" : " for `\(parameter.name)`"
    var diagnostic = Diagnostic(
      .wrongKind, "`\(callee)` needs \(parameter.kind.text)\(role), found \(found)", at: place,
      label: "this is \(found)")
    diagnostic.arguments = [
      .init("callee", callee), .init("parameter", parameter.name),
      .init("expected", parameter.kind.text), .init("found", found),
    ]
    if let help = text.flatMap(parameter.unquoted) { diagnostic.helps = [Help(help)] }
    if !parameter.hint.isEmpty { diagnostic.helps = [Help(parameter.hint)] }
    if found.hasSuffix(OpenSize.kind) { diagnostic.helps = [Help("write the size")] }
    let names = found.split(separator: "`")
    if found.hasPrefix("the function `"), names.count == 2 { diagnostic.helps = [Help("call it: `\(names[1])(…)`")] }
    return diagnostic
  }

  /// A whole number so large that its neighbours cannot be told apart.
  private func beyondWhole(_ parameter: ParameterDefinition, found: String, at place: Span) -> Diagnostic {
    Diagnostic(
      .wrongKind, "`\(parameter.name)` of `\(callee)` must be a whole number within ±2^53, found \(found)",
      at: place, label: "beyond 2^53, where whole numbers are not exact")
  }

  func outOfRange(
    _ parameter: ParameterDefinition, _ range: NumberRange, found: Double, at place: Span
  ) -> Diagnostic {
    let value = messageText(found)
    guard found.isFinite else {
      return Diagnostic(
        .outOfRange, "`\(parameter.name)` of `\(callee)` must be a finite number, found \(value)", at: place)
    }
    var diagnostic = Diagnostic(
      .outOfRange, "`\(parameter.name)` of `\(callee)` must be \(range.text), found \(value)",
      at: place, label: range.text)
    diagnostic.arguments = [
      .init("callee", callee), .init("parameter", parameter.name),
      .init("expected", range.text), .init("found", value),
    ]
    return diagnostic
  }
}

extension ParameterDefinition {
  /// What to write for a name that was given as a string.
  fileprivate func unquoted(_ text: String) -> String? {
    switch kind {
    case .function where LossRegistry[text] != nil: "write `\(text)` without quotes"
    case .layer where LayerRegistry[text] != nil: "write `\(text)` without quotes"
    case .optimizer where OptimizerRules.named(text) != nil: "write `\(text)()` without quotes"
    default: nil
    }
  }

  /// `lr=0.001`, or the bare name when it has no default to show.
  var optionText: String { defaultText.map { "\(name)=\($0)" } ?? name }

  /// As `optionText`, but marks the rest.
  var usageText: String { isVariadic ? "\(name)…" : optionText }

  private var defaultText: String? {
    if let defaultNumbers {
      return "(" + defaultNumbers.map { messageText($0) }.joined(separator: ", ") + ")"
    }
    switch defaultValue {
    case nil, .none?: return nil
    case .bool(let value)?: return value ? "true" : "false"
    case .number(let value)?: return messageText(value)
    case .string(let text)?: return "\"\(text)\""
    }
  }
}

/// A number as a message shows it: shortest round-trip digits, whole numbers without a point,
/// exponents without padding (`1e-8`).
package func messageText(_ x: Double) -> String { numberText(x) }
