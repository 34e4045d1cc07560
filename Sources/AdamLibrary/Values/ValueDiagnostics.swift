// What can go wrong while values are worked with. Messages that the checker also gives use its codes.
import AdamIR
import AdamRuntime
import AdamSource

extension DiagnosticCode {
  package static let undefinedName = DiagnosticCode("E0201")
  package static let numberOverflow = DiagnosticCode("E0219")
  package static let badConversion = DiagnosticCode("E0220")
  package static let badFormat = DiagnosticCode("E0221")
  package static let failedAssertion = DiagnosticCode("E0222")
  package static let callDepth = DiagnosticCode("E0223")
  package static let budgetExhausted = DiagnosticCode("E0224")
  package static let interrupted = DiagnosticCode("E0225")
  package static let outOfMemory = DiagnosticCode("E0226")
  package static let cannotAssign = DiagnosticCode("E0227")
  package static let outputFailed = DiagnosticCode("E0590")
  // Shared with the checker.
  static let runOperands = DiagnosticCode("E0212")
  static let runDivision = DiagnosticCode("E0217")
  static let runIndex = DiagnosticCode("E0209")
  static let runField = DiagnosticCode("E0208")
  static let runCondition = DiagnosticCode("E0213")
  static let runIteration = DiagnosticCode("E0214")
  static let runCount = DiagnosticCode("E0215")
  static let runCall = DiagnosticCode("E0206")
  static let runShapes = DiagnosticCode("E0304")
}

