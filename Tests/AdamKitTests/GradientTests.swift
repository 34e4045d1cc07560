// Derivatives of functions of the script, to any order, and loops that train by hand. Losses are
// PyTorch 2.13's for the same network and seed, printed with six decimals unless said otherwise.
import AdamTestSupport
import Testing

@Suite struct GradientTests {
  private static func expect(_ script: String, _ output: String, _ place: SourceLocation = #_sourceLocation) {
    let run = ScriptRun(script)
    #expect(run.output == output, "\(run.messages)", sourceLocation: place)
  }

  @Test func `a derivative has the structure of the argument`() {
    Self.expect("f = fn(x) x^3; print grad(f)(2), grad(grad(f))(2), value_and_grad(f, 2)", "12 12 (8, 12)\n")
    Self.expect("f = fn(x) x * x * x; print grad(grad(grad(f)))(2)", "6\n")
    Self.expect("print grad(fn(p, c) sum(p.a * p.b) * c, (a=[1, 2], b=[3, 4]), 10)", "(a=[30, 40], b=[10, 20])\n")
    Self.expect("print grad(fn(xs) sum(xs[0]) * xs[1], [tensor([1, 2]), 3])", "[[3, 3], 3]\n")
    Self.expect("print grad(fn(x) sum(sin(x) * x), [1, 2, 3])", "[1.3817732, 0.07700372, -2.8288574]\n")
    Self.expect("print grad(fn(x) sum(max(x, 0)^2), [[-1, 2]])", "[[0, 4]]\n")
  }

  @Test func `the value itself counts once, however it is reached`() {
    // x outside of the inner function is a constant there.
    Self.expect("print grad(fn(x) x * grad(fn(y) x * y)(x), 3)", "6\n")
  }

  @Test func `a network's derivatives with respect to its input train it`() {
    Self.expect(
      """
      seed 0
      model = seq(linear(1, 8), tanh, linear(8, 1))
      du = grad(fn(x) sum(model(x)))
      d2u = grad(fn(x) sum(du(x)))
      d = d2u([[0.5], [1]])
      print "{d[0, 0]:.4f} {d[1, 0]:.4f}"
      data = linspace(0, pi, 20).reshape(20, 1)
      ends = [[0], [pi]]
      loss = fn(pred, y, x) { mean((d2u(x) + sin(x))^2) + 10 * mean(model(ends)^2) }
      opt = adam(lr=1e-3)
      on epoch every 25 { print "{loss:.5f}" }
      train 100 steps
      """, "-0.3198 -0.2926\n" + GradientTests.physics)
  }

  private static let physics = "1.95409\n1.26211\n0.93575\n0.76998\n"

  @Test func `a loop with its own update gives the bits of train`() {
    let head = """
      seed 0
      n = 24; x = linspace(-1, 1, n).reshape(n, 1); data = (x, x^2) |> batch(5)
      model = seq(linear(1, 8), tanh, dropout(0.2), linear(8, 1))
      opt = adamw(lr=1e-2)

      """
    let byHand = ScriptRun(
      head + """
        for i in 0..<3 { for a, b in data {
          l, g = value_and_grad(fn(m) mse(m(a, training=true), b), model)
          opt.step(g)
        } }
        print model.0.weight, opt.steps
        """)
    let trained = ScriptRun(head + "train 3\nprint model.0.weight, opt.steps")
    #expect(!trained.output.isEmpty && byHand.output == trained.output, "\(byHand.messages)")
  }

  @Test func `two networks with two optimizers`() {
    let run = ScriptRun(
      """
      seed 1
      g = seq(linear(2, 8), relu, linear(8, 1)); d = seq(linear(1, 8), relu, linear(8, 1))
      og = adam(lr=1e-3); od = adam(lr=1e-3)
      one = ones(16, 1); zero = zeros(16, 1)
      for i in 0..<20 {
        real = randn(16, 1) * 0.5 + 2; z = randn(16, 2); fake = g(z)
        ld, gd = value_and_grad(fn(m) bce_with_logits(m(real), one) + bce_with_logits(m(fake), zero), d)
        od.step(gd)
        lg, gg = value_and_grad(fn(m) bce_with_logits(d(m(z)), one), g)
        og.step(gg)
      }
      print og.steps, od.steps, ld > 0 and lg > 0
      """)
    #expect(run.output == "20 20 true\n", "\(run.messages)")
  }

  @Test(
    "what has no derivative is refused",
    arguments: [
      ("print grad(fn(x) x * 2, [1, 2])", "1:12 E0304 a function to differentiate gives a single number"),
      ("print grad(fn(x) 1, \"a\")", "1:7 E0210"), ("opt = adam(); opt.step((a=1))", "1:24 E0210"),
      ("print grad(3)", "1:12 E0210"),
      ("d = (rand(6, 3), rand(6)) |> batch(6); m = linear(3, 1); grad(fn(m) mean((m(d.x) - d.y)^2), m)", "1:75 E0304 rows"),
      ("m = linear(1, 1); o = sgd(); g = grad(fn(m) mean(m([[1]])), m); g.weight = [1, 2]; o.step(g)", "1:91 E0304"),
      ("print grad(fn(x) if x > 0 { x } else { 0 }, 1)", "1:21 E0306"),
    ])
  func refused(script: String, error: String) {
    let run = ScriptRun(script)
    let errors = run.messages.filter { !$0.contains(" warning ") }
    #expect(errors.count == 1 && errors[0].hasPrefix(error), "\(errors)")
  }
}
