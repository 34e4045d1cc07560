// Warnings by name: silenced, or errors before anything runs.
import Testing

@testable import AdamKit

private func levels(allow: [String] = [], deny: [String] = []) throws -> WarningLevels {
  var levels = WarningLevels()
  for word in allow { try levels.wish(.allow, of: word) }
  for word in deny { try levels.wish(.deny, of: word) }
  return levels
}

@Suite("Levels of warnings") struct WarningLevelTests {
  @Test("a warning is left out by name and by code", arguments: ["shadow-builtin", "W0203", "w0203"])
  func allowed(_ word: String) throws {
    #expect(Said("max = 3\nprint max").codes == ["W0203"])
    #expect(Said("max = 3\nprint max", levels: try levels(allow: [word])).codes.isEmpty)
  }

  @Test("a denied warning is an error and nothing runs")
  func denied() throws {
    let said = Said("print 1 / 0.0\nmax = 3\nprint max", levels: try levels(deny: ["shadow-builtin"]))
    #expect(said.outcome == .failed)
    #expect(said.diagnostics.filter { $0.code.text == "W0203" }.map(\.severity) == [.error])
    #expect(said.rendered.contains("error[W0203 shadow-builtin]: the variable `max` hides"))
  }

  @Test("a wish about one warning weighs more than one about all")
  func precedence() throws {
    let script = "max = 3\nmax == 3"
    #expect(Said(script, levels: try levels(deny: ["warnings"])).outcome == .failed)
    let said = Said(script, levels: try levels(allow: ["shadow-builtin", "unused-value"], deny: ["warnings"]))
    #expect(said.outcome == .completed && said.codes.isEmpty)
    #expect(Said(script, levels: try levels(allow: ["warnings"])).codes.isEmpty)
  }

  @Test("a warning of a running training can be denied too, and a note by its name")
  func running() throws {
    let script = "data = ([[1], [2]], [[1], [2]])\nmodel = linear(1, 1)\ntrain 1, metrics=[mae]"
    #expect(Said(script).codes == ["W0403"])
    #expect(Said(script, levels: try levels(deny: ["no-validation"])).outcome == .failed)
    let long = "data = (zeros(2000, 1), zeros(2000, 1))\nmodel = linear(1, 1)\ntrain 1"
    #expect(Said(long, levels: try levels(deny: ["warnings"])).outcome == .completed)
    #expect(Said(long, levels: try levels(deny: ["no-batch"])).outcome == .failed)
  }

  @Test("a name that is none is refused with the nearest")
  func unknown() {
    #expect(throws: UnknownWarning(word: "shadow-bultin", meant: "shadow-builtin")) {
      try levels(deny: ["shadow-bultin"])
    }
    #expect(throws: UnknownWarning(word: "E0301", meant: nil)) { try levels(allow: ["E0301"]) }
  }
}
