// Damaged scripts never end the process or hang: a missing quote and random bytes.
import AdamKit
import AdamTestSupport
import Testing

@Suite("Damaged scripts")
struct DamagedScriptTests {
  /// A fixed stream, so that a failure can be repeated.
  private struct Stream: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }
  }

  @Test("a missing quote does not hang the parser")
  func missingQuote() {
    let seconds = processorSeconds {
      let run = ScriptRun("on epoch every 5 { print {epoch:02d}: loss = {loss:.6f}\" }\ntrain 50")
      #expect(run.outcome == .failed)
    }
    #expect(seconds < 2)
  }

  @Test("random bytes end in errors", arguments: 1...3)
  func noise(seed: Int) {
    var stream = Stream(state: UInt64(seed))
    let alphabet = Array("()[]{}\"\\#,;:=+-*/^%@<>.|!_ \n0123456789eifx".utf8)
    for round in 0..<150 {
      let count = Int.random(in: 0..<200, using: &stream)
      let bytes = (0..<count).map { _ in
        round % 3 == 0 ? UInt8.random(in: 0...255, using: &stream) : alphabet.randomElement(using: &stream) ?? 0
      }
      let record = ScriptRecord()
      var options = Session.Options()
      options.operationBudget = 10_000
      let outcome = Session.recorded(record, options: options).execute(bytes, name: "t")
      #expect(outcome == .completed || !record.messages.isEmpty, "\(bytes)")
    }
  }
}
