// What a reader sees: syntax errors in the human form, character by character.
import AdamSource
import AdamSyntax
import Testing

private func rendered(_ text: String) -> String {
  var sources = SourceMap()
  let source = SourceText(name: "x.adam", bytes: Array(text.utf8))
  let id = sources.add(source)
  return DiagnosticRenderer(style: .human, usesColor: false)
    .render(parse(source, id: id).diagnostics, sources)
}

@Test func `An unclosed bracket shows its opener and the statement after it`() {
  #expect(
    rendered("model = seq(linear(2,16), relu\nopt = adam(lr=1e-3)\n") == """
      x.adam:1:12: error[E0101]: this `(` is never closed
      1 | model = seq(linear(2,16), relu
        |            ^ opened here
      2 | opt = adam(lr=1e-3)
        | --- a new statement starts here
        = help: add `)` at the end of the line   (safe fix)

      """)
}

@Test func `Two mistakes are shown in order and counted`() {
  #expect(
    rendered("a ** 2\nif b = 1 { 2 }\n") == """
      x.adam:1:3: error[E0110]: `**` is written differently here
      1 | a ** 2
        |   ^^
        = help: powers are written `^`   (safe fix)
      x.adam:2:6: error[E0142]: a condition cannot assign
      2 | if b = 1 { 2 }
        |      ^
        = help: compare with `==`   (safe fix)
      found 2 errors

      """)
}
