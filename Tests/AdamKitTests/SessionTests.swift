// What a session promises whoever embeds it: errors are values, statements are whole or nothing,
// limits hold, and nothing a script does ends the process.
import AdamKit
import AdamTestSupport
import Synchronization
import Testing

/// A session with what it wrote and reported.
private struct Bench {
  let record = ScriptRecord()
  let session: Session

  init(_ options: Session.Options = Session.Options(), isCancelled: @escaping @Sendable () -> Bool = { false }) {
    session = Session.recorded(record, options: options, isCancelled: isCancelled)
  }

  @discardableResult
  func run(_ text: String) -> Session.Outcome { session.execute(Array(text.utf8), name: "<repl:1>") }

  /// What one more script prints.
  func output(_ text: String) -> String {
    record.clear()
    run(text)
    return record.output
  }
}

@Suite struct SessionTests {
  @Test func `variables last from one text to the next`() {
    let bench = Bench()
    bench.run("x = 2\nfn f(n) n * x")
    bench.run("x = 5")
    #expect(bench.output("print f(3)") == "15\n")
  }

  @Test func `a failed statement changes no variable and draws nothing`() {
    let bench = Bench()
    bench.run("seed 1\nxs = [1, 2]\nfn boom() { xs[randint(50, 60)] }")
    let before = bench.output("seed 1\nprint rand(2)")
    bench.run("seed 1")
    #expect(bench.run("for i in 0..<3 { xs.append(i); xs[0] = 9; y = i; boom() }") == .failed)
    #expect(bench.output("print xs") == "[1, 2]\n")
    #expect(bench.output("print rand(2)") == before)
    #expect(bench.output("print y") == "")
  }

  @Test func `statements before the failed one stay`() {
    let bench = Bench()
    bench.run("a = 1\nb = [1][randint(1, 9)]")
    #expect(bench.output("print a") == "1\n")
  }

  /// Tables of names are walked in another order in every process, and in every table.
  @Test func `what is suggested is the same every time`() {
    let words = (0..<16).map { _ in
      let bench = Bench()
      bench.run("model = linear(1, 1)\nfirst = ([[1]], [[2]]) |> batch(1)\nother = ([[1]], [[2]]) |> batch(1)")
      bench.run("train 1")
      return bench.record.messages.joined()
    }
    #expect(Set(words).count == 1 && words[0].contains("`data = first`"))
  }

  @Test func `an error that the check finds runs nothing`() {
    let bench = Bench()
    #expect(bench.output("print 1\nprint nope") == "")
  }

  @Test func `a session goes on after every kind of error`() {
    let bench = Bench()
    for script in ["1 +", "nope", "[1][2]", "fn f() { f() }\nf()", "assert false", "zeros(1e15)"] {
      #expect(bench.run(script) == .failed)
    }
    #expect(bench.output("print 1 + 1") == "2\n")
  }

  @Test func `the operation budget stops at the same operation every time`() {
    var options = Session.Options()
    options.operationBudget = 1_000
    let counts = (0..<2).map { _ -> String in
      let bench = Bench(options)
      return bench.output("n = [0]\nwhile true { n[0] += 1; print n[0] }")
    }
    #expect(counts[0] == counts[1])
    #expect(counts[0].hasSuffix("\n1001\n"))
  }

  @Test(arguments: [1, 255, 256, 257, 600])
  func `the budget counts every back-edge and call once`(turns: Int) {
    let loop = "i = 0\nwhile i < \(turns) { i += 1 }\nprint i"
    let calls = "fn f(x) { x + 1 }\ni = 0\nfor k in 0..<\(turns) { i = f(i) }\nprint i"
    for (script, operations) in [(loop, turns), (calls, 2 * turns)] {
      var options = Session.Options()
      options.operationBudget = operations
      #expect(Bench(options).output(script) == "\(turns)\n")
      options.operationBudget = operations - 1
      #expect(Bench(options).run(script) == .failed)
    }
  }

