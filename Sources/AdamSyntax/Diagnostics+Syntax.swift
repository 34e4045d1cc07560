// Messages about structure: brackets, statements, verbs, operators, definitions.
import AdamSource

extension DiagnosticCode {
  package static let unclosed = DiagnosticCode("E0101")
  package static let unexpected = DiagnosticCode("E0102")
  package static let tooDeep = DiagnosticCode("E0111")
  package static let spacedMinus = DiagnosticCode("E0112")
  package static let chainedComparison = DiagnosticCode("E0113")
  package static let unaryPlus = DiagnosticCode("E0114")
  package static let colonSlice = DiagnosticCode("E0117")
  package static let emptyIndex = DiagnosticCode("E0118")
  package static let lambdaOperand = DiagnosticCode("E0119")
  package static let verbBound = DiagnosticCode("E0120")
  package static let verbCallComma = DiagnosticCode("E0121")
  package static let tupleMismatch = DiagnosticCode("E0122")
  package static let invalidTarget = DiagnosticCode("E0123")
  package static let missingEnd = DiagnosticCode("E0124")
  package static let leadingOperator = DiagnosticCode("E0125")
  package static let leadingPipe = DiagnosticCode("E0126")
  package static let checkNeedsGrad = DiagnosticCode("E0127")
  package static let pipeInVerb = DiagnosticCode("E0128")
  package static let trailingComma = DiagnosticCode("E0129")
  package static let breakOutside = DiagnosticCode("E0130")
  package static let returnOutside = DiagnosticCode("E0131")
  package static let elseAlone = DiagnosticCode("E0132")
  package static let unknownEvent = DiagnosticCode("E0133")
  package static let paramOutside = DiagnosticCode("E0134")
  package static let layerForward = DiagnosticCode("E0135")
  package static let functionEquals = DiagnosticCode("E0136")
  package static let duplicateParameter = DiagnosticCode("E0137")
  package static let defaultOrder = DiagnosticCode("E0138")
  package static let duplicateField = DiagnosticCode("E0139")
  package static let braceRecord = DiagnosticCode("E0140")
  package static let mixedTuple = DiagnosticCode("E0141")
  package static let assignInCondition = DiagnosticCode("E0142")
}

extension Diagnostic {
  // MARK: Brackets and unexpected tokens

  static func unclosed(_ opener: Span, _ text: String) -> Diagnostic {
    Diagnostic(.unclosed, "this `\(text)` is never closed", at: opener, label: "opened here")
  }

  static func notClosed(_ opener: Span, _ text: String, found: Span, _ foundText: String)
    -> Diagnostic
  {
    Diagnostic(
      .unclosed, "expected the `\(text)` that closes this, found \(foundText)", at: found
    ).pointing(to: opener, "opened here")
  }

  static func unexpected(_ span: Span, _ found: String, expected: String) -> Diagnostic {
    Diagnostic(.unexpected, "expected \(expected), found \(found)", at: span)
  }

  static func unmatchedCloser(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(.unexpected, "this `\(text)` closes nothing", at: span)
      .with(fix("delete it", span, "", isSafe: false))
  }

  static func tooDeep(_ span: Span) -> Diagnostic {
    Diagnostic(.tooDeep, "nesting deeper than \(SyntaxLimit.nesting)", at: span)
      .with(Help("give the inner part a name of its own"))
  }

  static func braceRecord(_ span: Span) -> Diagnostic {
    Diagnostic(.braceRecord, "`{` opens a block, not a value", at: span)
      .with(Help("records are written `(a=1, b=2)`"))
  }

  // MARK: Operators

  static func spacedMinus(_ minus: Span) -> Diagnostic {
    let after = Span(minus.source, minus.end, minus.end)
    return Diagnostic(
      .spacedMinus, "this `-` could subtract or start another value", at: minus
    ).with(
      fix("subtract: `x - 1`", after, " ", isSafe: false),
      fix(
        "another value: `x, -1`", Span(minus.source, minus.start, minus.start), ", ", isSafe: false))
  }

  static func chainedComparison(_ second: Span, first: Span) -> Diagnostic {
    Diagnostic(.chainedComparison, "comparisons do not chain", at: second)
      .pointing(to: first, "this is true or false already")
      .with(Help("write `a < b and b < c`"))
  }

  static func chainedRange(_ second: Span) -> Diagnostic {
    Diagnostic(.unexpected, "a range has one start and one end", at: second)
  }

  static func unaryPlus(_ span: Span) -> Diagnostic {
    Diagnostic(.unaryPlus, "there is no unary `+`", at: span).with(fix("delete it", span, ""))
  }

  static func notOperand(_ span: Span) -> Diagnostic {
    Diagnostic(.unexpected, "`not` needs parentheses here", at: span)
      .with(Help("write `(not x)`"))
  }

