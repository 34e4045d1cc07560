// The form for programs: one object a line. Fields are added, never renamed or removed, under one
// schema number.

struct JSONRendering {
  private let diagnostic: Diagnostic
  private let sources: SourceMap

  init(_ diagnostic: Diagnostic, _ sources: SourceMap) {
    self.diagnostic = diagnostic
    self.sources = sources
  }

  var text: String {
    var fields = [("schema", "1"), ("code", quoted(diagnostic.code.text))]
    if let name = diagnostic.code.name { fields.append(("name", quoted(name))) }
    fields += [("level", quoted(diagnostic.severity.rawValue)), ("message", quoted(diagnostic.message))]
    if let span = diagnostic.span { fields += place(span) }
    fields += [
      ("primary", quoted(diagnostic.label)),
      ("labels", array(diagnostic.labels.map { object(place($0.span) + [("text", quoted($0.text))]) })),
      ("notes", array(diagnostic.notes.map(quoted))),
      ("helps", array(diagnostic.helps.map(help))),
      ("args", object(diagnostic.arguments.map { ($0.name, fact($0.value)) })),
    ]
    return object(fields) + "\n"
  }

  private func place(_ span: Span) -> [(String, String)] {
    guard let source = sources[span.source] else { return [] }
    return [
      ("file", quoted(source.name)),
      ("range", object([("start", position(span.start, source)), ("end", position(span.end, source))])),
    ]
  }

  private func position(_ offset: Int32, _ source: SourceText) -> String {
    let position = source.position(of: offset)
    return object([
      ("byte", String(offset)), ("line", String(position.line)), ("col", String(position.column)),
      ("utf16", String(position.utf16)),
    ])
  }

  private func help(_ help: Help) -> String {
    let edits = help.edits.map { edit in
      object([
        ("start", String(edit.span.start)), ("end", String(edit.span.end)), ("new", quoted(edit.text)),
      ])
    }
    return object([
      ("text", quoted(help.text)), ("edits", array(edits)), ("apply", quoted(help.isSafe ? "safe" : "maybe")),
    ])
  }

  /// Whole numbers stay numbers; everything else is a string.
  private func fact(_ text: String) -> String {
    if let number = Int(text), String(number) == text { return text }
    return quoted(text)
  }

  private func object(_ fields: [(String, String)]) -> String { JSONText.object(fields) }
  private func array(_ items: [String]) -> String { JSONText.array(items) }
  private func quoted(_ text: String) -> String { JSONText.quoted(text) }
}
