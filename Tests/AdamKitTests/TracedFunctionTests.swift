// Functions of the script as layers, activations and losses. The numbers are PyTorch 2.13's for the same
// network, seed and steps. The first run is shown with four decimals: its third line differs from
// PyTorch's by one in the eighth digit, the order of additions being ours.
import AdamTestSupport
import Testing

@Suite struct TracedFunctionTests {
  @Test func `functions as layers and a loss that reads the model train as in PyTorch`() {
    let run = ScriptRun(
      """
      seed 0
      fn swish(x, beta=1.0) x * sigmoid(beta * x)
      data = ([[1], [2], [3], [4]], [[2], [4], [6], [8]])
      model = seq(linear(1, 8), swish, fn(x) swish(x, beta=2), sin, linear(8, 1))
      loss = fn(p, y) mean((p - y)^2) + 1e-4 * sum(model.0.weight ^ 2)
      opt = adam(lr=1e-2)
      on epoch every 10 { print "{loss:.4f}" }
      train 50
      """)
    #expect(run.output == "23.4129\n18.6496\n13.9296\n10.3361\n7.9260\n", "\(run.messages)")
  }

  @Test func `reshapes, slices, a second network and a number that a block changes`() {
    let run = ScriptRun(
      """
      seed 0
      data = ([[1, 2], [2, 3], [3, 4], [4, 5]], [[2], [4], [6], [8]])
      model = seq(linear(2, 8), fn(x) reshape(x, -1, 2, 4).sum(axis=1), tanh, fn(x) x[:, 1..<3] * x[0, 0], linear(2, 1))
      other = linear(1, 1)
      beta = 0.5
      fn pinball(pred, y, q=0.9) { e = y - pred; mean(max(q * e, (q - 1) * e)) }
      loss = fn(p, y) pinball(p, y) + beta * mean(other(p)^2)
      opt = adam(lr=1e-1)
      on epoch { print "{loss:.6f}"; beta = beta * 0.5 }
      train 6
      print "{other.weight[0, 0]:.6f}"
      """)
    let expected = "4.679976\n4.308171\n4.093362\n3.934083\n3.792142\n3.626546\n-0.506635\n"
    #expect(run.output == expected, "\(run.messages)")
  }

  @Test func `frozen layers keep their weights and everything else trains`() {
    let run = ScriptRun(
      """
      a = freeze(linear(1, 1)); b = linear(1, 1)
      model = seq(a, b); data = ([[1], [2]], [[1], [2]])
      u, v = a.weight[0, 0], b.weight[0, 0]
      train 5
      print u == a.weight[0, 0], v == b.weight[0, 0]
      unfreeze(model); train 1
      print u == a.weight[0, 0]
      """)
    #expect(run.output == "true false\nfalse\n", "\(run.messages)")
  }

  @Test func `eval and predict use functions too`() {
    let run = ScriptRun(
      """
      x = [[1], [2]]; y = [[1], [2]]
      data = (x, y)
      model = seq(linear(1, 1), fn(x) x * 2)
      loss = fn(p, y, x) mean((p - y)^2 * x)
      p = predict(x)
      print close(eval(data).loss, mean((p - tensor(y))^2 * tensor(x)))
      """)
    #expect(run.output == "true\n", "\(run.messages)")
  }

  private static let head = "data = ([[1, 2], [2, 3]], [[2], [4]])\nmodel = linear(2, 1)\n"

  @Test(
    "what a compiled step cannot do is an error at its place",
    arguments: [
      ("loss = fn(p, y) { if mean(p) > 0 { mse(p, y) } else { 0 } }", "3:22 E0306"),
      ("loss = fn(p, y) { print p; mse(p, y) }", "3:25 E0306"),
      ("loss = fn(p, y) { s = \"{p}\"; mean(p) }", "3:23 E0306"),
      ("loss = fn(p, y) p - y", "3:8 E0303 a loss is a single number"),
      ("loss = fn(p, y) 0", "4:1 E0407"), ("loss = fn(p) mean(p)", "4:1 E0204"),
      ("loss = fn(p, y) mean((p - y[:, 0])^2)", "3:23 E0304"),
      ("loss = fn(p, y) q", "3:17 E0201"), ("model = seq(linear(2, 8), fn(x) x @ zeros(7, 3), linear(2, 1))", "3:33 E0304"),
      ("loss = 3", "3:8 E0210"), ("loss = fn(p, y) mse(p, y + randint(0, 3))", "3:28 E0306"),
      ("loss = fn(p, y) { eval data; mse(p, y) }", "3:19 E0306"),
      ("on epoch { freeze(model) }\ntrain 3, loss=mse", "4:1 E0216"),
    ])
  func refused(line: String, error: String) {
    let run = ScriptRun(Self.head + line + "\ntrain 1")
    let errors = run.messages.filter { !$0.contains(" warning ") }
    #expect(errors.count == 1 && errors[0].hasPrefix(error), "\(errors)")
  }
}
