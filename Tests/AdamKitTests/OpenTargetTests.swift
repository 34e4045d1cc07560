// Data whose targets are a vector of numbers that the checker does not know: classes or real numbers.
import AdamKit
import AdamTestSupport
import Testing

@Suite struct OpenTargetTests {
  @Test(arguments: [
    ("batch((randn(37, 6), [i % 5 for i in 0..<37]), 8)", "linear(_, 5)", "cross_entropy"),
    ("batch((randn(9, 6), [i % 2 for i in 0..<9]), 8)", "linear(_, 1)", "bce_with_logits"),
    ("batch((randn(9, 6), randint(0, 3, [9])), 8)", "linear(_, 3)", "cross_entropy"),
    ("batch((randn(9, 6), randn(9)), 8)", "linear(_, 1), fn(x) x[:, 0]", "mse"),
    ("(randn(9, 6), [i * 0.5 for i in 0..<9])", "linear(_, 1), fn(x) x[:, 0]", "mse"),
    ("(randn(40, 6), tensor([i % 4 for i in 0..<40])) |> split(train=0.5, val=0.5)", "linear(_, 4)", "cross_entropy"),
  ]) func `the loss follows from targets that are not known before they are made`(
    _ data: String, _ layers: String, _ loss: String
  ) {
    func run(_ choice: String) -> ScriptRun {
      ScriptRun("seed 0\ndata = \(data)\nmodel = seq(\(layers))\n\(choice)\ntrain 3\nprint model.0.weight")
    }
    let (inferred, given) = (run(""), run("loss = \(loss)()"))
    #expect(!given.output.isEmpty && inferred.output == given.output, "\(inferred.text) \(given.text)")
    #expect(inferred.messages.isEmpty && given.messages.isEmpty, "\(inferred.text) \(given.text)")
  }

  @Test(arguments: [
    ("randn(9)", "linear(6, 1), fn(x) x[:, 0]", "mse", "eval data, metrics=[accuracy]"),
    ("randn(9)", "linear(6, 1)", "bce_with_logits", "train 1"),
    ("randint(0, 3, [9])", "linear(6, 3)", "cross_entropy", "eval data, metrics=[mae]"),
  ]) func `what only one kind of target would refuse waits until the kind is known`(
    _ targets: String, _ layers: String, _ loss: String, _ line: String
  ) {
    let run = ScriptRun(
      "print 1\nloss = \(loss)()\ndata = batch((randn(9, 6), \(targets)), 4)\nmodel = seq(\(layers))\n\(line)")
    #expect(run.output == "1\n" && run.messages.count == 1, "\(run.text)")
  }

  @Test func `strict mode names each loss that the targets may ask for`() {
    let record = ScriptRecord()
    var options = Session.Options()
    options.isStrict = true
    let script = "data = batch((randn(9, 6), randint(0, 3, [9])), 4)\nmodel = linear(6, 3); opt = adam()\ntrain 1"
    _ = Session.recorded(record, options: options).execute(Array(script.utf8), name: "test.adam")
    #expect(record.messages.first?.contains("`loss = mse()` or `loss = cross_entropy()`") == true, "\(record.messages)")
  }
}
