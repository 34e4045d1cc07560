// What a check refuses, `run` refuses as well, and what runs is not refused.
import AdamTestSupport
import Testing

@testable import AdamKit

@Suite struct CheckedPromiseTests {
  private static func runs(_ script: String, _ output: String, _ place: SourceLocation = #_sourceLocation) {
    #expect(Said(script, .checked).codes == [], sourceLocation: place)
    let run = ScriptRun(script)
    #expect(run.output == output, "\(run.messages)", sourceLocation: place)
  }

  private static func says(_ script: String, _ message: String, _ place: SourceLocation = #_sourceLocation) {
    let run = ScriptRun(script)
    #expect(run.messages == [message], sourceLocation: place)
    #expect(run.output == "", sourceLocation: place)
  }

  @Test(
    arguments: [
      "s = 0; for x in xs { s = s + x^2 }; s",
      "s = 0; for i, x in enumerate(xs) { s = s + x^2 + i }; s",
      "s = 0; for x, y in zip(xs, xs) { s = s + x * y }; s",
      "sum(stack([x^2 for x in xs]))",
      "a, b, c = xs; a^2 + b^2 + c^2",
      "s = 0; for i in 0..<len(xs) { s = s + xs[i]^2 }; s",
    ])
  func `a derivative goes through a loop over its argument`(body: String) {
    Self.runs("f = fn(xs) { \(body) }; print grad(f)([1, 2, 3]), grad(f, [3, 2, 1])", "[2, 4, 6] [6, 4, 2]\n")
    Self.runs("f = fn(xs) { \(body) }; v, g = value_and_grad(f, tensor([1, 2, 3])); print g", "[2, 4, 6]\n")
  }

  @Test func `rows of a tensor and tensors of a list are looped over in a derivative`() {
    let body = "{ s = 0; for x in xs { s = s + sum(x^2) }; s }"
    Self.runs("print grad(fn(xs) \(body), [[1, 2], [3, 4]])", "[[2, 4], [6, 8]]\n")
    Self.runs("print grad(fn(xs) \(body), [tensor([1, 2]), tensor([3])])", "[[2, 4], [6]]\n")
    Self.says(
      "print grad(fn(x) { s = 0; for y in x { s = s + y }; s }, 3)",
      "1:36 E0214 cannot loop over a number (this is a number)")
  }

  @Test func `a loop over data runs its body`() {
    Self.runs(
      "data = sine(n=16) |> batch(4)\nfor x, y in data { s = x.shape }\nprint s", "[4, 1]\n")
  }

  @Test func `a function around a class loss leaves whole numbers the classes that metrics want`() {
    let data = "data = (randn(12, 2), [[i % 2] for i in 0..<12]) |> split(train=0.5, val=0.5)\nmodel = linear(2, 1)\n"
    let loss = "opt = sgd()\nloss = fn(p, y) bce_with_logits(p, y) + 1e-3 * sum(model.weight ^ 2)\n"
    Self.runs(
      data + loss + "r = train 2, metrics=[accuracy], val=every(1)\n"
        + "print eval(data.val, metrics=[accuracy]).accuracy == r.val_accuracy", "true\n")
  }

  @Test func `metrics of classes are refused before the first step where the rows have none`() {
    let script = """
      data = ([[1], [2], [3], [4]], [[0, 1], [1, 0], [1, 1], [0, 0]]) |> split(train=0.5, val=0.5)
      model = linear(1, 2)
      opt = sgd()
      loss = bce_with_logits
      on epoch { print epoch }
      train 4, metrics=[accuracy], val=every(4)
      """
    Self.says(script, "6:1 E0303 `accuracy` does not fit this data, which has a real target")
  }

  @Test func `a call that one turn takes back says its mistake where it is certain`() {
    let bad = "fn bad(x) zeros(2, 3) @ zeros(2, 3) + x\n"
    let list = "xs = [if randint(0, 2) == 1 { 1 } else { bad(0) } for i in 0..<3]\n"
    #expect(Said(bad + list + "print bad(0)", .checked).codes == ["E0304"])
    let skipping = "skip = number(randint(0, 3))\nls = [bad(0) for k in 0..<3 if k != skip]\n"
    #expect(Said(bad + skipping + "print bad(0)", .checked).codes == ["E0304"])
  }

  @Test func `whole-number inputs are numbers`() {
    let head = "seed 0\nmodel = seq(linear(2, 2))\nopt = sgd(lr=0.1)\nloss = cross_entropy()\n"
    let tail = "\nr = train 3\nprint \"{r.loss:.6f}\""
    let real = ScriptRun(head + "data = ([[1, 2], [3, 4]], [0, 1])" + tail)
    #expect(real.messages == [])
    Self.runs(head + "data = (int([[1, 2], [3, 4]]), [0, 1])" + tail, real.output)
    Self.runs(head + "data = (int([[1, 2], [3, 4]]), int([[0], [1]]))" + tail, real.output)
    Self.runs(head + "data = ([[1, 2], [3, 4]], [[1, 0], [0, 1]])" + tail, real.output)
    Self.runs("m = linear(2, 1); print m(int([[1, 2]])) == m([[1, 2]])", "[[true]]\n")
  }

  @Test func `probabilities are targets`() {
    // torch.nn.functional.cross_entropy of the same tensors.
    Self.runs(
      "print \"{cross_entropy([[1, 2, 3], [0.5, -1, 2]], [[0.2, 0.3, 0.5], [0, 1, 0]]):.6f}\"", "2.174459\n")
    Self.runs("print \"{cross_entropy([[1, 2], [3, 5]], int([[0], [1]])):.6f}\"", "0.720095\n")
    Self.runs(
      "p = [[1, 2], [0, 1]]; y = [[0.5, 0.5], [1, 0]]; print grad(fn(p) cross_entropy(p, y), p).shape", "[2, 2]\n")
  }

  @Test func `a field that may be there hides a variable of its name`() {
    let models = "a = linear(1, 1); b = linear(1, 1); opt = sgd(lr=0.1)\n"
    Self.runs(
      models + "g = grad(fn(r) sum(r.a([[1]]) + r.b([[1]])), (a=a, b=b)); opt.step(g); print opt.steps", "1\n")
    Self.runs(models + "fn f(r) r.a([[1]]).shape\nprint f((a=b))", "[1, 1]\n")
    Self.says(
      models + "g = grad(fn(r) sum(r.a([[1, 2]])), (a=a, b=b))",
      "2:24 E0302 the input is [1, 2] but the first layer takes 1 input (called with [1, 2])")
  }

  @Test func `a mistyped verb is named`() {
    Self.says("prnt 3", "1:1 E0124 `prnt` starts no statement (did you mean `print`?); help: write `print`")
    Self.says("trian 50", "1:1 E0124 `trian` starts no statement (did you mean `train`?); help: write `train`")
  }

  @Test func `what follows from an undefined name is not said`() {
    for text in ["x = torch.tensor([1])", "x = nn.functional.relu(1)", "y = np.zeros(2, 3, 4, 5, k=1)"] {
      #expect(Said(text, .checked).codes == ["E0201"])
    }
  }

  @Test func `an element may be inserted behind the last`() {
    Self.says("xs = [1, 2]\nxs.insert(5, 3)", "2:11 E0209 index 5 is outside a list of 2 (allowed: -2 to 2)")
    Self.says("xs = []\nxs.insert(1, 3)", "2:11 E0209 index 1 is outside a list of 0 (allowed: 0)")
  }
}
