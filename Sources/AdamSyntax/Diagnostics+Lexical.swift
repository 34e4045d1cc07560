// Messages about characters, numbers, strings and sizes (codes E0103–E0111, E0115, E0116).
import AdamSource

extension DiagnosticCode {
  package static let foreignCharacter = DiagnosticCode("E0103")
  package static let unclosedString = DiagnosticCode("E0104")
  package static let malformedNumber = DiagnosticCode("E0105")
  package static let unknownEscape = DiagnosticCode("E0106")
  package static let doubledBrace = DiagnosticCode("E0107")
  package static let brokenInterpolation = DiagnosticCode("E0108")
  package static let formatSpec = DiagnosticCode("E0109")
  package static let foreignToken = DiagnosticCode("E0110")
  package static let encoding = DiagnosticCode("E0115")
  package static let tooLarge = DiagnosticCode("E0116")
}

extension Diagnostic {
  /// A help with one edit.
  static func fix(_ text: String, _ span: Span, _ replacement: String, isSafe: Bool = true) -> Help {
    Help(text, edits: [Edit(span, replacement)], isSafe: isSafe)
  }

  func with(_ helps: Help...) -> Diagnostic {
    var copy = self
    copy.helps += helps
    return copy
  }

  func pointing(to span: Span, _ text: String) -> Diagnostic {
    var copy = self
    copy.labels.append(Label(span, text))
    return copy
  }

  func noting(_ text: String) -> Diagnostic {
    var copy = self
    copy.notes.append(text)
    return copy
  }

  // MARK: Whole texts

  static func textTooLarge(_ span: Span, _ count: Int) -> Diagnostic {
    Diagnostic(
      .tooLarge, "the script has \(count) bytes; the limit is \(SyntaxLimit.textBytes)", at: span
    ).with(Help("keep data in files of its own: `csv(\"data.csv\")`"))
  }

  static func notAScript(_ span: Span, _ kind: String) -> Diagnostic {
    Diagnostic(.encoding, "the file \(kind)", at: span)
  }

  static func nulByte(_ span: Span, _ offset: Int) -> Diagnostic {
    Diagnostic(.encoding, "NUL byte at offset \(offset)", at: span, label: "scripts are text")
  }

  static func invalidUTF8(_ span: Span, _ offset: Int) -> Diagnostic {
    Diagnostic(.encoding, "invalid UTF-8 at byte \(offset)", at: span)
      .with(Help("save the file as UTF-8"))
  }

  // MARK: Characters and names

  /// `replacement` is what the character stands for; empty: nothing; nil: nothing is known.
  static func unexpectedCharacter(_ span: Span, _ scalar: Unicode.Scalar, _ replacement: String?)
    -> Diagnostic
  {
    let found = Diagnostic(
      .foreignCharacter, "unexpected character \(describe(scalar))", at: span)
    switch replacement {
    case nil:
      let isLetter = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      return isLetter
        ? found.with(Help("names and numbers are written with a–z, A–Z, 0–9 and _")) : found
    case "": return found.with(fix("delete it", span, ""))
    case " ": return found.with(fix("write a space", span, " "))
    case .some(let text):
      var asked = found
      asked.message += "; did you mean '\(text)'?"
      return asked.with(fix("write `\(text)`", span, text))
    }
  }