  @Test func `cancelling stops a large product within it and keeps the session`() {
    let polls = Mutex((count: 0, limit: Int.max))
    let bench = Bench(isCancelled: {
      polls.withLock {
        $0.count += 1
        return $0.count > $0.limit
      }
    })
    bench.run("x = ones(1600, 1600); y = 1")
    let before = polls.withLock(\.count)
    bench.run("y = x @ x")
    let asked = polls.withLock { $0.count } - before
    #expect(asked > 8, "asked \(asked) times")
    #expect(bench.output("print y[7, 9], sum(y)") == "1600 4096000000\n")
    polls.withLock { $0.limit = $0.count + 5 }
    #expect(bench.run("y = x @ (x + 1)") == .interrupted)
    polls.withLock { $0.limit = .max }
    #expect(bench.output("print y[0, 0]") == "1600\n")
  }

  @Test(arguments: [
    "ones(3000, 3000)", "full([3000, 3000], 2)", "rand(3000, 3000)", "randn(3000, 3000)", "randint(0, 9, [3000, 3000])",
    "arange(9e6)", "linspace(0, 1, 9000000)",
  ]) func `cancelling stops the making of a large tensor within it`(script: String) {
    let polls = Mutex((count: 0, limit: Int.max))
    let bench = Bench(isCancelled: {
      polls.withLock {
        $0.count += 1
        return $0.count > $0.limit
      }
    })
    bench.run("x = 1")
    polls.withLock { $0.limit = $0.count + 3 }
    #expect(bench.run("x = \(script)") == .interrupted)
    polls.withLock { $0.limit = .max }
    #expect(bench.output("print x") == "1\n")
  }

  @Test func `drawing in pieces draws the same numbers`() {
    // torch: after manual_seed(3), the last of randn(2_097_169) and the next rand.
    let bench = Bench()
    #expect(bench.output("seed 3; x = randn(2097169); print x[-1], x[1048576], rand(1)[0]") == "0.96496767 -1.8035865 0.65253085\n")
  }

  @Test func `variables are listed with kind and shape`() {
    let bench = Bench()
    bench.run("m = seq(linear(2, 1)); x = zeros(2, 3); d = ([[1, 2]], [[1]]); e = d |> batch(1)")
    let table = bench.session.variableTable
    #expect(table.contains("m  a layer `seq`, 3 parameters\n") && table.contains("x  a tensor [2, 3]\n"), "\(table)")
    #expect(table.contains("e  a data set [1, 2] → [1, 1]\n"), "\(table)")
  }

  @Test func `cancelling stops a loop and keeps the session`() {
    let polls = Mutex(0)
    let bench = Bench(isCancelled: {
      polls.withLock {
        $0 += 1
        return $0 > 100 && $0 < 110
      }
    })
    bench.run("x = 1")
    #expect(bench.run("while true { x = 2 }") == .interrupted)
    polls.withLock { $0 = 1_000 }
    #expect(bench.output("print x") == "1\n")
  }

  @Test func `the value of an expression is shown and kept as ans`() {
    let bench = Bench()
    bench.run("1 + 1")
    #expect(bench.session.shownResult == "2")
    bench.run("x = 9")
    #expect(bench.session.shownResult == nil)
    bench.run("ans * 2")
    #expect(bench.session.shownResult == "4")
    bench.run("ans + 1;")
    #expect(bench.session.shownResult == nil)
    bench.run("nope")
    #expect(bench.output("print ans") == "5\n")
    bench.run("a=1; a+1")
    #expect(bench.session.shownResult == "2")
  }

  @Test func `a large tensor is shown in at most ten lines`() {
    let bench = Bench()
    bench.run("zeros(1000, 100)")
    let lines = (bench.session.shownResult ?? "").split(separator: "\n")
    #expect(lines.first == "f32[1000, 100]  min 0  max 0  mean 0")
    #expect(lines.count <= 10)
  }

