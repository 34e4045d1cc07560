// What can be wrong with parts of values: indices, fields, loops, destructuring, conditions.
import AdamIR
import AdamSource

extension DiagnosticCode {
  package static let notCallable = DiagnosticCode("E0206")
  package static let noSuchField = DiagnosticCode("E0208")
  package static let badIndex = DiagnosticCode("E0209")
  package static let badCondition = DiagnosticCode("E0213")
  package static let notIterable = DiagnosticCode("E0214")
  package static let wrongCount = DiagnosticCode("E0215")
}

extension Diagnostic {
  package static func noElements(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.badIndex, "\(found) has no elements", at: span, label: "indexed here")
  }

  package static func wrongIndex(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.badIndex, "an index must be a whole number, found \(found)", at: span)
  }

  package static func indexOutside(
    _ index: Int, count: Int, of what: String, at span: Span
  ) -> Diagnostic {
    let allowed = count == 0 ? "there is no element" : "allowed: \(-count) to \(count - 1)"
    var result = Diagnostic(
      .badIndex, "index \(index) is outside \(what)", at: span, label: allowed)
    result.arguments = [.init("index", String(index)), .init("count", String(count))]
    return result
  }

  package static func tooManyIndices(_ count: Int, shape: Shape, at span: Span) -> Diagnostic {
    let axes = shape.rank == 1 ? "1 axis" : "\(shape.rank) axes"
    return Diagnostic(
      .badIndex, "\(count) indices for a tensor with \(axes)", at: span,
      label: "the tensor is \(shape.text)")
  }

  package static func wrongCount(
    _ what: String, found: Int, expected: Int, at span: Span
  ) -> Diagnostic {
    let names = expected == 1 ? "1 name" : "\(expected) names"
    let values = found == 1 ? "1 value" : "\(found) values"
    var result = Diagnostic(
      .wrongCount, "\(names) for \(values)", at: span, label: "\(what) with \(values)")
    if !what.hasPrefix("a list") && !what.hasPrefix("a tuple") { result.label = "\(what): \(values)" }
    result.arguments = [.init("expected", String(expected)), .init("found", String(found))]
    return result
  }

  package static func cannotUnpack(_ found: String, expected: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .wrongCount, "cannot take \(found) apart into \(expected) names", at: span,
      label: "this is \(found)")
  }

  package static func cannotIterate(_ value: AbstractValue, at span: Span) -> Diagnostic {
    let found = value.foundText
    var result = Diagnostic(
      .notIterable, "cannot loop over \(found)", at: span, label: "this is \(found)")
    if case .number = value.kindOfValue {
      let end = value.exactNumber.map { messageText($0) } ?? "n"
      result.helps.append(Help("write `0..<\(end)` to count"))
    }
    return result
  }

  package static func condition(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .badCondition, "a condition must be true or false, found \(found)", at: span,
      label: "this is \(found)")
  }

  package static func conditionOnTensor(_ shape: Shape, at span: Span) -> Diagnostic {
    var result = Diagnostic(
      .badCondition, "a condition must be true or false, found a tensor \(shape.text)", at: span,
      label: "one value per element")
    result.helps.append(Help("say which: `all(…)` or `any(…)`; `where(c, a, b)` chooses by element"))
    return result
  }

  package static func noField(
    _ name: String, of found: String, among names: [String], at span: Span
  ) -> Diagnostic {
    var result = Diagnostic(.noSuchField, "\(found) has no field `\(name)`", at: span)
    if let meant = nearest(name, in: names) { result.label = "did you mean `\(meant)`?" }
    if !names.isEmpty {
      let more = names.count > 12 ? ", …" : ""
      result.notes.append("fields: " + names.prefix(12).joined(separator: ", ") + more)
    }
    return result
  }

  package static func cannotCall(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.notCallable, "\(found) is no function", at: span, label: "called here")
  }
}
