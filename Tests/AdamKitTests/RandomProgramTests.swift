// Programs that nobody would write end in an outcome: never in a trap, and not after long.
import AdamKit
import AdamTestSupport
import Foundation
import Testing

@Suite("Random programs")
struct RandomProgramTests {
  /// Inputs that once trapped, hung or broke a promise of the formatter; `adam-fuzz` found most of them.
  static let inputs: [String] = {
    let folder = ProjectFiles.fixture("fuzz")
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted().map { "fuzz/\($0)" }
  }()

  /// Runs statement by statement; the outcomes, each checked against what was said.
  private func outcomes(_ text: [UInt8], _ name: String) -> [Session.Outcome] {
    var options = Session.Options()
    options.operationBudget = 50_000
    let record = ScriptRecord()
    let session = Session.recorded(record, options: options)
    return ([text] + statementPieces(text)).map { piece in
      record.clear()
      let outcome = session.execute(piece, name: "fuzz.adam")
      if outcome == .failed { #expect(!record.messages.isEmpty, "\(name)") }
      return outcome
    }
  }

  private func expectFormatted(_ text: [UInt8], _ name: String) {
    do throws(ScriptFormatter.Failure) {
      let once = try ScriptFormatter.format(text, name: name) { _, _ in }
      let twice = try ScriptFormatter.format(once, name: name) { _, _ in }
      #expect(twice == once, "\(name)")
    } catch {
      #expect(error == .syntaxErrors, "\(name)")
    }
  }

  @Test("an input that once did harm does none", arguments: inputs)
  func harmless(_ name: String) throws {
    let text = [UInt8](try Data(contentsOf: ProjectFiles.fixture(name)))
    expectFormatted(text, name)
    let seconds = processorSeconds { _ = outcomes(text, name) }
    #expect(seconds < 10)
  }

  /// Most of these are refused by the lexer or the parser; `adam-fuzz` damages whole scripts as well.
  @Test("random bytes end in errors", arguments: 1...3)
  func noise(seed: Int) {
    var stream = SeededRandom(seed: UInt64(seed))
    let alphabet = Array("()[]{}\"\\#,;:=+-*/^%@<>.|!_ \n0123456789eifx".utf8)
    for round in 0..<150 {
      let bytes = (0..<Int.random(in: 0..<200, using: &stream)).map { _ in
        round % 3 == 0 ? UInt8.random(in: 0...255, using: &stream) : alphabet.randomElement(using: &stream) ?? 0
      }
      _ = outcomes(bytes, "\(bytes)")
      expectFormatted(bytes, "\(bytes)")
    }
  }

  @Test("plausible programs end with a message or without an error")
  func plausible() {
    var counts: [Session.Outcome: Int] = [:]
    for seed in 0..<100 as Range<UInt64> {
      let text = Array(ProgramGenerator.program(seed: seed).utf8)
      for outcome in outcomes(text, "seed \(seed)") { counts[outcome, default: 0] += 1 }
      expectFormatted(text, "seed \(seed)")
    }
    // They would prove little if few statements ran.
    #expect(counts[.completed, default: 0] > 200)
  }
}
