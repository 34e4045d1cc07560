// Every name has its page, every page is whole, and every example prints what the page shows.
import AdamFormulas
import AdamKit
import AdamLibrary
import AdamSyntax
import AdamTestSupport
import Foundation
import Testing

@Suite struct DocumentationTests {
  /// Words of the language that this version does not run have no page.
  static let later: Set<String> = ["sweep", "export", "resume"]
  /// Their pages have no example that could run here.
  static let withoutExample: Set<String> = ["import", "ans"]

  @Test func `every name, keyword and verb has a page`() {
    let words = TokenKind.keywords.map(\.0) + Verb.allCases.map(\.rawValue) + Environment.standard.names
      + Environment.standard.constants.keys
    for word in words where !Self.later.contains(word) { #expect(Documentation(of: word) != nil, "\(word)") }
    #expect(Documentation.names.count == Set(Documentation.names).count)
  }

  @Test func `every sign and every op leads to a page`() {
    let signs = TokenKind.punctuation.map(\.0) + ["\"", "#"]
    let ops = ["matmul", "slice", "add", "sub", "mul", "div", "neg", "pow", "remainder", "eq", "logical_and"]
    for word in signs + ops {
      guard case .found(let text) = Documentation.answer(to: word) else {
        Issue.record("`\(word)` has no page")
        continue
      }
      #expect(text.contains("Example:"), "\(word)")
    }
    #expect(LanguageWords.leads.values.allSatisfy { Documentation(of: $0) != nil })
    #expect(Self.text("matmul").contains("torch.matmul") && Self.text("slice").contains("x[:, 1...]"))
    #expect(Self.text("Dense").contains("linear(in, out)"))
  }

  /// What a page of this group must say, by the title it has on the page.
  private static func required(_ group: String) -> [String] {
    switch group {
    case "layer", "loss", "metric": ["Kind", "Shape", "Formula", "Source"]
    case "optimizer": ["Kind", "Formula", "Source"]
    case "tensor", "random": ["Kind", "Shape", "Source"]
    case "math", "initializer": ["Kind", "Source"]
    default: ["Kind"]
    }
  }

  /// Layers that are what their parts make of them.
  private static let composed: Set<String> = ["flatten"]

  @Test(arguments: Documentation.names) func `a page is whole`(name: String) throws {
    let page = try #require(Documentation(of: name))
    let lines = page.text.split(separator: "\n").map(String.init)
    for title in Self.required(page.group) where !(title == "Formula" && Self.composed.contains(name)) {
      #expect(
        lines.contains { $0.hasPrefix(title + " ") },
        "\(name) has no \(title.lowercased()): say it in the `page:` of its definition")
    }
    #expect(lines.contains("Example:") != Self.withoutExample.contains(name), "\(name) needs an example")
    #expect(!page.related.isEmpty && page.related.allSatisfy { Documentation(of: $0) != nil }, "\(page.related)")
    #expect(lines.allSatisfy { $0.count <= 100 }, "\(name) is too wide")
    let quoted = name == "\"" ? "\\\"" : name
    #expect(page.json.hasPrefix("{\"schema\":1,\"name\":\"\(quoted)\""))
  }

  @Test(arguments: Documentation.names) func `an example prints what the page shows`(name: String) throws {
    let example = try #require(Documentation(of: name)).example
    let shown = example.split(separator: "\n").compactMap { line in
      line.firstRange(of: "# prints: ").map { String(line[$0.upperBound...]) + "\n" }
    }
    #expect(!shown.isEmpty || Self.withoutExample.contains(name), "the example of \(name) shows nothing")
    let path = "scripts/data/iris.csv"
    let table = try String(contentsOfFile: AdamProgram.root + "/" + path, encoding: .utf8)
    #expect(ScriptRun(example, files: MemoryFiles([path: table])).text == shown.joined(), "\(name)")
  }

  private static func text(_ word: String) -> String {
    switch Documentation.answer(to: word) {
    case .found(let text), .unknown(let text): text
    }
  }

  @Test func `a part of a name finds the names that have it`() {
    let page = Self.text("norm")
    #expect(page.hasPrefix("norm(x") && page.contains("Other names with `norm`") && page.contains("  layer_norm"))
    #expect(Self.text("stand").contains("standardize"))
    #expect(Self.text("adam").contains("adamw"))
    #expect(Self.text("cumulative").isEmpty == false)
  }

  @Test func `an unknown name is told with the nearest one, a foreign word with ours`() {
    #expect(Self.text("lineer") == "nothing is called `lineer`; did you mean `linear`?")
    #expect(Self.text("zzz") == "nothing is called `zzz`")
    #expect(Self.text("elif").contains("write `else if`"))
  }

  @Test func `the list has every name once`() {
    let rows = Documentation.overview.split(separator: "\n").filter { $0.hasPrefix("  ") }
    let names = rows.compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(names.sorted() == Documentation.names)
    #expect(rows.allSatisfy { $0.count <= 80 })
  }
}
