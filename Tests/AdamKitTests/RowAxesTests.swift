// Decision 29: axes that run over the rows of a data set line up, whatever a value went through before, and in
// a loss nothing stretches between what depends on the prediction alone and on the target alone.
import AdamTestSupport
import Testing

@Suite struct RowAxesTests {
  /// A prediction [6, 6, 1] against a target [6, 6]: all sizes fit, so that only the rows can tell.
  /// The first thing it prints is printed only by a program that passes its check.
  private static func train(_ loss: String) -> ScriptRun {
    ScriptRun(
      """
      print "started"; x = randn(6, 6, 4); data = (x, randn(6, 6)); model = linear(4, 1); opt = adam()
      loss = fn(p, y, x) \(loss); train 1
      """)
  }

  /// Refused by the check, with a message that says this.
  private static func refuses(_ loss: String, _ text: String, _ place: SourceLocation = #_sourceLocation) {
    let run = train(loss)
    #expect(run.messages.contains { $0.contains(text) }, "\(loss): \(run.messages)", sourceLocation: place)
    #expect(run.output == "", "\(loss): found by running alone", sourceLocation: place)
  }

  /// What leaves the rows in the first axis, of a prediction p [6, 6, 1], the target y [6, 6] or the input.
  static let keeping = [
    "p.squeeze(axis=2)", "p.squeeze()", "p.reshape(6, 6)", "p.reshape(6, -1)", "p[:, :, 0]", "p[:, 0..<6, 0]",
    "p[:, :, 0..<1].squeeze(axis=2)", "p[:, :, -1]", "sum(p, axis=2)", "mean(p, axis=[2])", "max(p, axis=2)",
    "norm(p, axis=2)", "std(x, axis=2)", "sum(p, axis=2, keepdims=true).reshape(6, 6)",
    "p.permute(0, 2, 1).squeeze(axis=1)", "p.permute(2, 0, 1)[0]", "p.transpose(1, 2).reshape(6, 6)",
    "p.unsqueeze(0)[0, :, :, 0]", "p.unsqueeze(2).reshape(6, 6)", "stack(p, p)[0].squeeze(axis=2)",
    "stack(p, p, axis=3)[:, :, 0, 1]", "concat(p, p, axis=2)[:, :, 1]", "concat(p, p, axis=1)[:, 0..<6, 0]",
    "softmax(p, axis=1).squeeze(axis=2)", "where(p > 0, p, 1).squeeze(axis=2)",
    "clamp(p, 0, 1).squeeze(axis=2)", "(p @ ones(1, 2))[:, :, 0]", "(x @ ones(4, 6))[:, 0]", "exp(p)[:, :, 0]",
    "argmax(x, axis=2)", "p[:, :, [0, 0]][:, :, 1]", "(p > 0)[:, :, 0]", "relu(p).squeeze(axis=2)",
    "gather(p, int(zeros(6, 6, 1)), axis=2).squeeze(axis=2)", "layer_norm(1)(p).squeeze(axis=2)",
    "min(p, 3).squeeze(axis=2)",
  ]

  @Test(arguments: keeping) func `rows stay rows through whatever keeps them apart`(value: String) {
    let straight = Self.train("mean((\(value) - y)^2) + mean(p)")
    #expect(straight.messages.filter { $0.contains(" E") } == [], "\(value): \(straight.messages)")
    Self.refuses("mean(((\(value)).transpose() - y)^2) + mean(p)", "E0304")
  }

  @Test func `rows stay rows in the parts of a tensor`() {
    // Running alone tells what the parts are.
    let run = Self.train("mean((split(x, 2, axis=2)[1][:, :, 0].transpose() - y)^2) + mean(p)")
    #expect(run.messages.contains { $0.contains("E0304") }, "\(run.messages)")
  }

  @Test(arguments: [
    "p - y.transpose()", "max(p, y.transpose())", "min(y.transpose(), p)", "where(p > 0, p, y.transpose())",
    "where(y.transpose() > 0, p, y)", "p * y.transpose()", "(p > y.transpose()) * p", "p ^ y.transpose()",
    "p % y.transpose()", "p.reshape(6, 1, 6, 1) @ y.reshape(1, 6, 1, 6)",
  ]) func `every op that stretches lines rows up`(value: String) {
    Self.refuses("{ p = p.squeeze(axis=2); mean(\(value)) }", "E0304")
  }

  @Test(arguments: [
    "p - y[:, 0..<1]", "where(p > 0, p, y[:, 0..<1])", "where(y[:, 0..<1] > 0, p, 1)", "where(true, p, y[:, 0..<1])",
    "max(p, mean(y, axis=1, keepdims=true))", "mean(p, axis=0, keepdims=true) - y",
    "mean(p, axis=1, keepdims=true) * y",
  ]) func `nothing stretches between prediction and target`(value: String) {
    Self.refuses("{ p = p.squeeze(axis=2); mean(\(value)) }", "E0304 the loss would stretch")
  }

  @Test(arguments: [
    "std(e)", "var(e)", "mean(std(e, axis=1))", "mean((e - mean(e, axis=0))^2)",
    "sum(e / norm(e, axis=1, keepdims=true))", "mean(e^2 / mean(e^2))", "mean(e^2 * y[:, 0..<1])",
    "mean(e^2 / var(y, axis=0))", "mean((p - mean(p, axis=0))^2)", "mean((y - mean(y, axis=0)) * e)",
    "mean(where(mean(e) > 0, e^2, abs(e)))", "mean(where(true, e, 0)^2)",
    "mean((p @ p.transpose() - y @ y.transpose())^2)",
  ]) func `what was compared once may stretch over what it came from`(value: String) {
    let run = Self.train("{ p = p.squeeze(axis=2); e = p - y; \(value) }")
    #expect(run.messages.filter { $0.contains(" E") } == [], "\(value): \(run.messages)")
  }

  @Test(arguments: [
    "x.transpose(0, 1)", "x.reshape(6, 6, 1)[:, :, 0].transpose()", "x[:, :, 0].transpose().unsqueeze(2)",
    "column(x[:, 0, 0]).transpose()",
  ]) func `tensors at hand keep their rows as well`(value: String) {
    let run = ScriptRun("data = (randn(6, 6, 1), randn(6, 1)) |> batch(6)\nx = data.x; print (\(value) - x).shape")
    #expect(run.messages.contains { $0.contains("E0304") }, "\(value): \(run.messages) \(run.output)")
  }

  @Test func `a condition may be a single number`() {
    let run = ScriptRun(
      """
      f = fn(x) where(sum(x) > 0, sum(x^2), sum(x))
      print grad(f, tensor([1, 2])), grad(f, tensor([-1, -2])), f(tensor([1, 2])), where(1 > 2, 3, [4, 5])
      """)
    #expect(run.output == "[2, 4] [1, 1] 5 [4, 5]\n", "\(run.messages)")
  }
}
