// `layer` declarations: parameters, sub-layers, sharing, copies. Losses are PyTorch 2.13's for the same
// module and seed, printed with six decimals.
import AdamTestSupport
import Testing

@Suite struct DeclaredLayerTests {
  private static let lowrank = """
    layer lowrank(i, o, r=4) {
      param u[i, r] = kaiming()
      param v[r, o] = 0.5
      param g = ones(o)
      inner = linear(o, o)
      k = 2
      fn(x) { h = (x @ u) @ v * sigmoid(g); inner(tanh(h)) * k }
    }

    """

  @Test func `a declared layer draws and trains as the same module in PyTorch`() {
    let run = ScriptRun(
      "seed 0\n" + Self.lowrank + """
        model = seq(linear(2, 3), lowrank(3, 3), relu, linear(3, 1))
        data = ([[1, 2], [3, 4]], [[1], [2]])
        opt = adam(lr=1e-2)
        on epoch { print "{loss:.6f}" }
        train 5
        print model.1.u.shape, model.1.inner.weight.shape
        """)
    #expect(
      run.output == "5.371842\n4.962168\n4.598063\n4.269009\n3.977931\n[3, 4] [3, 3]\n", "\(run.messages)")
  }

  @Test func `tied weights get the sum of their gradients`() {
    let run = ScriptRun(
      """
      seed 0; a = linear(2, 2); model = seq(a, tanh, a)
      x = [[1, 2], [3, 4]]; data = (x, x); opt = sgd(lr=0.1)
      on epoch { print "{loss:.6f}" }
      train 3
      """)
    #expect(run.output == "8.210274\n4.444015\n2.394356\n", "\(run.messages)")
  }

  @Test func `a copy is its own model, and reset draws anew`() {
    let run = ScriptRun(
      Self.lowrank + """
        model = seq(lowrank(2, 2), linear(2, 1)); data = ([[1, 2]], [[1]])
        c = copy(model); x = [[1, 2]]
        before = c(x)
        train 3
        print c(x) == before, model(x) == before
        train 3, model=c
        print c(x) == before
        u = model.0.u; v = model.0.v; seed 3; reset(model); print all(u == model.0.u), all(v == model.0.v)
        """)
    #expect(run.output == "[[true]] [[false]]\n[[false]]\nfalse false\n", "\(run.messages)")
  }

  @Test(
    "reset draws in the order of the declaration, as the first time",
    arguments: [
      ("layer net() { a = linear(1, 1); b = linear(1, 1); fn(x) b(a(x)) }\nm = net()", ["a.weight", "b.weight"]),
      (
        "layer net() { param p[1] = normal(); l = linear(1, 1); param r[1] = normal(); fn(x) r * l(x) + p }\nm = net()",
        ["p", "l.weight", "r"]
      ),
      (
        "layer net(inner) { param p[1] = normal(); l = linear(1, 1); fn(x) l(inner(x)) * p }\nm = net(linear(1, 1))",
        ["inner.weight", "l.weight", "p"]
      ),
    ])
  func redrawn(script: String, parts: [String]) {
    let numbers = "print " + parts.map { "m.\($0)" }.joined(separator: ", ")
    let again = "\n\(numbers)\nc = copy(m); seed 0; reset(m)\n\(numbers)\nseed 0; reset(c); m = c\n\(numbers)"
    let run = ScriptRun("seed 0\n" + script + again)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[0] == lines[1] && lines[1] == lines[2], "\(run.text)")
  }

  @Test(
    "the names that a layer's body binds are those of the file, in torch's order",
    arguments: [
      ("a = linear(1, 1); b = linear(1, 1, bias=false); fn(x) b(a(x))", ["a.weight", "a.bias", "b.weight"]),
      ("param p = 1; b = linear(1, 1, bias=false); param r = 2; fn(x) r * b(x) + p", ["p", "r", "b.weight"]),
      ("a = linear(1, 1); fn inner(x) tanh(a(x)); fn(x) inner(x) + a(x)", ["a.weight", "a.bias"]),
    ])
  func savedNames(body: String, names: [String]) {
    let files = MemoryFiles()
    let run = ScriptRun("layer net() { \(body) }\nsave net(), \"m.safetensors\"", files: files)
    let header = String(decoding: files["m.safetensors"] ?? [], as: UTF8.self)
    let found = header.matches(of: /"([a-z.]+)":\{"dtype"/).map { String($0.1) }
    #expect(found == names, "\(run.text)")
  }

  @Test func `a tuple of tensors reaches a layer of the script as it is, everything else one tensor`() {
    let run = ScriptRun(
      """
      layer add(i) { l = linear(i, 2); fn(t) { l(t.0) + t.1 } }
      layer size() { fn(x) x.shape }
      layer twice() { a = add(2); fn(x) a((x, x * 2)) }
      print add(3)((ones(1, 3), ones(1, 2))).shape, seq(add(2), relu, linear(2, 1))((ones(2, 2), zeros(2, 2))).shape
      print size()((1, 2)), size()(([1, 2], [3, 4])), linear(2, 1)((ones(2), ones(2))).shape
      m = add(2); x = (ones(2, 2), zeros(2, 2))
      print grad(fn(m) sum(m(x)), m).l.bias, twice()(ones(1, 2)).shape
      opt = sgd(lr=0.1); train 1, model=twice(), data=([[1, 2]], [[1, 2]]), loss=mse
      """)
    #expect(run.text == "[1, 2] [2, 1]\n[2] [2, 2] [2, 1]\n[2, 2] [1, 2]\n")
    let script = "layer f() { l = linear(2, 2); fn(t) l(t.0) + t.1 }\nprint 1, f()((ones(2, 3), ones(2, 2)))"
    let mistake = ScriptRun(script)
    #expect(mistake.text.hasPrefix("! 1:39 E0302") && mistake.messages.count == 1, "\(mistake.text)")
  }

  @Test(
    "mistakes in a declared layer",
    arguments: [
      ("layer f(n) { param w[n] = kaiming(); fn(x) x @ w }\nmodel = seq(linear(2, 3), f(4), relu)", "1:44 E0304"),
      ("layer f(n) { param w[n, 2] = 1; fn(x) x @ w }\nmodel = seq(linear(2, 3), f(3), linear(3, 1))", "2:33 E0301"),
      ("layer f(n) { param w[n, 2] = zeros(3); fn(x) x @ w }\nf(2)", "1:30 E0304"),
      ("layer f(n) { param w[n, 2] = \"a\"; fn(x) x @ w }\nf(2)", "1:30 E0220"),
      ("layer f(n) { fn(x) x * q }\nf(1)", "1:24 E0201"),
      ("layer f(n) { param w[n] = 1; fn(x) x * w }\nf(1.5)", "1:22 E0210"),
    ])
  func mistakes(script: String, error: String) {
    let run = ScriptRun(script)
    let errors = run.messages.filter { !$0.contains(" warning ") }
    #expect(errors.count == 1 && errors[0].hasPrefix(error), "\(errors)")
  }
}