  /// `U+2212 '−'`; invisible characters by their number only.
  private static func describe(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    let number = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    switch scalar.properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned,
      .privateUse, .nonspacingMark, .enclosingMark:
      return number
    default: return "\(number) '\(scalar)'"
    }
  }

  static func nameTooLong(_ span: Span) -> Diagnostic {
    Diagnostic(
      .tooLarge, "a name has at most \(SyntaxLimit.nameBytes) bytes, this one has "
        + "\(span.end - span.start)", at: span)
  }

  // MARK: Numbers

  static func malformedNumber(_ span: Span, _ text: String, _ repair: NumberRepair?) -> Diagnostic {
    let found = Diagnostic(.malformedNumber, "`\(text)` is not a number", at: span)
    guard let repair else {
      return found.with(Help("numbers are written `1_000`, `0.5` or `1e-3`"))
    }
    return found.with(
      fix("write `\(repair.replacement)`", span, repair.replacement, isSafe: repair.isSafe))
  }

  static func malformedField(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(.malformedNumber, "`\(text)` is neither a name nor a position", at: span)
      .with(Help("fields are written `a.name` or `a.0`"))
  }

  static func numberTooLarge(_ span: Span) -> Diagnostic {
    Diagnostic(.malformedNumber, "the number is too large (the largest is 1.8e308)", at: span)
  }

  static func numberNotExact(_ span: Span) -> Diagnostic {
    Diagnostic(
      .malformedNumber, "a whole number beyond 9007199254740992 (2^53) is not exact", at: span
    ).with(Help("write it with an exponent, such as `1e20`, if it may be rounded"))
  }

  // MARK: Strings

  static func unclosedString(_ opening: Span, lineEnd: Span) -> Diagnostic {
    Diagnostic(.unclosedString, "this string is never closed", at: opening, label: "opened here")
      .with(Help("end it with `\"` on the same line", edits: [Edit(lineEnd, "\"")]))
  }

  /// The closing quote stands inside an interpolation.
  static func bracelessString(_ quote: Span, opening: Span, brace: Span) -> Diagnostic {
    Diagnostic(
      .unclosedString, "this string is never closed: its last `\"` stands inside `{`", at: opening,
      label: "opened here"
    ).pointing(to: brace, "this `{` is not closed")
      .with(Help("close the brace", edits: [Edit(Span(quote.source, quote.start, quote.start), "}")]))
  }

  static func unclosedInterpolation(_ brace: Span) -> Diagnostic {
    Diagnostic(
      .brokenInterpolation, "this `{` is not closed on its line", at: brace, label: "opened here"
    ).with(
      Help("a string ends on its line; compute the value before, or write `\\{` for a brace"))
  }

  static func stringTooLong(_ span: Span) -> Diagnostic {
    Diagnostic(
      .tooLarge, "a string has at most \(SyntaxLimit.stringBytes) bytes", at: span)
  }

  static func unknownEscape(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(.unknownEscape, "`\(text)` is not an escape", at: span).with(
      fix("write `\\\(text)` for a backslash", span, "\\" + text, isSafe: false),
      Help("escapes are \\n \\t \\r \\\" \\\\ \\{ \\} and \\u{20AC}"))
  }

  static func invalidScalar(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(.unknownEscape, "`\(text)` names no character", at: span).with(
      Help("write one to six hexadecimal digits: `\\u{20AC}`"))
  }

  static func doubledBrace(_ opening: Span, closing: Span?) -> Diagnostic {
    var edits = [Edit(opening, "\\{")]
    if let closing { edits.append(Edit(closing, "}")) }
    return Diagnostic(.doubledBrace, "a brace in a string is written `\\{`", at: opening)
      .with(Help("write `\\{`", edits: edits, isSafe: true))
  }

  static func formatSpec(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(.formatSpec, "`\(text)` is not a number format", at: span)
      .noting("a format is [[fill]<>^][+][0][width][,][.precision][d f e g % s x]")
      .with(Help("write for example `.3f`, `8.2f`, `>10`, `.1%` or `02d`"))
  }

  // MARK: Quotes and tokens of other languages

  static func singleQuotes(_ span: Span, _ text: String) -> Diagnostic {
    let escaped = text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\\\"")
    return Diagnostic(.foreignToken, "strings are written with `\"`", at: span)
      .with(fix("write `\"\(escaped)\"`", span, "\"\(escaped)\""))
  }

  static func strayApostrophe(_ span: Span) -> Diagnostic {
    Diagnostic(.foreignToken, "strings are written with `\"`, and a `'` belongs in one", at: span)
  }

  static func tripleQuotes(_ span: Span) -> Diagnostic {
    Diagnostic(.foreignToken, "a string ends on its line; there are no `\"\"\"`", at: span)
      .with(Help("write `\\n` for a line break; comments start with `#`"))
  }

  static func foreignQuotes(_ opening: Span, _ scalar: Unicode.Scalar, closing: Span) -> Diagnostic {
    var found = unexpectedCharacter(opening, scalar, "\"")
    found.labels.append(Label(closing, "closed here"))
    found.helps = [
      Help(
        "write `\"` at both ends", edits: [Edit(opening, "\""), Edit(closing, "\"")], isSafe: true)
    ]
    return found
  }

  static func foreignToken(_ span: Span, _ token: ForeignToken, padded: String?) -> Diagnostic {
    let found = Diagnostic(
      .foreignToken, "`\(token.spelling)` is written differently here", at: span)
    guard let padded else { return found.with(Help(token.help)) }
    return found.with(fix(token.help, span, padded, isSafe: token.isSafe))
  }

  static func slashComment(_ span: Span) -> Diagnostic {
    Diagnostic(.foreignToken, "comments start with `#`", at: span).with(fix("write `#`", span, "#"))
  }

  static func foreignWord(_ span: Span, _ word: ForeignWord) -> Diagnostic {
    let found = Diagnostic(.foreignToken, "`\(word.word)` is written differently here", at: span)
    guard let replacement = word.replacement, !replacement.isEmpty else {
      return found.with(Help(word.help))
    }
    return found.with(fix(word.help, span, replacement, isSafe: word.isSafe))
  }
}
