// The gallery's trainings reach what they promise; the long one is cut short.
import AdamTestSupport
import Testing

@Suite struct GalleryTests {
  private static func script(_ name: String) throws -> String {
    String(decoding: try ProjectFiles.bytes(of: "scripts/\(name).adam"), as: UTF8.self)
  }

  @Test(arguments: [
    ("autoencoder", "assert r.loss < 0.001; assert all(topk(err, 2).indices == [123, 7])"),
    ("gated", "s = mean(predict(data.x) > data.y); assert s > 0.85 and s < 0.95"),
    ("loop", "assert total / 8 < 0.03; assert opt.steps == 800"),
    ("poisson", "assert max(abs(model(x) - sin(x))) < 5e-3"),
  ]) func `a script of the gallery does what it says`(name: String, check: String) throws {
    let run = ScriptRun(try Self.script(name) + "\n" + check)
    #expect(run.messages.isEmpty, "\(run.text)")
  }

  @Test func `two networks against each other move towards the real numbers`() throws {
    let script = try Self.script("gan").replacing("1500", with: "150")
    let run = ScriptRun(script + "\nassert mean(made) > 0.5; assert opt_gen.steps == 150 and opt_judge.steps == 150")
    #expect(run.messages.isEmpty, "\(run.text)")
  }
}
