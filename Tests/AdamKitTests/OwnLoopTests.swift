// Loops of the script's own: the bits of `train`, several networks, schedules, structures of gradients.
import AdamTestSupport
import Testing

@Suite struct OwnLoopTests {
  private static let head = """
    seed 0; x = linspace(-1, 1, 12).reshape(12, 1); data = (x, sin(x)) |> batch(5)
    model = seq(linear(1, 8), tanh, dropout(0.2), linear(8, 1)); loss = mse()

    """

  @Test(arguments: ["adam(lr=0.01)", "sgd(lr=0.1, momentum=0.9)", "adamw(lr=warmup(4) then cosine(peak=0.02, steps=8))"])
  func `a loop has the bits of train`(_ optimizer: String) {
    let loop = """
      for i in 0..<4 {
        for x, y in data {
          l, g = value_and_grad(fn(m) mse(m(x, training=true), y), model)
          opt.step(g)
        }
      }
      """
    let trained = ScriptRun(Self.head + "opt = \(optimizer)\ntrain 4\nprint model.0.weight, model.3.bias, opt.steps")
    let looped = ScriptRun(Self.head + "opt = \(optimizer)\n\(loop)\nprint model.0.weight, model.3.bias, opt.steps")
    #expect(!trained.output.isEmpty && trained.output == looped.output, "\(trained.text) \(looped.text)")
  }

  @Test func `gradients of several models in lists and records take one step`() {
    let run = ScriptRun(
      """
      seed 0; a = linear(1, 1); b = linear(1, 1); opt = sgd(lr=0.5)
      f = fn(ms) sum(ms[0]([[1]])) + 2 * sum(ms[1]([[1]]))
      before = (a.weight, b.weight)
      g = grad(f, [a, b]); opt.step(g)
      print close(a.weight, before[0] - 0.5), close(b.weight, before[1] - 1), opt.steps
      h = grad(fn(r) sum(r.first([[1]])), (first=a, rest=1))
      opt.step([h.first]); print close(a.weight, before[0] - 1), opt.steps, h.rest
      m = seq(a, b); g = grad(fn(m) sum(m([[1]])), m)
      print g.0.weight.shape, g.1.bias == [1]
      """)
    #expect(run.output == "true true 1\ntrue 2 0\n[1, 1] [true]\n", "\(run.text)")
  }

  @Test func `parameters of one optimizer count their own updates`() {
    func weights(_ steps: String) -> String {
      ScriptRun(
        """
        seed 0; a = linear(2, 1); b = linear(2, 1); x = tensor([[1, 2], [3, 4]])
        one = adamw(lr=0.1); other = adamw(lr=0.1); f = fn(m) mean((m(x) - 1)^2)
        \(steps)
        print a.weight, a.bias, b.weight, b.bias
        """
      ).output
    }
    let together = weights("for i in 0..<3 { one.step(grad(f, a)) }; one.step([grad(f, b), grad(f, a)])")
    let apart = weights("for i in 0..<4 { one.step(grad(f, a)) }; other.step(grad(f, b))")
    #expect(!together.isEmpty && together == apart)
  }

  @Test(arguments: [
    ("adam(lr=0.1)", 200), ("sgd(lr=0.1, momentum=0.9)", 200), ("adamw(lr=fn(step) 0.1)", 200),
    ("adam(lr=0.1, amsgrad=true)", 64), ("adam(lr=0.1)", 65), ("adam(lr=0.1)", 700),
  ]) func `parameters of one optimizer may be any number of updates apart`(_ optimizer: String, _ apart: Int) {
    func weights(_ steps: String) -> String {
      ScriptRun(
        """
        seed 0; a = linear(2, 1); b = linear(2, 1); x = tensor([[1, 2], [3, 4]])
        one = \(optimizer); other = \(optimizer); f = fn(m) mean((m(x) - 1)^2)
        for i in 0..<\(apart) { one.step(grad(f, a)) }
        \(steps)
        print a.weight, a.bias, b.weight, b.bias
        """
      ).output
    }
    let alone = weights("for i in 0..<150 { one.step(grad(f, a)); other.step(grad(f, b)) }")
    for pair in ["grad(f, b), grad(f, a)", "grad(f, a), grad(f, b)"] {
      let together = weights("for i in 0..<150 { one.step([\(pair)]) }")
      #expect(!alone.isEmpty && !alone.contains("nan") && together == alone)
    }
  }