  static func lambdaOperand(_ span: Span) -> Diagnostic {
    Diagnostic(.lambdaOperand, "a function inside an operator needs parentheses", at: span)
      .noting("the body of `fn(x)` takes everything to its right")
      .with(Help("write `(fn(x) …)`"))
  }

  static func afterLambdaBlock(_ span: Span) -> Diagnostic {
    Diagnostic(.unexpected, "the function ends with its block", at: span)
      .with(Help("put parentheses around the function: `(fn(x) { … })(3)`"))
  }

  static func operatorAfterPipe(_ span: Span, _ text: String) -> Diagnostic {
    Diagnostic(.unexpected, "`\(text)` cannot follow the call after `|>`", at: span)
      .with(Help("put the pipe in parentheses: `(x |> f) \(text) …`"))
  }

  static func leadingOperator(_ span: Span, _ text: String, lineAbove: Span?) -> Diagnostic {
    let found = Diagnostic(
      .leadingOperator, "a line cannot start with `\(text)`", at: span)
    guard let lineAbove else { return found.with(Help("a value must stand before it")) }
    let gap = text == "." ? "" : " "
    return found.with(
      Help(
        "end the line above with it", edits: [Edit(lineAbove, gap + text), Edit(span, "")],
        isSafe: false))
  }

  static func leadingPipe(_ span: Span) -> Diagnostic {
    Diagnostic(.leadingPipe, "nothing stands before this `|>`", at: span)
  }

  static func colonSlice(_ span: Span, replacing edit: Edit?) -> Diagnostic {
    let found = Diagnostic(.colonSlice, "slices are written `1..<5`, `1...` or `..<5`", at: span)
    guard let edit else { return found.with(Help("`:` alone takes the whole axis")) }
    return found.with(fix("write `\(edit.text)`", edit.span, edit.text))
  }

  static func emptyIndex(_ span: Span) -> Diagnostic {
    Diagnostic(.emptyIndex, "an index needs at least one position", at: span)
      .with(Help("write `x[0]`, or `x[:]` for all"))
  }

  // MARK: Statements

  static func missingEnd(_ span: Span, _ found: String) -> Diagnostic {
    Diagnostic(.missingEnd, "expected the end of the statement, found \(found)", at: span)
      .with(Help("start a new line, or write `;` between two statements"))
  }

  static func misspelledVerb(_ span: Span, _ found: String, _ verb: String) -> Diagnostic {
    var diagnostic = Diagnostic(.missingEnd, "`\(found)` starts no statement", at: span)
    diagnostic.label = "did you mean `\(verb)`?"
    return diagnostic.with(fix("write `\(verb)`", span, verb, isSafe: false))
  }

  static func ternary(_ span: Span) -> Diagnostic {
    Diagnostic(.missingEnd, "expected the end of the statement, found `if`", at: span)
      .with(Help("a choice is written `if c { a } else { b }`"))
  }

  static func invalidTarget(_ span: Span, _ equals: Span) -> Diagnostic {
    Diagnostic(.invalidTarget, "only names, fields and elements can be assigned", at: span)
      .with(fix("compare with `==`", equals, "==", isSafe: false))
  }

  static func secondAssign(_ span: Span) -> Diagnostic {
    Diagnostic(.invalidTarget, "an assignment has no value", at: span)
      .with(
        fix("compare with `==`", span, "==", isSafe: false),
        Help("or assign twice: `a = 3; b = 3`"))
  }

  static func assignInCondition(_ span: Span) -> Diagnostic {
    Diagnostic(.assignInCondition, "a condition cannot assign", at: span)
      .with(fix("compare with `==`", span, "=="))
  }

  static func bareTuple(_ span: Span) -> Diagnostic {
    Diagnostic(.tupleMismatch, "values side by side need parentheses", at: span)
      .with(Help("write a tuple `(a, b)` or a list `[a, b]`"))
  }

  static func tupleMismatch(_ span: Span, targets: Int, values: Int) -> Diagnostic {
    var found = Diagnostic(
      .tupleMismatch,
      "\(values) values for \(targets) \(targets == 1 ? "name" : "names")", at: span)
    found.arguments = [.init("expected", "\(targets)"), .init("found", "\(values)")]
    return found.with(Help("write a tuple `(a, b)` to keep them together"))
  }

  static func breakOutside(_ span: Span, _ word: String) -> Diagnostic {
    Diagnostic(.breakOutside, "`\(word)` stands outside of a loop", at: span)
  }

  static func returnOutside(_ span: Span) -> Diagnostic {
    Diagnostic(.returnOutside, "`return` stands outside of a function", at: span)
  }

  static func elseAlone(_ span: Span) -> Diagnostic {
    Diagnostic(.elseAlone, "no `if` stands before this `else`", at: span)
      .with(Help("at the prompt write `} else {` on one line: the `if` above has run"))
  }

