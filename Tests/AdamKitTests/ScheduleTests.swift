// Learning rates step by step against PyTorch's schedulers, trainings under them, and what is refused.
import AdamTestSupport
import Testing

@Suite struct ScheduleTests {
  static let cases = (try? Fixture.cases("schedules.json")) ?? []
  static let runs = (try? Fixture.read("schedules.json"))?["runs"].array ?? []
  private static let network = """
    seed 0; model = seq(linear(1, 8), tanh, linear(8, 1)); loss = mse()
    x = arange(12).reshape(12, 1) / 4; data = (x, sin(x))

    """

  /// Numbers of Double that differ by rounding alone: torch multiplies step by step, adam has closed forms.
  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    abs(a - b) <= tolerance * abs(b) + 1e-15
  }

  private func numbers(_ text: String) -> [Double] { text.split(separator: "\n").compactMap { Double($0) } }

  @Test(arguments: cases.indices) func `every rate is torch's`(_ index: Int) throws {
    let item = Self.cases[index]
    let optimizer = try #require(item["optimizer"].string)
    let schedule = try #require(item["script"].string)
    let settings = optimizer == "sgd" ? ", momentum=0.9" : ""
    let run = ScriptRun(
      """
      model = linear(1, 1); data = ([[1]], [[1]]); loss = mse()
      opt = \(optimizer)(lr=\(schedule)\(settings))
      on step { print opt.lr }
      train 30 steps
      """)
    let found = numbers(run.output)
    let expected = item["rates"].doubles
    #expect(found.count == expected.count, "\(run.messages)")
    for (step, (a, b)) in zip(found, expected).enumerated() {
      #expect(isClose(a, b, 1e-12), "\(schedule) step \(step): \(a), torch \(b)")
    }
  }

  @Test(arguments: runs.indices) func `losses under a schedule are torch's, momentum included`(_ index: Int) throws {
    let item = Self.runs[index]
    let optimizer = try #require(item["script"].string)
    let run = ScriptRun(Self.network + "opt = \(optimizer)\non step { print loss }\ntrain 20")
    let found = numbers(run.output)
    #expect(found.count == 20, "\(run.messages)")
    for (step, (a, b)) in zip(found, item["losses"].doubles).enumerated() {
      // Six digits at first; what rounding left grows with the steps.
      #expect(isClose(a, b, step < 10 ? 2e-6 : 2e-5), "\(optimizer) step \(step): \(a), torch \(b)")
    }
  }

  @Test func `a chain warms up, takes what is left of the training and begins anew with each train`() {
    let run = ScriptRun(
      """
      model = linear(1, 1); data = ([[1], [2], [3]], [[1], [2], [3]]) |> batch(1); loss = mse()
      opt = adam(lr=warmup(epochs(1), start=0.1) then cosine(peak=0.4, end=0.2))
      on step { print "{opt.lr:.3f}" }
      train 2
      train 4 steps
      """)
    let first = "0.200\n0.300\n0.400\n0.400\n0.350\n0.250\n"
    #expect(run.output == first + "0.200\n0.300\n0.400\n0.400\n", "\(run.messages)")
  }

  @Test func `any function is a schedule, and a block may change what it reads or set another`() {
    let run = ScriptRun(
      """
      model = linear(1, 1); data = ([[1]], [[1]]); loss = mse(); scale = 1
      opt = sgd(lr=warmup(2) then (fn(step, steps) scale * 0.1 * (1 - step / steps)))
      on step every 4 { scale = 2 }
      on step { print "{opt.lr:.3f}"; if step == 6 { opt.lr = 0.5 } }
      train 7
      """)
    #expect(run.output == "0.050\n0.100\n0.100\n0.080\n0.120\n0.080\n0.500\n", "\(run.messages)")
  }

  @Test func `show says what a schedule does to momentum`() {
    let run = ScriptRun("opt = adam(lr=one_cycle(max=3e-3))\nshow opt\nprint opt.lr")
    #expect(
      run.output == """
        adam(lr=one_cycle(max=0.003), betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=false, maximize=false)
        one_cycle moves betas[0] too: 0.95, down to 0.85 at the largest rate, and back
        one_cycle(max=0.003)

        """, "\(run.messages)")
  }

  @Test(arguments: [
    ("opt = adam(lr=warmup(10))", "`warmup` rises to the part behind it, and there is none"),
    ("opt = adam(lr=cosine(peak=1) then 0.1)", "`cosine` has no end, so nothing can come after it"),
    ("opt = adam(lr=0.1 then 0.2)", "0.1 has no end, so nothing can come after it"),
    ("opt = adam(lr=step_lr(0.1, step_size=1.5))", "needs a whole number of steps or epochs(n) for `step_size`"),
    ("opt = adam(lr=1); opt.lr = warmup(5)", "`warmup` rises to the part behind it"),
    ("model = linear(1, 1); opt = sgd(lr=one_cycle(max=1, steps=3)); train 5", "ends after 3 steps, and this training has 5"),
    ("model = linear(1, 1); opt = sgd(lr=fn(s) -s); train 3", "the learning rate of step 2 would be -1"),
    ("model = linear(1, 1); opt = sgd(lr=fn(s) \"a\"); train 3", "a schedule gives a number, found a string"),
    ("x = cosine(0.1) then \"a\"", "`then` joins schedules and numbers, found a string"),
    ("model = linear(1, 1); opt = sgd(lr=warmup(9) then 0.1); train 5", "the last part never begins"),
  ]) func `what cannot be is said`(_ script: String, _ message: String) {
    let run = ScriptRun(script)
    #expect(run.messages.contains { $0.contains(message) }, "\(run.messages)")
  }

  // MARK: lbfgs

  static let searches = (try? Fixture.cases("lbfgs.json")) ?? []

  @Test(arguments: searches.indices) func `lbfgs searches as torch's does`(_ index: Int) throws {
    let item = Self.searches[index]
    let optimizer = try #require(item["script"].string)
    let expected = item["losses"].doubles
    let run = ScriptRun(
      Self.network + "opt = \(optimizer)\nr = train \(expected.count)\nfor l in r.losses { print l }")
    let found = numbers(run.output)
    #expect(found.count == expected.count, "\(run.messages)")
    for (step, (a, b)) in zip(found, expected).enumerated() {
      let tolerance = try step == 0 ? 1e-6 : #require(item["tolerance"].double)
      #expect(isClose(a, b, tolerance), "\(optimizer) step \(step): \(a), torch \(b)")
    }
  }

  @Test func `lbfgs keeps the weights of before a step whose loss is not finite`() {
    let run = ScriptRun(
      """
      seed 0; model = linear(1, 1); data = ([[1], [2]], [[1], [2]]); before = model.weight
      loss = fn(p, y) sum(exp(exp(p * 40)))
      opt = lbfgs(lr=100)
      train 3
      """)
    #expect(run.messages.first?.contains("E0401") == true, "\(run.messages)")
    let kept = ScriptRun(
      """
      seed 0; model = linear(1, 1); data = ([[1], [2]], [[1], [2]]); before = model.weight
      loss = fn(p, y) mean(log(p - 100))
      on epoch { print "never" }
      train 1, opt=lbfgs()
      """)
    #expect(kept.messages.first?.contains("the loss became NaN") == true && kept.output.isEmpty, "\(kept.messages)")
  }

  @Test func `lbfgs solves a least squares problem exactly, in batches and after a new start`() {
    let run = ScriptRun(
      """
      seed 0; x = linspace(-1, 1, 20).reshape(20, 1); data = (x, 3 * x - 2); model = linear(1, 1); loss = mse()
      opt = lbfgs(line_search="strong_wolfe")
      r = train 3
      print close(model.weight, [[3]], atol=1e-4), close(model.bias, [-2], atol=1e-4), opt.steps
      model = linear(1, 1); r = train 3, data=data |> batch(10)
      print close(model.weight, [[3]], atol=1e-3), opt.lr
      """)
    #expect(run.output == "true true 3\ntrue 1\n", "\(run.messages)")
  }

  /// Looking at every part again for each that follows took 5 seconds.
  @Test func `a chain of many parts is looked at once`() {
    let chain = String(repeating: "warmup(1) then ", count: 1500) + "0.1"
    let seconds = processorSeconds { #expect(ScriptRun("lr = \(chain)\nprint adam(lr=lr).steps").output == "0\n") }
    #expect(seconds < 3, "\(seconds) s")
  }
}
