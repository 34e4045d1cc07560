// Damaged scripts never end the process or hang: the gallery with single tokens deleted, swapped or
// doubled, and random bytes.
import AdamKit
import AdamTestSupport
import Foundation
import Testing

@Suite("Damaged scripts")
struct DamagedScriptTests {
  private static let scripts: [String] = {
    let folder = URL(fileURLWithPath: AdamProgram.root).appendingPathComponent("scripts")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".adam") }.sorted()
      .compactMap { try? String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }
  }()

  /// A fixed stream, so that a failure can be repeated.
  private struct Stream: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }
  }

  /// Words, numbers, strings and single signs; blanks stay with what follows them.
  private static func pieces(_ text: String) -> [String] {
    text.matches(of: /\s*(?:[A-Za-z_]\w*|\d[\w.]*|\S)/).map { String($0.output) }
  }

  private static func damaged(_ text: String, _ stream: inout Stream) -> String {
    var parts = pieces(text)
    guard parts.count > 2 else { return text }
    let place = Int.random(in: 0..<(parts.count - 1), using: &stream)
    switch Int.random(in: 0..<3, using: &stream) {
    case 0: parts.remove(at: place)
    case 1: parts.swapAt(place, place + 1)
    default: parts.insert(parts[place], at: place)
    }
    return parts.joined()
  }

  /// Trainings are shortened, for the damage is what is tried.
  private static func shortened(_ text: String) -> String {
    text.replacing(/train \d+/, with: "train 1")
      .replacing("\"scripts/", with: "\"\(AdamProgram.root)/scripts/")
  }

  /// Real tables are read; nothing is written or shown.
  private static func run(_ text: String) -> (outcome: Session.Outcome, errors: [String]) {
    var errors: [String] = []
    var options = Session.Options()
    options.operationBudget = 100_000
    let host = StandardHost.make(isCancelled: { false }).silenced
    let session = Session(host: host, options: options) { diagnostic, _ in
      if diagnostic.severity == .error { errors.append("\(diagnostic.code.text) \(diagnostic.message)") }
    }
    return (session.execute(Array(text.utf8), name: "t"), errors)
  }

  @Test("one damaged token gives two errors at most", arguments: 1...4)
  func mutants(seed: Int) {
    #expect(DamagedScriptTests.scripts.count >= 3)
    var stream = Stream(state: UInt64(seed))
    for _ in 0..<60 {
      guard let script = DamagedScriptTests.scripts.randomElement(using: &stream) else { return }
      let text = DamagedScriptTests.damaged(DamagedScriptTests.shortened(script), &stream)
      var outcome = Session.Outcome.failed
      var errors: [String] = []
      let seconds = processorSeconds { (outcome, errors) = DamagedScriptTests.run(text) }
      #expect(errors.count <= 2, "\(errors)\n\(text)")
      #expect(errors.isEmpty == (outcome == .completed), "\(errors)\n\(text)")
      #expect(seconds < 10, "\(text)")
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
