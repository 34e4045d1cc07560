// `import`: files in memory, run once per session, with names of their own.
import AdamKit
import AdamTestSupport
import Testing

@Suite struct ImportTests {
  private static let library = [
    "lib/util.adam": """
      import "deep/base.adam"
      scale = 2
      _hidden = base
      fn double(x) x * scale
      fn hidden() _hidden
      fn place() here
      assert double(1) == 2
      """,
    "lib/deep/base.adam": "base = 7\nfn dir() here",
    "lib/draws.adam": "x = rand()",
  ]

  private func run(_ script: String, _ files: [String: String] = [:]) -> String {
    ScriptRun(script, files: MemoryFiles(Self.library.merging(files) { $1 })).text
  }

  @Test func `names are added, those with an underscore and those of its own imports are not`() {
    #expect(run("import \"lib/util.adam\"\nprint double(4), scale, hidden()") == "8 2 7\n")
    #expect(run("import \"lib/util.adam\"\nprint _hidden").contains("E0201 `_hidden` is not defined"))
    #expect(run("import \"lib/util.adam\"\nprint base").contains("E0201 `base` is not defined"))
  }

  @Test func `as a value it is a record, in functions too`() {
    #expect(run("u = import \"lib/util.adam\"\nprint u.double(4), u.scale") == "8 2\n")
    #expect(run("fn f() { u = import \"lib/util.adam\"; u.scale }\nprint f()") == "2\n")
    #expect(run("fn f() { import \"lib/util.adam\" }").contains("E0244"))
  }

  @Test func `functions of a file see its names, not those of the importer`() {
    #expect(run("import \"lib/util.adam\"\nscale = 10\nprint double(4), scale") == "8 10\n")
    #expect(run("hidden = 3\nu = import \"lib/util.adam\"\nprint u.hidden(), hidden") == "7 3\n")
  }

  @Test func `here is the directory of the file that says it`() {
    #expect(run("import \"lib/util.adam\"\nu = import \"lib/deep/base.adam\"\nprint place(), u.dir(), here, \"{here}/x\"") == "lib lib/deep . ./x\n")
  }

  @Test func `a file runs once per session, however it is spelled`() {
    let record = ScriptRecord()
    let session = Session.recorded(record, files: MemoryFiles(Self.library))
    let texts = ["import \"lib/draws.adam\"", "y = x", "import \"./lib/../lib/draws.adam\"", "print x == y"]
    for text in texts { #expect(session.execute(Array(text.utf8), name: "<repl>") == .completed) }
    #expect(record.output == "true\n")
  }

  @Test func `a failed statement takes the import back`() {
    let record = ScriptRecord()
    let session = Session.recorded(record, files: MemoryFiles(Self.library))
    _ = session.execute(Array("if true { import \"lib/draws.adam\"; fail = number(\"a\") }".utf8), name: "<repl>")
    record.clear()
    _ = session.execute(Array("before = rand()".utf8), name: "<repl>")
    _ = session.execute(Array("seed 0\nimport \"lib/draws.adam\"\nprint x == before".utf8), name: "<repl>")
    #expect(record.output == "true\n" && record.messages == [])
  }

  @Test func `two definitions of a name are an error with a way out`() {
    let text = run("double = 3\nimport \"lib/util.adam\"")
    #expect(text == "! 2:1 E0242 `double` of lib/util.adam is defined here already; help: keep the names apart: `u = import \"lib/util.adam\"`, then `u.double`\n")
    #expect(run("import \"lib/util.adam\"\nimport \"lib/util.adam\"\nprint scale") == "2\n")
    #expect(run("import \"a.adam\"\nimport \"b.adam\"", ["a.adam": "z = 1", "b.adam": "z = 2"]).contains("E0242 `z` of b.adam"))
  }

  @Test(arguments: [
    "train 3", "print 1", "seed 3", "if true { print 1 }", "save \"a.npy\"", "on epoch { 1 }", "x = train(3)",
    "sweep a in [1] { a }", "check grad", "show 3",
  ]) func `an imported file defines and asserts only`(action: String) {
    #expect(run("import \"a.adam\"", ["a.adam": "x = 1\n" + action]).contains("E0243 an imported file defines and asserts only"))
  }

  @Test func `what its functions do is their own affair`() {
    #expect(run("import \"a.adam\"\nshout(3)", ["a.adam": "fn shout(x) { print x }"]) == "3\n")
  }

  @Test func `missing files, cycles and deep chains are errors`() {
    #expect(run("import \"no.adam\"") == "! 1:1 E0240 cannot import no.adam: No such file or directory\n")
    #expect(run("import \"no\"").contains("help: scripts end in .adam: `import \"no.adam\"`"))
    #expect(run("import \"{1}.adam\"").contains("E0244") && run("import \"\"").contains("E0244"))
    #expect(run("import \"s.adam\"", ["s.adam": "import \"s.adam\""]).contains("E0241 s.adam imports itself"))
    let cycle = ["a.adam": "import \"b.adam\"", "b.adam": "import \"c.adam\"", "c.adam": "import \"a.adam\""]
    #expect(run("import \"a.adam\"", cycle).contains("1:1 E0241 a.adam is imported by what it imports"))
    let chain = (0..<10_000).map { ("f\($0).adam", "import \"f\($0 + 1).adam\"") }
    let deep = run("import \"f0.adam\"", Dictionary(uniqueKeysWithValues: chain))
    #expect(deep == "! 1:1 E0241 imports are nested deeper than 100 files\n")
  }

  @Test func `a chain as deep as is allowed runs`() {
    var files = ["f99.adam": "x = 1\nfn f() x"]
    for i in 0..<99 { files["f\(i).adam"] = "u = import \"f\(i + 1).adam\"\nfn f() u.f() + 1" }
    #expect(run("import \"f0.adam\"\nprint u.f()", files).contains("E0242") == false)
  }

  @Test func `mistakes of a file are found before anything runs and name the chain`() {
    let files = ["a.adam": "import \"b.adam\"", "b.adam": "fn f() nope\ny = f()"]
    let record = ScriptRecord()
    let session = Session.recorded(record, files: MemoryFiles(files))
    #expect(session.execute(Array("print 1\nimport \"a.adam\"".utf8), name: "main.adam") == .failed)
    #expect(record.output.isEmpty && record.messages.count == 1)
    #expect(record.notes == ["imported at a.adam:1", "imported at main.adam:2"])
  }

  @Test func `shapes are followed into imported layers`() {
    let files = ["n.adam": "layer twice(n) {\n  inner = linear(n, n)\n  fn(x) inner(inner(x))\n}"]
    #expect(run("import \"n.adam\"\nmodel = seq(linear(2, 3), twice(4))\ntrain 1", files).contains("E0302"))
    #expect(run("import \"n.adam\"\nmodel = twice(3)\nprint model([[1, 2, 3]]).shape", files) == "[1, 3]\n")
  }
}