  // MARK: Verbs

  static func verbBound(_ span: Span, _ verb: String) -> Diagnostic {
    Diagnostic(.verbBound, "`\(verb)` is a verb and cannot be a name", at: span)
      .with(Help("choose another name, such as `\(verb)_`"))
  }

  /// `seed = 42`: as a variable it would silently seed nothing.
  static func verbAssigned(_ span: Span, _ verb: String, equals: Span) -> Diagnostic {
    let found = Diagnostic(.verbBound, "`\(verb)` is a verb and cannot be assigned", at: span)
    guard verb == Verb.seed.rawValue else {
      return found.with(Help("choose another name, such as `\(verb)_`"))
    }
    let gap = Span(span.source, span.end, equals.end)
    return found.with(fix("write `seed 42`, without `=`", gap, ""))
  }

  static func verbAsValue(_ span: Span, _ verb: String) -> Diagnostic {
    Diagnostic(.verbBound, "`\(verb)` is a verb and needs its parentheses here", at: span)
      .with(Help("write `\(verb)(…)`"))
  }

  static func verbInside(_ span: Span, _ verb: String) -> Diagnostic {
    Diagnostic(
      .missingEnd, "`\(verb)` without parentheses starts a statement and cannot stand here", at: span
    ).with(Help("write `\(verb)(…)`"))
  }

  static func verbCallComma(_ comma: Span, _ verb: String, open: Span, close: Span) -> Diagnostic {
    Diagnostic(.verbCallComma, "the parentheses end this call", at: comma)
      .pointing(to: close, "`\(verb)(` ends here")
      .with(
        Help(
          "take the rest in: `\(verb)(1, 2)`", edits: [Edit(close, "")]),
        Help("without a call: `\(verb) (1), 2`", edits: [Edit(open, " (")]))
  }

  static func trailingComma(_ comma: Span) -> Diagnostic {
    Diagnostic(.trailingComma, "this comma continues the statement", at: comma)
      .with(fix("delete it", comma, ""))
  }

  static func pipeInVerb(_ span: Span, _ verb: String) -> Diagnostic {
    Diagnostic(
      .pipeInVerb, "does `|>` take what `\(verb)` returns, or its argument?", at: span
    ).with(Help("write `\(verb)(x) |> f`"), Help("or `\(verb) (x |> f)`"))
  }

  static func checkNeedsGrad(_ span: Span) -> Diagnostic {
    Diagnostic(.checkNeedsGrad, "`check` is followed by `grad`", at: span)
      .with(Help("write `check grad` or `check grad loss`"))
  }

  static func unknownEvent(_ span: Span, _ found: String) -> Diagnostic {
    Diagnostic(.unknownEvent, "`on` is followed by `epoch` or `step`, found \(found)", at: span)
      .with(Help("write `on epoch every 5 { … }`"))
  }

  // MARK: Definitions

  static func missingBlock(_ span: Span, _ found: String) -> Diagnostic {
    let result = Diagnostic(.unexpected, "expected a block `{ … }`, found \(found)", at: span)
    return found == "`:`" ? result.with(Help("the block stands in braces: `{ … }`")) : result
  }

  static func functionEquals(_ span: Span) -> Diagnostic {
    Diagnostic(.functionEquals, "the body of a function follows without `=`", at: span)
      .with(fix("delete it", span, ""))
  }

  static func duplicateParameter(_ span: Span, _ name: String, first: Span) -> Diagnostic {
    Diagnostic(.duplicateParameter, "parameter `\(name)` stands twice", at: span)
      .pointing(to: first, "first here")
  }

  static func tooManyParameters(_ span: Span) -> Diagnostic {
    Diagnostic(.duplicateParameter, "a function has at most 255 parameters", at: span)
  }

  static func defaultOrder(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(.defaultOrder, "`\(name)` needs a default, or must stand before those with one",
      at: span)
  }

  static func duplicateField(_ span: Span, _ name: String, first: Span) -> Diagnostic {
    Diagnostic(.duplicateField, "field `\(name)` stands twice", at: span)
      .pointing(to: first, "first here")
  }

  static func mixedTuple(_ span: Span) -> Diagnostic {
    Diagnostic(.mixedTuple, "a value has named parts or plain ones, not both", at: span)
      .with(Help("records are `(a=1, b=2)`, tuples are `(1, 2)`"))
  }

  static func layerForward(_ span: Span, _ name: String) -> Diagnostic {
    Diagnostic(.layerForward, "layer `\(name)` must end with its function", at: span)
      .with(Help("write `fn(x) { … }` as the last line"))
  }

  static func paramOutside(_ span: Span) -> Diagnostic {
    Diagnostic(.paramOutside, "`param` stands outside of a layer", at: span)
      .with(Help("write it directly in `layer name(n) { … }`"))
  }
}
