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
    tree: parser.tree, diagnostics: diagnostics,
    isIncomplete: parser.isIncomplete && diagnostics.count == 1)
}
