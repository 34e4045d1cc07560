// `--set` and `--seed`: what they replace, and that neither misses.
import AdamKit
import AdamTestSupport
import Testing

@Suite struct OverrideTests {
  private func run(_ texts: String..., set: [(String, String)] = [], seed: UInt64? = nil) -> String {
    var options = Session.Options()
    options.settings = set.map { .init(name: $0.0, text: $0.1) }
    options.seed = seed
    let record = ScriptRecord()
    let session = Session.recorded(record, options: options)
    for text in texts { _ = session.execute(Array(text.utf8), name: "a.adam") }
    return record.output + record.messages.map { "! \($0)\n" }.joined()
  }

  @Test func `a setting replaces the first top-level literal of its name`() {
    #expect(run("lr = 0.1\nprint lr\nlr = 5\nprint lr", set: [("lr", "1e-3")]) == "0.001\n5\n")
    #expect(run("a = 1; b = \"x\"; c = true; print a, b, c", set: [("a", "-2"), ("b", "y = z"), ("c", "false")]) == "-2 y = z false\n")
    #expect(run("fn f() { n = 1; n }\nn = -3\nprint f(), n", set: [("n", "7")]) == "1 7\n")
    #expect(run("n = 1\nprint n", "n = 2\nprint n", set: [("n", "9")]) == "9\n2\n")
  }

  @Test(arguments: [
    (("epohcs", "3"), "E0002 `epohcs` cannot be set: the script has no top-level `epohcs = …`; help: did you mean `epochs`?"),
    (("a.b", "3"), "E0002 `a.b` cannot be set: the script has no top-level `a.b = …`"),
    (("epochs", "many"), "1:10 E0002 `epochs` is a number in the script and cannot be set to `many` (a number)"),
    (("epochs", ""), "1:10 E0002 `epochs` is a number in the script and cannot be set to `` (a number)"),
    (("epochs", "1; print 3"), "1:10 E0002 `epochs` is a number in the script and cannot be set to `1; print 3` (a number)"),
    (("flag", "1"), "2:8 E0002 `flag` is true or false in the script and cannot be set to `1` (true or false)"),
    (("data", "3"), "3:8 E0002 `data` cannot be set: its first value is no number, string, true or false (this is computed)"),
  ]) func `a setting that would change nothing is an error, and nothing runs`(setting: (String, String), message: String) {
    #expect(run("epochs = 3\nflag = true\ndata = [1]\nprint 1", "print 2", set: [setting]).hasPrefix("! " + message + "\n"))
  }

  @Test func `a seed replaces the number of the first top-level seed`() {
    let drawn = run("seed 7\nprint rand()")
    #expect(run("seed 1\nprint rand()", seed: 7) == drawn)
    #expect(run("print rand()", seed: 7) == drawn)
    #expect(run("seed(1)\nprint rand()", seed: 7) == drawn)
    #expect(run("x = 3", "seed 1\nprint rand()", seed: 7) == drawn)
  }

  @Test func `a seed inside a function and the second seed stay`() {
    let drawn = run("seed 3\nprint rand()")
    #expect(run("fn f() { seed 3; rand() }\nprint f()", seed: 7) == drawn)
    #expect(run("seed 1\nseed 3\nprint rand()", seed: 7) == drawn)
  }
}
