// Tensor functions against PyTorch: at once, inside a derivative, and as the checker sees them.
import AdamTestSupport
import Testing

@Suite struct TensorFunctionTests {
  static let cases = (try? Fixture.cases("tensors.json")) ?? []
  static let plain = (try? Fixture.read("tensors.json"))?["plain"].array ?? []

  /// A nested list as a script writes it.
  private static func text(_ value: Fixture) -> String {
    if case .array(let items) = value { return "[" + items.map { text($0) }.joined(separator: ", ") + "]" }
    return value.double.map { String($0) } ?? "?"
  }

  private func numbers(_ line: Substring) -> [Double] {
    line.split(whereSeparator: { "[], ".contains($0) }).compactMap { Double($0) }
  }

  private func agree(_ found: Substring, _ expected: Fixture, _ what: String) {
    let (a, b) = (numbers(found), expected["values"].doubles)
    #expect(a.count == b.count, "\(what): \(a), torch \(b)")
    // f32 in both: four units in the last place of the largest.
    let room = 5e-7 * max(1, b.map { abs($0) }.max() ?? 0)
    for (x, y) in zip(a, b) { #expect(abs(x - y) <= room, "\(what): \(a), torch \(b)") }
  }

  @Test(arguments: cases.indices) func `a function and its gradient are torch's`(_ index: Int) throws {
    let item = Self.cases[index]
    let script = try #require(item["script"].string)
    let run = ScriptRun(
      """
      f = fn(x) \(script)
      x = tensor(\(Self.text(item["x"])))
      y = tensor(f(x))
      print shape(y); print reshape(y, [-1])
      print reshape(grad(fn(x) { y = f(x); sum(y * y) })(x), [-1])
      """)
    let lines = run.output.split(separator: "\n")
    try #require(lines.count == 3, "\(script): \(run.text)")
    #expect(numbers(lines[0]).map { Int($0) } == item["value"].shape, "\(script)")
    agree(lines[1], item["value"], script)
    agree(lines[2], item["gradient"], "gradient of \(script)")
  }

  @Test(arguments: plain.indices) func `what makes tensors is torch's`(_ index: Int) throws {
    let item = Self.plain[index]
    let script = try #require(item["script"].string)
    let run = ScriptRun("y = tensor(\(script))\nprint shape(y)\nprint reshape(y, [-1])")
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(lines.count == 3, "\(script): \(run.text)")
    #expect(numbers(lines[0]).map { Int($0) } == item["value"].shape, "\(script)")
    agree(lines[1], item["value"], script)
  }

  @Test(arguments: [
    ("transpose(zeros(2, 3), 0, 2)", "axis 2 does not exist"), ("sum(zeros(2, 3), axis=[0, -2])", "stands there twice"),
    ("gather([[1, 2]], [[2]], axis=1)", "index 2"), ("gather([1, 2], [[0]])", "does not fit [2]"),
    ("split(zeros(3), [1, 1])", "must add up to 3"), ("split(zeros(3), 0)", "at least 1 row"),
    ("seq(linear(2, 6), reshape(2, 0))", "whole numbers from 1 on"),
    ("seq(linear(2, 6), reshape(2, 4))([[1, 2]])", "6 elements are not 8"),
  ]) func `what cannot be is said`(_ script: String, _ message: String) {
    let run = ScriptRun("print \(script)")
    #expect(run.messages.contains { $0.contains(message) }, "\(run.messages)")
  }

  @Test func `reshape is a layer without a tensor, kept in files`() {
    let run = ScriptRun(
      """
      model = seq(linear(2, 6), reshape(2, 3), flatten, linear(_, 1))
      print model([[1, 2], [3, 4]]).shape, reshape(2, 3)(zeros(5, 6)).shape
      save "m.safetensors"; m = load("m.safetensors")
      print m([[1, 2]]) == model([[1, 2]])
      """)
    #expect(run.output == "[2, 1] [5, 2, 3]\n[[true]]\n", "\(run.text)")
  }

  @Test func `sine data are the same for a seed and move no generator`() {
    let run = ScriptRun(
      """
      seed 3; a = sine(n=5, noise=0.1); x = rand(1)
      seed 3; y = rand(1); b = sine(n=5, noise=0.1)
      print x == y, a.y == b.y, close(sine(n=3).y, [[0], [0], [0]], atol=1e-6), a.rows
      seed 4; print all(sine(n=5, noise=0.1).y == a.y)
      """)
    #expect(run.output == "[true] [[true], [true], [true], [true], [true]] true 5\nfalse\n", "\(run.text)")
  }
}
