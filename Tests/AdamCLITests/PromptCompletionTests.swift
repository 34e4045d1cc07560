// What Tab offers, without a terminal.
import AdamKit
import AdamREPL
import AdamTestSupport
import Testing

@Suite struct PromptCompletionTests {
  private func session() -> Session {
    let session = Session.recorded(ScriptRecord())
    _ = session.execute(
      Array(
        """
        model = seq(linear(2, 3), relu, linear(3, 1)); opt = adam(lr=1e-3); r = (loss=1, steps=2)
        data = ([[1, 2], [3, 4]], [[1], [0]]) |> split(train=0.5, test=0.5); xs = [1, 2]; t = tensor([1, 2])
        """.utf8), name: "test.adam")
    return session
  }

  private func words(_ line: String) -> [String]? {
    guard case .words(let words) = PromptCompletion.of(Array(line.utf8), cursor: line.utf8.count, session: session())
    else { return nil }
    return words.map { $0.text + $0.suffix }
  }

  @Test(
    "questions about names and signs",
    arguments: [
      ("?linear", "linear"), ("linear?", "linear"), ("?nope", "nope"), ("?@", "@"), ("?++", "++"), ("?..<", "..<"),
      ("?[", "["), ("x + 1?", nil), ("?", nil), ("?@@", nil), ("?linear?", nil),
    ])
  func question(line: String, expected: String?) { #expect(REPL.question(Array(line.utf8)) == expected) }

  @Test(
    "words that stand alone",
    arguments: [
      (":he", ["help "]), (":", ["help ", "vars ", "shape ", "time ", "load ", "save ", "reset ", "history ", "quit "]),
      (":time o", ["on", "off"]), (":shape mod", ["model"]), (":help layer_n", ["layer_norm"]), ("?layer_n", ["layer_norm"]),
      (":nope x", []), ("adam(l", ["lr="]), ("adam(lr=1, be", ["betas="]), ("model.0.we", ["weight"]), ("model[0].bi", ["bias"]),
      ("print model.2.b", ["bias"]), ("r.", ["loss", "steps"]), ("r.st", ["steps"]), ("opt.we", ["weight_decay"]),
      ("data.te", ["test"]), ("data.train.fea", ["features"]), ("nope.", []), ("3.", []), ("model.9.", []),
      ("xs.app", ["append("]), ("t.sha", ["shape"]), ("t.resh", ["reshape("]), ("data.bat", ["batch("]), ("model.cop", ["copy("]),
    ])
  func completes(line: String, expected: [String]) {
    let found = words(line)
    // A record has methods beside its fields.
    #expect(line == "r." ? found?.prefix(2).map(\.self) == expected : found == expected, "\(line): \(found ?? [])")
  }

  @Test(
    "files",
    arguments: [
      ("csv(\"da", "da"), ("csv(\"a/b\") + csv(\"c d", "c d"), (":load scr", "scr"), (":save \"x y", "x y"), (":l ", ""),
    ])
  func files(line: String, path: String) {
    let found = PromptCompletion.of(Array(line.utf8), cursor: line.utf8.count, session: session())
    #expect(found == .files(path, isString: line.contains("\"")))
  }

  @Test func `a list has no methods of a model, a number has none`() {
    let ofList = words("xs.") ?? []
    #expect(ofList.contains("append(") && !ofList.contains("freeze(") && !ofList.contains("print("))
    #expect(words("opt.steps.") == [])
  }
}
