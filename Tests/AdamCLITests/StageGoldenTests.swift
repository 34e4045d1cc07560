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

  /// A stage is shown of every training that is reached, whatever the script makes of the results.
  @Test(arguments: ["grad", "opt", "plan"]) func `a stage is shown whatever reads the result`(stage: String) throws {
    let start = """
      model = linear(2, 1); data = (randn(8, 2), randn(8, 1)) |> split(val=0.5, train=0.5) |> batch(2);
      """ + " "
    let train = "r = train 3, metrics=[mae], stop=early(\"val_mae\", patience=2); "
    let reads = """
      print r.history.loss, r.history[0].val_mae, r.best.epoch, r.losses[2], r.val_loss, r.steps, r.val_mae;
      """ + " "
    for end in [reads + "train 1", "assert r.loss > 5", "xs = [1]; print xs[9 + int(r.loss)]"] {
      let result = try AdamProgram.run(["ir", "-", "--stage", stage], input: start + train + end)
      #expect(result.status == 0, "\(result.errors)")
      let count = result.output.split(separator: "\n").count { $0.contains(" @train_step") }
      #expect(count == (end.hasSuffix("train 1") ? 2 : 1), "\(result.output)")
      #expect(!result.errors.contains("error"), "\(result.errors)")
      #expect(result.errors.contains("what follows is not planned") != end.hasSuffix("train 1"), "\(result.errors)")
    }
    #expect(try AdamProgram.run(["ir", "-", "--stage", stage], input: start + "train 1; print nothing").status == 1)
  }
}
