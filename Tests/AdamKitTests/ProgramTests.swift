// Lowered programs: sound, and printed as text that reads back. Examples of builtins print what they say.
import AdamIR
import AdamKit
import AdamLibrary
import AdamSemantics
import AdamSource
import AdamSyntax
import AdamTestSupport
import Foundation
import Testing

private func program(_ text: String) -> Program {
  var sources = SourceMap()
  let source = SourceText(name: "test.adam", bytes: Array(text.utf8))
  return lower(parse(source, id: sources.add(source)).tree, environment: .standard)
}

/// All scripts of the golden files and of the gallery.
private func allScripts() throws -> [String] {
  let folders = ["Tests/Golden/run", "scripts"].map { ProjectFiles.root.appendingPathComponent($0) }
  return try folders.flatMap { folder in
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "adam" }
      .flatMap { try String(contentsOf: $0, encoding: .utf8).components(separatedBy: "---\n") }
  }
}

@Suite struct ProgramTests {
  @Test func `lowered programs keep the rules of programs`() throws {
    for script in try allScripts() { #expect(program(script).verify() == [], "\(script)") }
  }

  @Test func `printed programs read back to the same text`() throws {
    for script in try allScripts() {
      let text = program(script).printed()
      #expect(try Program.parse(text).printed() == text)
      #expect(try Program.parse(text).verify() == [])
    }
  }

  @Test func `the verifier names what is wrong`() throws {
    var bad = program("while true { x = 1 }\nprint x")
    bad.functions[0].instructions[1] = .jump(0)
    bad.functions[0].registerCount = 1
    let messages = bad.verify().map(\.message)
    #expect(messages.contains("jump to 0"))
    #expect(messages.contains { $0.hasPrefix("loop to") })
  }

  @Test func `a variable surely assigned is read without a test`() {
    let code = program("fn f(c) { if c { x = 1 } else { x = 2 }; x }").printed()
    #expect(!code.contains("require_set"))
    #expect(program("fn f(c) { if c { x = 1 }; x }").printed().contains("require_set"))
    #expect(program("fn f(c) { while c { x = 1 }; x }").printed().contains("require_set"))
  }
}
