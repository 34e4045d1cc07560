// Derivatives without tracing: which calls need none, and that nobody can tell by anything but the time.
import AdamInterpreter
import AdamLibrary
import AdamTestSupport
import Testing

@testable import AdamKit

/// A session that runs one text after the other.
private struct Loops {
  let record = ScriptRecord()
  let session: Session
  var hits: Int { session.interpreter?.session.traces.hits ?? 0 }
  var kept: Int { session.interpreter?.session.traces.count ?? 0 }
  /// Output and messages.
  var text: String { record.output + record.messages.joined(separator: "\n") }

  init(budget: Int? = nil, keepsTraces: Bool = true) {
    var options = Session.Options()
    options.operationBudget = budget
    session = Session.recorded(record, options: options)
    session.interpreter?.session.traces.isEnabled = keepsTraces
  }

  @discardableResult
  func run(_ text: String) -> Self {
    _ = session.execute(Array(text.utf8), name: "test.adam")
    return self
  }
}

private let head = """
  seed 0; m = linear(2, 1); x = tensor([[1, 2]]); y = tensor([[1]]); opt = sgd(lr=0.1); k = 1

  """

@Suite struct TraceCacheTests {
  @Test(arguments: [
    ("for i in 0..<6 { opt.step(grad(fn(m) mse(m(x), y), m)) }", 5),
    ("f = fn(m, a) sum(m(a)); for i in 0..<6 { grad(f, m, if i % 2 == 0 { x } else { tensor([[1, 2], [3, 4]]) }) }", 4),
    ("f = fn(m, k) k * sum(m(x)); for i in 0..<6 { grad(f, m, i % 3) }", 3),
    ("f = fn(m, y) cross_entropy(m(x), y); m = linear(2, 3); for i in 0..<6 { grad(f, m, tensor([i % 3])) }", 5),
    ("f = fn(m) sum(m(x, training=true)); m = seq(m, dropout(0.5)); for i in 0..<6 { grad(f, m) }", 5),
    ("f = fn(m) sum(m(rand(1, 2))); for i in 0..<6 { grad(f, m) }", 5),
    ("df = grad(fn(x) x^4); ddf = grad(df); for i in 0..<6 { ddf(i) }", 5),
    ("for i in 0..<6 { grad(fn(x) x^2)(i) }", 5),
    ("f = fn(m, x, y) mean((m(x) - y)^2); for i in 0..<6 { grad(f, m, x, y) }", 5),
    ("f = fn(m, x, y) mean((m(x) - y)^2); y = tensor([1, 2]); for i in 0..<6 { grad(f, m, x, y) }", 5),
    ("reset(m); for i in 0..<6 { grad(fn(m) sum(m(x)), m); m.weight = [[i, i]]; reset(m) }", 5),
    ("f = fn(m) sum(m(x)); for i in 0..<6 { grad(f, if i % 2 == 0 { m } else { copy(m) }) }", 2),
  ])
  func `calls that reach the same are not traced again`(script: String, hits: Int) {
    let loops = Loops().run(head + script)
    #expect(loops.hits == hits && loops.record.messages.isEmpty, "\(script): \(loops.hits) \(loops.text)")
  }

  @Test(arguments: [
    "f = fn(m) { print 1; sum(m(x)) }", "f = fn(m) { k = k + 1; sum(m(x)) }",
    "f = fn(m) if mean(x) > 0 { sum(m(x)) } else { 0 * sum(m(x)) }", "f = fn(m) sum(m(x)) * x[0, 0]",
    "f = fn(m) sum(m(x)) * opt.lr", "f = fn(m) sum(m(x)) * len(\"{x}\")",
    "f = fn(m) { n = linear(2, 1); sum(n(x)) + sum(m(x)) }", "f = fn(m) { \"{y}\"; sum(m(x)) }",
    "f = fn(m) { e = layer_norm(2); sum(m(e(x))) }", "f = fn(m) { m.weight = [[1, 1]]; sum(m(x)) }",
  ])
  func `what has effects or looks at numbers is traced each time`(definition: String) {
    let loops = Loops().run(head + definition + "; for i in 0..<4 { g = grad(f, m) }")
    #expect(loops.hits == 0, "\(definition): \(loops.text)")
  }

  @Test func `at the prompt a new definition counts at once`() {
    let loops = Loops().run(head + "fn inner(x) 2 * x; fn f(x) inner(x)^2; print grad(f)(1); print grad(f)(1)")
    loops.run("print grad(f)(1)").run("fn inner(x) 3 * x").run("print grad(f)(1)").run("fn f(x) x").run("print grad(f)(1)")
    #expect(loops.record.output == "8\n8\n8\n18\n1\n", "\(loops.text)")
    #expect(loops.hits == 2)
  }

  @Test func `operations are counted as if every call were traced`() {
    let script = "fn f(x) { s = 0; for i in 0..<3 { s = s + x }; s }\nwhile true { print grad(f)(1) }"
    for budget in 1...40 {
      let (kept, traced) = (Loops(budget: budget), Loops(budget: budget, keepsTraces: false))
      #expect(kept.run(script).text == traced.run(script).text, "\(budget)")
    }
    #expect(Loops(budget: 200).run(script).hits > 10)
  }

  @Test func `a call that is too deep is too deep when the same was traced before`() {
    let script = """
      fn f(x) { fn g(n, x) if n == 0 { x } else { g(n - 1, x) }; g(5, x) }
      fn down(n) { if n == 0 { grad(f)(1) } else { down(n - 1) } }
      for n in [1, 150, 180, 185, 188, 189, 190, 191, 192, 193, 194, 195, 196] { print n, down(n) }
      """
    #expect(Loops().run(script).text == Loops(keepsTraces: false).run(script).text)
  }

  @Test func `what is kept is bounded`() {
    let loops = Loops().run(head)
    for index in 0..<100 { loops.run("grad(fn(m) \(index) * sum(m(x)), m)") }
    #expect(loops.kept == 64)
    let one = Loops().run(head + "for i in 0..<500 { grad(fn(m) i * sum(m(x)), m) }")
    #expect(one.kept <= 8 && one.hits == 0)
  }

  @Test func `models that are gone are not kept alive`() {
    let loops = Loops().run(head + "for i in 0..<4 { grad(fn(m) sum(m(x)), m) }")
    weak var layer: Layer?
    if case .layer(let found)? = loops.session.interpreter?.variable("m") { layer = found }
    #expect(layer != nil && loops.hits == 3)
    loops.run("m = linear(2, 1); grad(fn(m) sum(m(x)), m)").run("1")
    #expect(layer == nil)
  }
}