  /// The weights of both layers after torch's optimizer did the same; rounding differs in the last digits
  /// over so many updates.
  @Test(arguments: [
    (
      "adam(lr=0.1)", "step(opt, grad(f, model))",
      [0.0298551097, 0.411960959, -0.614769578, -0.554595649, -2.04303813, -0.239018664]
    ),
    (
      "sgd(lr=0.1, momentum=0.9)", "step(opt, grad(f, model))",
      [0.00184966286, 0.389795929, -0.581937909, -0.520305514, -2.59660387, -0.274930716]
    ),
    (
      "adam(lr=0.1)", "train 1, data=(x, y), loss=mse()",
      [0.0298551097, 0.411960959, -0.614769578, -0.554595649, -2.04303813, -0.239018664]
    ),
  ]) func `a layer that was frozen begins as in torch`(_ optimizer: String, _ frozen: String, _ wanted: [Double]) {
    let run = ScriptRun(
      """
      seed 0; model = seq(linear(2, 2), tanh, linear(2, 1)); opt = \(optimizer)
      x = tensor([[1, 2], [3, 4]]); y = tensor([[1], [0]]); f = fn(m) mse(m(x), y)
      freeze(model.0)
      for i in 0..<100 { \(frozen) }
      unfreeze(model.0)
      for i in 0..<3 { step(opt, grad(f, model)) }
      print model.0.weight, model.2.weight
      """)
    let found = run.output.split { !"-.0123456789e".contains($0) }.compactMap { Double($0) }
    #expect(
      found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(run.text)")
  }

  @Test func `a function that is met again is differentiated for what is asked`() {
    let run = ScriptRun(
      """
      seed 0; a = linear(2, 1, bias=false); x = tensor([[1, 2]])
      for i in 0..<4 {
        k = if i % 2 == 0 { 1 } else { 3 }
        print grad(fn(m) k * sum(m(x)), a).weight, grad(fn(t) k * sum(t * x), x), sum(x * k)
      }
      freeze(a); print grad(fn(r) sum(a(r.x)), (x=x, y=1)).y
      """)
    let (odd, even) = ("[[3, 6]] [[3, 6]] 9\n", "[[1, 2]] [[1, 2]] 3\n")
    #expect(run.output == even + odd + even + odd + "0\n", "\(run.text)")
  }

  @Test(arguments: [
    ("opt = lbfgs(); opt.step(g)", "evaluates the loss several times a step"),
    ("opt = adam(lr=cosine(peak=1)); opt.step(g)", "does not know how many steps there are"),
    ("opt = adam(lr=warmup(epochs(1)) then 0.1); opt.step(g)", "a loop of your own counts steps"),
    ("opt = adam(); opt.step([1, 2])", "needs the gradients of a model"),
  ]) func `what cannot be a step is refused`(_ line: String, _ message: String) {
    let run = ScriptRun("model = linear(1, 1); g = grad(fn(m) sum(m([[1]])), model)\n\(line)")
    #expect(run.messages.contains { $0.contains(message) }, "\(run.messages)")
  }
}

@Suite struct StepSourceTests {
  @Test func `a function as data is called once a step, in the order of the generator`() {
    let run = ScriptRun(
      """
      seed 0; model = linear(1, 1); opt = sgd(lr=0.1); loss = mse()
      train 3 steps, data=fn() { x = randn(4, 1); (x, 2 * x) }
      a = (model.weight, rand(1))
      seed 0; model = linear(1, 1); opt = sgd(lr=0.1)
      for i in 0..<3 { x = randn(4, 1); opt.step(grad(fn(m) mse(m(x), 2 * x), model)) }
      print a[0] == model.weight, a[1] == rand(1)
      """)
    #expect(run.output == "[[true]] [true]\n", "\(run.text)")
  }

  @Test func `what the function gives stays its own`() {
    let run = ScriptRun(
      """
      xs = [tensor([[1]]), tensor([[2]])]; n = 0; model = linear(1, 1); loss = fn(p, y) mean(p^2); opt = sgd(lr=0)
      on step { n = n + 1 }
      train 4 steps, data=fn() xs[n % 2]
      print xs, n
      """)
    #expect(run.output == "[[[1]], [[2]]] 4\n", "\(run.text)")
  }

  @Test func `rows of another shape stop the training, wrong ones are seen before it`() {
    let changing = ScriptRun(
      "n = 1; model = linear(1, 1); loss = fn(p, y) mean(p); on step { n = 2 }\ntrain 3, data=fn() zeros(n, 1)")
    #expect(changing.messages.contains { $0.contains("the first step had rows [1, 1], and this one has [2, 1]") }, "\(changing.text)")
    let wrong = ScriptRun("model = linear(2, 1)\ntrain 3, data=fn() (zeros(4, 3), zeros(4, 1))")
    #expect(wrong.messages.first?.contains("E0302") == true, "\(wrong.text)")
  }

  @Test func `keywords reach the function that is differentiated`() {
    let run = ScriptRun(
      "f = fn(x, k=2) k * sum(x^2)\nprint grad(f, [1, 2], k=3), grad(f, k=4)([1, 2]), grad(f)([1, 2], k=5)")
    #expect(run.output == "[6, 12] [8, 16] [10, 20]\n", "\(run.text)")
  }
}
