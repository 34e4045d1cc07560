// The three forms of a diagnostic, character by character.
import AdamSource
import Testing

@Suite("Rendering of diagnostics")
struct RenderingTests {
  private static let net = "data = 1\nmodel = seq(linear(2,16), relu, linear(8,1))\n"

  private func span(_ text: String, _ part: String, _ id: SourceID) -> Span {
    let bytes = Array(text.utf8)
    let needle = Array(part.utf8)
    let start = (0...(bytes.count - needle.count)).first { Array(bytes[$0..<($0 + needle.count)]) == needle } ?? 0
    return Span(id, Int32(start), Int32(start + needle.count))
  }

  private func example() -> (Diagnostic, SourceMap) {
    var sources = SourceMap()
    let text = RenderingTests.net
    let id = sources.add(SourceText(name: "net.adam", bytes: Array(text.utf8)))
    var diagnostic = Diagnostic(
      DiagnosticCode("E0301"), "layer 3 takes 8 inputs but layer 2 produces 16",
      at: span(text, "linear(8,1)", id), label: "takes [batch, 8]")
    diagnostic.labels = [
      Label(span(text, "linear(2,16)", id), "makes [batch, 16]"),
      Label(span(text, "relu", id), "keeps [batch, 16]"),
    ]
    diagnostic.helps = [
      Help("write `linear(16,1)` here", edits: [Edit(span(text, "8,1", id), "16,1")], isSafe: false)
    ]
    diagnostic.arguments = [.init("expected", "8"), .init("found", "16")]
    return (diagnostic, sources)
  }

