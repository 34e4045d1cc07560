// How the checker follows paths, functions and blocks, and that it takes linear time.
import AdamIR
import AdamLibrary
import AdamSource
import AdamTestSupport
import Testing

@testable import AdamSemantics

@Test func `an unknown name used often is one error that shows the other places`() {
  let script = CheckedScript("print nope1\nprint nope1, nope1")
  #expect(script.messages == ["E0201 `nope1` is not defined"])
  #expect(script.result.diagnostics[0].labels.map(\.text) == ["also used here", "also used here"])
}

@Test func `four independent mistakes are four errors`() {
  let script = CheckedScript(
    "print nope\nopt = adam(lr=-1)\nx = 1 + \"a\"\nfor i in 3 { print i }")
  #expect(script.errors.map(\.code.text) == ["E0201", "E0211", "E0212", "E0214"])
}

@Test func `two mistakes in one call are both said`() {
  let script = CheckedScript("opt = adam(lr=-1, betaz=(0.9, 0.999))")
  #expect(script.errors.map(\.code.text) == ["E0211", "E0202"])
}

@Test func `both branches are checked`() {
  let script = CheckedScript("fn f(c) { if c { nope1 } else { nope2 } }\nprint f(true), f(false)")
  #expect(script.errors.count == 2)
}

@Test func `a branch that a known condition rules out says nothing about values`() {
  #expect(CheckedScript("debug = false\nif debug { print 1 / 0 }").messages.isEmpty)
}

@Test func `a name assigned on one path only is a warning`() {
  let script = CheckedScript("c = len([1]) > 0\nif c { x = 1 }\nprint x")
  #expect(script.messages == ["W0201 `x` may have no value here"])
}

@Test func `a loop that certainly runs assigns its names`() {
  #expect(CheckedScript("for i in 1...3 { x = i }\nprint x").messages.isEmpty)
}

@Test func `what a loop assigns is not known by its first value`() {
  #expect(CheckedScript("n = 0\nwhile n < 3 { if n == 2 { print 1 / n }; n += 1 }").messages.isEmpty)
}

@Test func `values of both paths are joined`() {
  let script = CheckedScript("if len([1]) > 0 { x = 1 } else { x = 2 }\nprint x + \"a\"")
  #expect(script.errors.map(\.code.text) == ["E0212"])
}

@Test func `recursion gives an unknown value`() {
  #expect(CheckedScript("fn f(n) { if n < 1 { 1 } else { n * f(n - 1) } }\nprint f(5) + 1").messages.isEmpty)
}

@Test func `a mistake in a function shows the call that leads to it`() {
  let script = CheckedScript("fn f(a) a + 1\nprint f(\"x\")")
  #expect(script.errors.map(\.code.text) == ["E0212"])
  #expect(script.errors.first?.labels.last?.text == "in this call")
}

@Test func `functions follow a rebinding of the names they read`() {
  let script = CheckedScript("k = 1\nfn f() k + 1\nprint f()\nk = \"a\"\nprint f()")
  #expect(script.errors.map(\.code.text) == ["E0212"])
}

@Test func `a function that nothing calls is checked`() {
  #expect(CheckedScript("fn f(x) nope").errors.count == 1)
}

@Test func `at a prompt a function may name what comes later`() {
  #expect(CheckedScript("fn f(x) later(x)", interactive: true).messages.isEmpty)
}

@Test func `session values are constants`() {
  let script = CheckedScript("print 1 / k", globals: ["k": .known(.number(0))])
  #expect(script.messages == ["E0217 division by zero"])
}

@Test func `a function given to a builtin is checked with what it will get`() {
  #expect(CheckedScript("print map(fn(x) x + \"a\", [1, 2])").errors.map(\.code.text) == ["E0212"])
}

@Test func `what an on block assigns has a value afterwards`() {
  let script = CheckedScript("on epoch { last = loss }\ntrain 3\nprint last")
  #expect(script.messages.isEmpty)
}

@Test func `the train calls are told`() {
  let script = CheckedScript("train 5\ntrain 7")
  #expect(script.result.trainings.map { $0.arguments.int("epochs") } == [5, 7])
}

@Test func `a long training costs nothing`() {
  #expect(CheckedScript("for i in 0..<1_000_000 { x = i }\ntrain 1000000").messages.isEmpty)
}

/// Processor seconds that a check takes, parsing and lowering included.
private func seconds(_ text: String) -> Double {
  processorSeconds { #expect(CheckedScript(text).errors.isEmpty) }
}

@Test(arguments: [
  "x = 1\n", "if c { x = 1 } else { x = 2 }\n", "x = f(x)\n", "for i in 0..<3 { x = i }\n",
  "x = [x, x]\n", "if c { y = 1 }\n",
]) func `time grows with the length of the script`(line: String) {
  let start = "c = len([1]) > 0\nx = 1\ny = 0\nfn f(a) { b = a; b }\n"
  let short = seconds(start + String(repeating: line, count: 500))
  let long = seconds(start + String(repeating: line, count: 5_000))
  #expect(long < 30 * short + 0.2)
}

@Test func `a ladder of branches and a chain of terms take linear time`() {
  let ladder = "c = len([1]) > 0\nif c { x = 0 }" + String(repeating: " else if c { x = 1 }", count: 20_000)
  #expect(seconds(ladder) < 10)
  #expect(seconds("x = 1" + String(repeating: " + 1", count: 100_000)) < 10)
}
