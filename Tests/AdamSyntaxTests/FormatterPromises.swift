// What formatting promises: the same program, and that a second time changes nothing.
import AdamSource
import AdamSyntax
import AdamTestSupport
import Foundation
import Testing

/// The formatted text, or nil for a text with errors and for a broken promise.
func formatted(_ text: String) -> String? {
  formatted(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
}

func formatted(_ bytes: [UInt8]) -> [UInt8]? {
  let source = SourceText(name: "test.adam", bytes: bytes)
  let result = parse(source, id: SourceID(0))
  guard !result.diagnostics.contains(where: { $0.severity == .error }) else { return nil }
  return Formatter.format(source, result.tree)
}

/// The text of all tokens and comments in order: what formatting must keep.
func contents(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { $0 > 0x20 } }

/// Every promise of the formatter about one text without syntax errors.
private func expectKept(_ bytes: [UInt8], _ name: @autoclosure () -> String) {
  guard let once = formatted(bytes) else {
    Issue.record("\(name()) cannot be formatted")
    return
  }
  if contents(once) != contents(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes) {
    Issue.record("\(name()): something that is no white space changed")
  }
  let source = SourceText(name: "", bytes: once)
  let again = Formatter.unproved(source, parse(source, id: SourceID(0)).tree)
  if again != once { Issue.record("\(name()) changes when it is formatted again") }
}

private func scripts(under folder: String) -> [String] {
  let root = ProjectFiles.root.appending(path: folder)
  let walker = FileManager.default.enumerator(atPath: root.path)
  return (walker?.compactMap { $0 as? String } ?? [])
    .filter { $0.hasSuffix(".adam") && !$0.contains(".build/") }.sorted().map { "\(folder)/\($0)" }
}

@Test(arguments: scripts(under: "scripts") + scripts(under: "Tests"))
func `A script keeps its tokens, comments and tree`(_ path: String) throws {
  let bytes = try ProjectFiles.bytes(of: path)
  let hasErrors = parsed(bytes).diagnostics.contains { $0.severity == .error }
  #expect((formatted(bytes) == nil) == hasErrors)
  if !hasErrors { expectKept(bytes, path) }
}

@Test(arguments: scripts(under: "scripts"))
func `The gallery has the one layout`(_ path: String) throws {
  let text = String(decoding: try ProjectFiles.bytes(of: path), as: UTF8.self)
  #expect(formatted(text) == text, "adam fmt \(path)")
}

@Test(arguments: GrammarCase.all.filter { $0.error == nil })
func `A case of the grammar keeps its tree`(_ item: GrammarCase) {
  expectKept(Array(item.source.utf8), item.source)
}

@Test func `Random programs keep their trees`() {
  // Debug builds are ten times slower; what is left out here the fuzz package runs.
  #if DEBUG
    let count: UInt64 = 3000
  #else
    let count: UInt64 = 10_000
  #endif
  for seed in 0..<count as Range<UInt64> {
    let program = SyntaxGenerator.program(seed: seed, size: 10)
    expectKept(Array(program.text.utf8), "program \(seed): \(program.text)")
  }
}

@Test func `Random programs reach every rule of the grammar`() {
  var rules: Set<GrammarRule> = []
  for seed in 0..<3000 as Range<UInt64> { rules.formUnion(SyntaxGenerator.program(seed: seed).rules) }
  #expect(GrammarRule.allCases.filter { !rules.contains($0) }.map(\.rawValue) == [])
}

@Test(arguments: Fixtures.scripts)
func `Line ends are kept and a byte order mark goes`(_ path: String) throws {
  let text = try Fixtures.text(path)
  let expected = try #require(formatted(text))
  #expect(formatted(text.replacing("\n", with: "\r\n")) == expected.replacing("\n", with: "\r\n"))
  #expect(formatted("\u{FEFF}" + text) == expected)
  #expect(formatted(text.replacing("\n", with: "\r")) == expected)
  #expect(formatted(String(text.dropLast())) == expected)
}
