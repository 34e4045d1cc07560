// When the exact warnings fire, in their words, and when they do not.
import AdamTestSupport
import Foundation
import Testing

@testable import AdamKit
@testable import AdamSemantics
@testable import AdamSyntax

private let houses = ["house.csv": "rooms,price\n3,1\n4,2\n5,2\n2,1\n"]

@Suite("Warnings (Golden)") struct WarningGoldenTests {
  private func scripts(_ file: String) throws -> [String] {
    let place = ProjectFiles.root.appendingPathComponent("Tests/Golden/warnings/\(file)")
    return try String(contentsOf: place, encoding: .utf8).components(separatedBy: "---\n")
  }

  @Test("the warnings are the recorded ones, one for each script")
  func firing() throws {
    var found = ""
    for script in try scripts("firing.adam") {
      let said = Said(script, files: houses)
      let warnings = said.diagnostics.filter { $0.severity == .warning }
      #expect(Set(warnings.map(\.code)).count == 1 && warnings.count <= 2, "\(script)\(said.rendered)")
      found += script + "=>\n" + said.rendered + "\n"
    }
    let golden = ProjectFiles.root.appendingPathComponent("Tests/Golden/warnings/firing.expected")
    if ProcessInfo.processInfo.environment["ADAM_BLESS"] == "1" {
      try found.write(to: golden, atomically: true, encoding: .utf8)
    }
    #expect(found == (try? String(contentsOf: golden, encoding: .utf8)))
  }

  @Test("scripts that are as they should be hear no warning")
  func quiet() throws {
    for script in try scripts("quiet.adam") {
      let said = Said(script, files: houses)
      #expect(said.codes.isEmpty && said.outcome == .completed, "\(script)\(said.rendered)")
    }
  }

  @Test(
    "the text of the gallery and of the language's scripts hears none",
    arguments: ["scripts", "Tests/Fixtures/grammar/scripts"])
  func gallery(_ folder: String) throws {
    let texts = try ProjectFiles.scripts(in: folder)
    #expect(texts.count >= 5)
    for text in texts {
      let source = SourceText(name: "x.adam", bytes: Array(text.utf8))
      let result = parse(source, id: SourceID(0))
      #expect(result.diagnostics.isEmpty && warnings(about: result.tree).isEmpty, "\(text.prefix(80))")
    }
  }
}
