// The entry of this module.
import AdamSource

/// Parses a whole text. Never fails and never recurses deeper than the nesting limit; time and
/// memory are linear in the text.
package func parse(_ text: SourceText, id: SourceID) -> ParseResult {
  if let problem = TextCheck.problem(in: text.bytes, id) {
    return ParseResult(tree: SyntaxTree(source: id), diagnostics: [problem], isIncomplete: false)
  }
  var parser = Parser(text, id: id)
  parser.parseProgram()
  let diagnostics = (parser.lexer.diagnostics + parser.diagnostics)
    .enumerated().sorted { a, b in
      (a.element.span?.start ?? 0, a.offset) < (b.element.span?.start ?? 0, b.offset)
    }
    .map(\.element)
  return ParseResult(
    tree: parser.tree, diagnostics: fewest(diagnostics, in: text),
    isIncomplete: parser.isIncomplete && diagnostics.count == 1)
}

/// At most two errors of one line: one slip, such as a missing quote, turns all that follows on its
/// line into something else, and the rest would only repeat it.
private func fewest(_ diagnostics: [Diagnostic], in text: SourceText) -> [Diagnostic] {
  guard diagnostics.count > 2 else { return diagnostics }
  var kept: [Diagnostic] = []
  var line = 0
  var errorsOnLine = 0
  for diagnostic in diagnostics {
    let start = diagnostic.span?.start ?? 0
    while line + 1 < text.lineStarts.count, text.lineStarts[line + 1] <= start {
      line += 1
      errorsOnLine = 0
    }
    if diagnostic.severity == .error {
      errorsOnLine += 1
      if errorsOnLine > 2 { continue }
    }
    kept.append(diagnostic)
  }
  return kept
}