/// Names of value diagnostics, each built in one place.
package enum ValueError {
  package static func undefined(_ name: String, near names: [String], at span: Span) -> Diagnostic {
    var result = Diagnostic(.undefinedName, "`\(name)` is not defined", at: span)
    if let meant = nearest(name, in: names) { result.helps = [Help("did you mean `\(meant)`?")] }
    return result
  }

  package static func unset(_ name: String, at span: Span) -> Diagnostic {
    var result = Diagnostic(
      .undefinedName, "`\(name)` has no value yet", at: span, label: "read before it is assigned")
    result.notes = ["a function never rebinds names outside it: an assignment makes a local"]
    result.helps = [Help("take `\(name)` as a parameter and return the new value")]
    return result
  }

  package static func operands(
    _ phrase: String, at span: Span, helps: [String] = []
  ) -> Diagnostic {
    var result = Diagnostic(.runOperands, "cannot \(phrase)", at: span)
    result.helps = helps.map { Help($0) }
    return result
  }

  static func twoLists(at span: Span) -> Diagnostic {
    var result = Diagnostic(.runOperands, "`+` neither joins nor adds two lists", at: span)
    result.helps = [
      Help("join them: `a ++ b`"), Help("add their numbers: `tensor(a) + b`"),
    ]
    return result
  }

  static func divisionByZero(_ what: String, at span: Span) -> Diagnostic {
    Diagnostic(.runDivision, "\(what) by zero", at: span)
  }

  static func overflow(at span: Span) -> Diagnostic {
    Diagnostic(
      .numberOverflow, "the result is too large for a number", at: span,
      label: "beyond 1.797e308")
  }

  static func undefinedResult(_ what: String, at span: Span) -> Diagnostic {
    Diagnostic(.numberOverflow, "\(what) is not a number", at: span)
  }

  static func shapes(_ error: ShapeError, at span: Span) -> Diagnostic {
    var result = Diagnostic(.runShapes, error.message, at: span)
    if !error.hint.isEmpty { result.helps = [Help(error.hint)] }
    return result
  }

  package static func memory(_ error: AllocationError, at span: Span) -> Diagnostic {
    Diagnostic(.outOfMemory, error.message, at: span)
  }

  package static func runtime(_ error: RuntimeError, at span: Span) -> Diagnostic {
    switch error {
    case .allocation(let error): memory(error, at: span)
    case .shape(let error): shapes(error, at: span)
    case .index: Diagnostic(.runIndex, error.message, at: span)
    case .cancelled: Diagnostic(.interrupted, error.message, at: span)
    default: Diagnostic(.notYet, error.message, at: span)
    }
  }

  static func ragged(at span: Span) -> Diagnostic {
    Diagnostic(
      .badConversion, "the rows of this list have different lengths", at: span,
      label: "a tensor needs rows of one length")
  }

  static func notNumbers(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.badConversion, "a tensor holds numbers, found \(found)", at: span)
  }

  package static func conversion(_ message: String, at span: Span) -> Diagnostic {
    Diagnostic(.badConversion, message, at: span)
  }

  /// A string of bytes or a list of elements beyond `ValueLimit`.
  static func tooLong(_ kind: String, _ count: Int, at span: Span) -> Diagnostic {
    let unit = kind == "string" ? "bytes" : "elements"
    return Diagnostic(.badConversion, "a \(kind) of \(count) \(unit) is too long", at: span)
  }

  /// A number that is infinite as f32.
  package static func beyondFloat(_ x: Double, at span: Span) -> Diagnostic {
    Diagnostic(
      .numberOverflow, "\(messageText(x)) is too large for a tensor (the largest is 3.4e38)", at: span)
  }

  static func badIndex(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.runIndex, "an index must be a whole number, found \(found)", at: span)
  }

  /// A bool tensor: the result would have a size that only the numbers tell.
  static func mask(at span: Span) -> Diagnostic {
    var result = Diagnostic(
      .runIndex, "an index must be a whole number, found true or false for each element", at: span)
    result.helps = [Help("masks choose by element: `where(c, a, b)`; `sum(where(c, x, 0))` adds what they choose")]
    return result
  }

  /// - Parameter last: the last place that is allowed, where that is not the last element's.
  package static func indexOutside(
    _ index: Double, count: Int, last: Int? = nil, of what: String, at span: Span
  ) -> Diagnostic {
    let allowed = count == 0 ? "there is no element" : "allowed: \(-count) to \(last ?? (count - 1))"
    return Diagnostic(
      .runIndex, "index \(messageText(index)) is outside \(what)", at: span,
      label: count == 0 && last != nil ? "allowed: 0" : allowed)
  }

  static func noElements(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.runIndex, "\(found) has no elements", at: span)
  }

  /// numpy and torch pair two lists of places; others cross them. Nothing is guessed.
  static func twoGathers(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .runIndex, "two lists of places in one index may mean pairs or a table of all", at: span)
    diagnostic.helps = [Help("for the table write one index after the other: `x[[0, 1]][:, [0, 1]]`")]
    return diagnostic
  }

  static func tooManyIndices(_ count: Int, _ shape: Shape, at span: Span) -> Diagnostic {
    let axes = shape.rank == 1 ? "1 axis" : "\(shape.rank) axes"
    return Diagnostic(
      .runIndex, "\(count) indices for a tensor with \(axes)", at: span,
      label: "the tensor is \(shape.text)")
  }

  package static func noField(
    _ name: String, of found: String, among names: [String], at span: Span
  ) -> Diagnostic {
    var result = Diagnostic(.runField, "\(found) has no field `\(name)`", at: span)
    if let meant = nearest(name, in: names) { result.helps = [Help("did you mean `\(meant)`?")] }
    return result
  }

  package static func condition(_ value: Value, at span: Span) -> Diagnostic {
    var result = Diagnostic(
      .runCondition, "a condition must be true or false, found \(value.foundText)", at: span)
    if case .tensor = value { result.helps = [Help("say which: `all(…)` or `any(…)`")] }
    return result
  }

  static func notIterable(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.runIteration, "cannot loop over \(found)", at: span)
  }

  static func count(names: Int, values: Int, at span: Span) -> Diagnostic {
    let text = "\(names) name\(names == 1 ? "" : "s") for \(values) value\(values == 1 ? "" : "s")"
    return Diagnostic(.runCount, text, at: span)
  }

  static func cannotUnpack(_ found: String, into count: Int, at span: Span) -> Diagnostic {
    Diagnostic(.runCount, "cannot take \(found) apart into \(count) names", at: span)
  }

  package static func notCallable(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.runCall, "\(found) is no function", at: span)
  }

  package static func notYet(_ what: String, at span: Span) -> Diagnostic {
    .notYet(what, at: span)
  }

  static func format(_ message: String, at span: Span) -> Diagnostic {
    Diagnostic(.badFormat, message, at: span)
  }

  static func assign(_ message: String, at span: Span) -> Diagnostic {
    Diagnostic(.cannotAssign, message, at: span)
  }
}
