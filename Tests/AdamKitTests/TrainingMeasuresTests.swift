// What a training measures and draws: metrics of the script, the table of the epochs, random numbers in a step.
import AdamTestSupport
import Testing

@Suite struct TrainingMeasuresTests {
  private static let data = """
    seed 0
    x = linspace(-1, 1, 20).reshape(20, 1)
    data = (x, 100 * x + 50) |> split(train=0.8, val=0.2, order="file") |> standardize(target=true) |> batch(8)
    model = linear(1, 1); loss = mse(); opt = adam(lr=0.05)

    """

  @Test func `a function of the script is a metric in the units of the target`() {
    let run = ScriptRun(
      Self.data + """
        fn worst(pred, y) max(abs(pred - y))
        r = train 4, metrics=[worst, mae, mse], stop=early("val_worst", mode="min", patience=9)
        p = predict(data.val)
        print close(r.val_worst, max(abs(p - data.val.targets)), rtol=1e-4), r.best.epoch, r.val_worst > r.val_mae
        e = eval data.val, metrics=[worst]
        print e.worst == r.val_worst
        """)
    #expect(run.output == "true 4 true\ntrue\n", "\(run.messages)")
  }

  @Test(arguments: [
    ("stop=early(\"val_worst\")", "so `early` cannot know what is better"),
    ("stop=early(\"val_worst\", mode=\"up\")", "min"),
    ("metrics=[worst, worst]", "two numbers called `worst`"),
    ("metrics=[fn(p, y) 1]", "a metric needs a name"),
    ("metrics=[rows]", "a metric is a single number, and `rows` gives a tensor [batch, 1]"),
    ("metrics=[sin]", "`metrics` is a list of metrics"),
  ]) func `a metric that cannot be is refused`(_ option: String, _ message: String) {
    let metrics = option.hasPrefix("metrics") ? "" : "metrics=[worst], "
    let run = ScriptRun(
      Self.data + "fn worst(pred, y) max(abs(pred - y))\nfn rows(pred, y) pred - y\ntrain 2, \(metrics)\(option)")
    #expect(run.messages.contains { $0.contains(message) }, "\(run.messages)")
  }

  @Test func `the history has a row for each epoch, none where nothing was validated`() {
    let run = ScriptRun(
      Self.data + """
        r = train 3, val=every(2), metrics=[mae]
        h = r.history
        print h.epoch, len(h.loss), h.val_loss[0], h.val_loss[1] == r.val_loss, h.val_mae[2], h[1].epoch, h[-1].loss == r.loss
        for row in h { print row.epoch }
        on epoch { print val_loss == none }
        r = train 5 steps, val=every(4)
        print r.epochs, r.steps, len(r.history.loss), r.history.val_loss[1] == r.val_loss
        """)
    #expect(
      run.output == "[1, 2, 3] 3 none true none 2 true\n1\n2\n3\ntrue\nfalse\nfalse\n2 5 3 true\n", "\(run.messages)")
  }

  /// Numbers of PyTorch: one generator draws the weights, then a batch of noise at every step.
  @Test func `random numbers in a loss are drawn anew at every step, from the one generator`() {
    let run = ScriptRun(
      """
      seed 0
      model = linear(1, 1)
      data = ([[1], [2]], [[1], [2]])
      loss = fn(pred, y) mse(pred, y + 0 * randn(2, 1)) + 0 * sum(rand(3))
      opt = sgd(lr=0)
      train 2
      print rand(1), randn(1)
      seed 0; other = linear(1, 1)
      for i in 0..<2 { a = randn(2, 1); b = rand(3) }
      print rand(1), randn(1)
      seed 1
      r = train 3, loss=fn(pred, y) mean(randn(20)) + 0 * mean(pred)
      seed 1
      print close(r.losses, [mean(randn(20)), mean(randn(20)), mean(randn(20))])
      r = train 1, loss=fn(pred, y) 0 * mean(pred) + sum(randint(3, 4, [2])) + max(randperm(4))
      print r.loss
      """)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[0] == lines[1] && lines[2] == "true" && lines[3] == "9", "\(run.text)")
  }

  @Test func `validation draws nothing, even where the loss does`() {
    let run = ScriptRun(
      Self.data + """
        loss = fn(pred, y) mse(pred, y) + 0 * mean(randn(3))
        seed 3; train 2; a = rand(1)
        reset(model); seed 3; data = data.train |> batch(8); train 2
        print a == rand(1)
        """)
    #expect(run.output == "true\n" || run.output == "[true]\n", "\(run.text)")
  }
}