  @Test func `a forced seed replaces the first seed only`() {
    var options = Session.Options()
    options.seed = 7
    let forced = Bench(options).output("seed 1\nprint rand(2)\nseed 1\nprint rand(2)").split(separator: "\n")
    let plain = Bench().output("seed 7\nprint rand(2)\nseed 1\nprint rand(2)").split(separator: "\n")
    #expect(forced == plain)
    #expect(Bench(options).output("print rand(2)") == plain.prefix(1).joined() + "\n")
  }

  @Test func `unfinished text is told from wrong text`() {
    let session = Bench().session
    #expect(session.isIncomplete(Array("seq(".utf8)))
    #expect(!session.isIncomplete(Array("x = ) +".utf8)))
    #expect(!session.isIncomplete(Array("x = 1".utf8)))
  }
}

@Suite struct SizeTests {
  @Test func `a chain of a million terms runs`() {
    #expect(ScriptRun("print " + String(repeating: "1+", count: 999_999) + "1").output == "1000000\n")
  }

  @Test func `chains of every left operator run`() {
    let count = 20_000
    #expect(ScriptRun("print true" + String(repeating: " and true", count: count)).output == "true\n")
    #expect(ScriptRun("fn f(x) x\nprint 1" + String(repeating: " |> f", count: count)).output == "1\n")
    let nested = "a = [1]\nfor i in 0..<100 { a = [a] }\nprint len(a" + String(repeating: "[0]", count: 100) + ")"
    #expect(ScriptRun(nested).output == "1\n")
  }

  @Test func `a deeply nested value is made, copied, printed and freed`() {
    let run = ScriptRun("a = []\nfor i in 0..<100000 { a = [a] }\nb = a\nb[0] = 1\nprint b, len(a)\nprint len(str(a)) < 1000")
    #expect(run.text == "[1] 1\ntrue\n")
    #expect(ScriptRun("fn wrap(f) { fn(x) f(x) }\ng = fn(x) x\nfor i in 0..<50000 { g = wrap(g) }\nprint 1").output == "1\n")
  }

  @Test func `strings that double run into a limit`() {
    let run = ScriptRun("x = \"ab\"\nfor i in 0..<60 { x = \"{x}{x}\" }", budget: 1_000)
    #expect(run.outcome == .failed)
  }

  @Test func `every numeric trap of the host is an error or a number`() {
    let values = ["0", "-1", "0.5", "1e300", "-1e300", "2^53", "2^31", "2^63", "1e-320", "2^32 + 1"]
    let forms = [
      "[1, 2][X]", "zeros(X)", "zeros(2, X)", "tensor([1, 2])[X]", "\"abc\"[X]", "\"{X:d}\"", "\"{X:x}\"",
      "int(X)", "round(X)", "[1, 2][X...]", "[1, 2][..<X]", "tensor([1])[X...]", "0..<X", "len(0..<X)",
      "range(0, X)", "range(0, 10, X)", "reshape([1, 2], X)", "X % X", "X / X", "X ^ X", "X * X", "1 % X",
      "linspace(0, 1, X)", "arange(X)", "arange(0, 1, X)", "randperm(X)", "randint(X, X)", "rand(X)",
      "sum([1], axis=X)", "full([X], 1)", "int([X])", "tensor([X])", "abs(X)", "floor(X)",
    ]
    for value in values {
      for form in forms {
        let script = "v = \(value)\nprint len(str(\(form.replacing("X", with: "v")))) > 0"
        // Large and right allocations are not what is tested here.
        let makesMany = ["zeros", "full", "rand", "range", "linspace"].contains { form.contains($0) }
        if ["2^31", "2^32 + 1"].contains(value) && makesMany { continue }
        let run = ScriptRun(script)
        #expect(run.outcome == .completed || !run.messages.isEmpty, "\(script)")
      }
    }
  }
}
