// Every code has a page, every page a code, and the scripts of a page do what it says.
import AdamTestSupport
import Foundation
import Testing

@testable import AdamKit

/// What a script says, with the texts to show it.
struct Said: Sendable {
  var diagnostics: [Diagnostic] = []
  var sources = SourceMap()
  var outcome = Session.Outcome.completed
  /// Codes of errors and warnings.
  var codes: [String] { diagnostics.filter { $0.severity != .note }.map(\.code.text) }
  var rendered: String {
    diagnostics.map { DiagnosticRenderer(style: .human, usesColor: false).render($0, sources) }.joined()
  }

  init(
    _ script: String, files: [String: String] = [:], _ circumstances: Explanation.Circumstances = .ordinary,
    levels: WarningLevels = WarningLevels()
  ) {
    var options = Session.Options()
    options.isStrict = circumstances == .strict
    options.operationBudget = circumstances == .budget ? 1_000 : 10_000_000
    options.instructionSet = circumstances == .otherMachine ? "v9" : nil
    options.settings = circumstances == .setting ? [.init(name: "rate", text: "1e-3")] : []
    options.warningLevels = levels
    let ignore: @Sendable ([UInt8]) -> Void = { _ in }
    let output = circumstances == .fullDisk ? nil : ignore
    let host = MemoryFiles(files).host(output: output, isCancelled: { circumstances == .cancelled })
    options.isInteractive = circumstances == .cancelled
    let found = Found()
    let session = Session(host: host, options: options) { diagnostic, sources in
      found.diagnostics.append(diagnostic)
      found.sources = sources
    }
    let text = Array(script.utf8)
    outcome = circumstances == .checked ? session.check(text, name: "x.adam") : session.execute(text, name: "x.adam")
    diagnostics = found.diagnostics
    sources = found.sources
  }

  private final class Found {
    var diagnostics: [Diagnostic] = []
    var sources = SourceMap()
  }

  init(_ page: Explanation, _ script: String, _ circumstances: Explanation.Circumstances) {
    self.init(script, files: Dictionary(uniqueKeysWithValues: page.files.map { ($0.key, $0.value) }), circumstances)
  }
}

extension Explanation: CustomTestStringConvertible {
  public var testDescription: String { heading }
}

@Suite("Pages about codes") struct ExplainTests {
  @Test("the wrong script of a page gives its code and no other", arguments: Explanation.all)
  func wrong(_ page: Explanation) {
    let said = Said(page, page.wrong, page.circumstances)
    let isNote = said.diagnostics.contains { $0.code == page.code && $0.severity == .note }
    let expected = isNote ? [] : [page.code.text]
    #expect(said.codes == expected, "\(said.rendered)")
  }

  @Test("the right script of a page runs without a word", arguments: Explanation.all)
  func right(_ page: Explanation) {
    let strict: Explanation.Circumstances = page.circumstances == .strict ? .strict : .ordinary
    let said = Said(page, page.right, strict)
    #expect(said.outcome == .completed && said.codes.isEmpty, "\(said.rendered)")
    #expect(!said.diagnostics.contains { $0.code == page.code })
  }

  @Test("every code of the sources has a page, and every page's code is raised")
  func complete() throws {
    let declarations = try Declarations()
    let pages = Set(Explanation.all.map(\.code.text))
    for (code, file) in declarations.files.sorted(by: { $0.key < $1.key }) {
      #expect(
        pages.contains(code),
        """
        \(code) (declared in \(file)) has no page. Add an entry `Explanation(.codeName, "title", "text", wrong: …, \
        right: …)` to the list of its family in Sources/AdamKit/Explain/; the code must be `package static let`.
        """)
    }
    #expect(declarations.unused.isEmpty, "declared and never raised, so remove them: \(declarations.unused)")
    #expect(Explanation.all.count == pages.count, "a code has two pages")
  }

  @Test("a code means one thing and a warning has a name")
  func names() throws {
    let declarations = try Declarations()
    for (name, codes) in Dictionary(grouping: Explanation.all.compactMap(\.code.name), by: { $0 }) {
      #expect(codes.count == 1, "two warnings are called \(name)")
    }
    for page in Explanation.all where page.code.text.hasPrefix("W") {
      #expect(page.code.name != nil, "\(page.heading): declare it with `name:`")
    }
    #expect(declarations.doubled.isEmpty, "declared twice with different names: \(declarations.doubled)")
  }

  @Test("pages are in the tone of the messages", arguments: Explanation.all)
  func tone(_ page: Explanation) {
    #expect(page.title.first?.isUppercase == false && !page.title.hasSuffix("."))
    #expect(page.text.hasSuffix(".") && !page.text.contains("illegal") && !page.text.contains("adam --"))
    #expect(page.page.split(separator: "\n").allSatisfy { $0.count <= 110 })
  }

  @Test("codes and names are found in any case, and slips are understood")
  func lookUp() {
    #expect(Explanation.named("e0301")?.code.text == "E0301")
    #expect(Explanation.named("shadow-builtin")?.code.text == "W0203")
    #expect(Explanation.suggestion(for: "e0310") == "E0110")
    #expect(Explanation.suggestion(for: "shadow-bultin") == "shadow-builtin")
    #expect(Explanation.named("E9999") == nil)
  }
}

/// The codes that the sources declare.
private struct Declarations {
  var files: [String: String] = [:]
  var unused: [String] = []
  var doubled: [String] = []

  init() throws {
    var constants: [(name: String, code: String)] = []
    var texts = ""
    var meanings: [String: Set<String>] = [:]
    let folder = ProjectFiles.root.appendingPathComponent("Sources")
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    for file in names.sorted() where file.hasSuffix(".swift") && !file.contains("/Explain/") {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      texts += text
      let declaration = #/static let (\w+) = DiagnosticCode\(\s*"([EWN]\d{4})"(?:, name: "([a-z0-9-]+)")?/#
      for match in text.matches(of: declaration) {
        let code = String(match.2)
        files[code] = "Sources/" + file
        constants.append((String(match.1), code))
        meanings[code, default: []].insert(match.3.map(String.init) ?? "")
      }
    }
    for constant in constants where !texts.contains(".\(constant.name)") { unused.append("\(constant.name) (\(constant.code))") }
    doubled = meanings.filter { $1.count > 1 }.map(\.key)
  }
}
