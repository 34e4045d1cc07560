// Losses with settings: as values, in calls and in trainings.
import AdamTestSupport
import Testing

@Suite struct LossTests {
  @Test func `a loss keeps its settings as a value`() {
    let run = ScriptRun(
      """
      l = huber(delta=2)
      print l; print l([[0, 3]], [[0, 0]]); print huber([[0, 3]], [[0, 0]], delta=1)
      print l == huber(delta=2), l == huber(delta=1)
      """)
    // torch: HuberLoss(delta=2) gives 2·(3 − 1) / 2, delta=1 gives (3 − 0.5) / 2.
    #expect(run.output == "huber(delta=2)\n2\n1.25\ntrue false\n", "\(run.text)")
  }

  @Test(arguments: [("l1", 0.25), ("huber", 0.25), ("huber(delta=0.5)", 0.125)]) func `a training uses the loss with its settings`(
    _ loss: String, slope: Double
  ) {
    // One weight on x = 1, y = 9: the derivatives are -delta, or -1.
    let run = ScriptRun(
      """
      model = seq(linear(1, 1, bias=false)); data = ([[1]], [[9]]); opt = sgd(lr=0.25); loss = \(loss)
      w = model.0.weight; train 1; print close(model.0.weight - w, [[\(slope)]], atol=1e-6)
      """)
    #expect(run.output == "true\n", "\(run.text)")
  }

  @Test(arguments: [
    ("huber(delta=0)", "delta"), ("huber([[1]], [[1, 2]])", "`huber`"), ("l1([1], [1, 2])", "`l1`"),
    ("nll([1, 2], [0])", "`nll`"), ("huber(delta=1)([[1]])", "`huber` needs a prediction and a target"),
    ("softplus([1], threshold=100)", "threshold"),
  ]) func `what a loss cannot take is said`(script: String, part: String) {
    let run = ScriptRun("print \(script)")
    #expect(run.text.contains(part) && run.output.isEmpty, "\(run.text)")
  }

  @Test(arguments: [("train=0.9, val=0.1", "val"), ("train=0.1, test=0.9", "")]) func `a part of a split without rows is an error`(
    shares: String, empty: String
  ) {
    let run = ScriptRun("d = ([[1], [2], [3], [4]], [[1], [2], [3], [4]]) |> split(\(shares), order=\"file\")\nprint d.train.rows")
    #expect(run.text.contains("`\(empty)` would get none of the 4 rows") == !empty.isEmpty, "\(run.text)")
  }
}