  @Test("labels hang from their places, the rightmost beside its carets")
  func human() {
    let (diagnostic, sources) = example()
    #expect(
      DiagnosticRenderer(style: .human, usesColor: false).render(diagnostic, sources) == """
        net.adam:2:33: error[E0301]: layer 3 takes 8 inputs but layer 2 produces 16
        2 | model = seq(linear(2,16), relu, linear(8,1))
          |             ------------  ----  ^^^^^^^^^^^ takes [batch, 8]
          |             |             |
          |             |             keeps [batch, 16]
          |             makes [batch, 16]
          = help: write `linear(16,1)` here

        """)
  }

  @Test("the short form is the first line")
  func short() {
    let (diagnostic, sources) = example()
    #expect(
      DiagnosticRenderer(style: .short, usesColor: false).render(diagnostic, sources)
        == "net.adam:2:33: error[E0301]: layer 3 takes 8 inputs but layer 2 produces 16\n")
  }

  @Test("the JSON form is one line with byte ranges and edits")
  func json() {
    let (diagnostic, sources) = example()
    let text = DiagnosticRenderer(style: .json, usesColor: true).render(diagnostic, sources)
    #expect(text.hasPrefix(#"{"schema":1,"code":"E0301","level":"error","message":"layer 3 takes"#))
    #expect(text.contains(#""range":{"start":{"byte":41,"line":2,"col":33,"utf16":32},"end":{"byte":52,"#))
    #expect(text.contains(#""edits":[{"start":48,"end":51,"new":"16,1"}],"apply":"maybe""#))
    #expect(text.contains(#""args":{"expected":8,"found":16}"#))
    #expect(text.filter { $0 == "\n" }.count == 1)
  }

  @Test(
    "the caret stands under what it means, whatever stands before it",
    arguments: ["x = ", "\tx = ", "日本 = ", "é\u{301} = ", "🎉 = "])
  func widths(prefix: String) {
    var sources = SourceMap()
    let text = prefix + "bad"
    let id = sources.add(SourceText(name: "w", bytes: Array(text.utf8)))
    let rendered = DiagnosticRenderer(style: .human, usesColor: false)
      .render(Diagnostic(DiagnosticCode("E0"), "m", at: span(text, "bad", id)), sources)
    let lines = rendered.split(separator: "\n").map(String.init)
    let width = ["x = ": 4, "\tx = ": 8, "日本 = ": 7, "é\u{301} = ": 4, "🎉 = ": 5][prefix] ?? 0
    #expect(lines[2] == "  | " + String(repeating: " ", count: width) + "^^^")
  }

  @Test("a place on another line gets its own row, a place in another text a note")
  func severalLines() {
    var sources = SourceMap()
    let text = "a = 1\nb = 2\n"
    let id = sources.add(SourceText(name: "one", bytes: Array(text.utf8)))
    let other = sources.add(SourceText(name: "two", bytes: Array("c".utf8)))
    var diagnostic = Diagnostic(DiagnosticCode("E0"), "m", at: span(text, "b", id), label: "here")
    diagnostic.labels = [Label(span(text, "a", id), "first"), Label(Span(other, 0, 1), "there")]
    #expect(
      DiagnosticRenderer(style: .human, usesColor: false).render(diagnostic, sources) == """
        one:2:1: error[E0]: m
        1 | a = 1
          | - first
        2 | b = 2
          | ^ here
          = two:1:1: there

        """)
  }

  @Test("a very long line is cut around the place")
  func longLine() {
    var sources = SourceMap()
    let text = String(repeating: "a", count: 100_000) + " bad " + String(repeating: "b", count: 100_000)
    let id = sources.add(SourceText(name: "w", bytes: Array(text.utf8)))
    let rendered = DiagnosticRenderer(style: .human, usesColor: false)
      .render(Diagnostic(DiagnosticCode("E0"), "m", at: span(text, "bad", id)), sources)
    #expect(rendered.utf8.count < 600)
    let lines = rendered.split(separator: "\n").map(Array.init)
    let caret = lines[2].firstIndex(of: "^") ?? 0
    #expect(String(lines[1][caret..<(caret + 3)]) == "bad")
  }

  @Test("a line of millions of bytes is rendered at once")
  func hugeLine() {
    var sources = SourceMap()
    let text = String(repeating: "é", count: 1_000_000) + " bad"
    let id = sources.add(SourceText(name: "w", bytes: Array(text.utf8)))
    let rendered = DiagnosticRenderer(style: .human, usesColor: false)
      .render(Diagnostic(DiagnosticCode("E0"), "m", at: Span(id, 2_000_001, 2_000_004)), sources)
    let lines = rendered.split(separator: "\n").map(Array.init)
    #expect(rendered.hasPrefix("w:1:1000002: error[E0]: m\n1 | …é"))
    let caret = lines[2].firstIndex(of: "^") ?? 0
    #expect(String(lines[1][caret..<min(caret + 3, lines[1].count)]) == "bad")
  }

  @Test("a list shows twenty errors and counts the rest")
  func lists() {
    var sources = SourceMap()
    let id = sources.add(SourceText(name: "w", bytes: Array("x".utf8)))
    let error = Diagnostic(DiagnosticCode("E0"), "m", at: Span(id, 0, 1))
    let short = DiagnosticRenderer(style: .short, usesColor: false)
    let line = "w:1:1: error[E0]: m\n"
    #expect(short.render([], sources) == "")
    #expect(short.render([error], sources) == line)
    #expect(short.render([error, error], sources) == line + line + "found 2 errors\n")
    let many = short.render(Array(repeating: error, count: 500), sources)
    #expect(many == String(repeating: line, count: 20) + "and 480 more\nfound 500 errors\n")
    let json = DiagnosticRenderer(style: .json, usesColor: false)
    #expect(json.render([error, error], sources).split(separator: "\n").count == 2)
  }

  @Test(
    "the nearest name is offered, and none when none is near",
    arguments: [
      ("lineer", "linear"), ("liner", "linear"), ("adm", "adam"), ("adma", "adam"), ("nope", nil),
      ("pg_enum", nil), ("x", nil), ("trian", "train"),
    ] as [(String, String?)])
  func suggestions(word: String, expected: String?) {
    #expect(nearest(word, in: ["linear", "adam", "relu", "train", "print"]) == expected)
  }

  @Test("a place beyond the text is shown at its end")
  func beyond() {
    var sources = SourceMap()
    let id = sources.add(SourceText(name: "w", bytes: Array("ab".utf8)))
    let rendered = DiagnosticRenderer(style: .human, usesColor: false)
      .render(Diagnostic(DiagnosticCode("E0"), "m", at: Span(id, 2, 2)), sources)
    #expect(rendered.contains("  |   ^"))
  }
}
