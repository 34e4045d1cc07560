// `adam ir` at every stage of the notebook's script, held by golden files.
import AdamTestSupport
import Foundation
import Testing

@Suite("Stages (Golden)")
struct StageGoldenTests {
  @Test("seed.adam at each stage", arguments: ["tokens", "ast", "ir", "grad", "opt", "plan"])
  func stage(_ stage: String) throws {
    let result = try AdamProgram.run(["ir", "scripts/seed.adam", "--stage", stage], folder: AdamProgram.root)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    let file = URL(fileURLWithPath: AdamProgram.root)
      .appendingPathComponent("Tests/Golden/stages/seed.\(stage)")
    if ProcessInfo.processInfo.environment["ADAM_BLESS"] != nil {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(result.output.utf8).write(to: file)
      Issue.record("blessed \(file.lastPathComponent); run again without ADAM_BLESS")
    }
    let wanted = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    #expect(result.output == wanted)
    #expect(!result.output.isEmpty)
  }
}
