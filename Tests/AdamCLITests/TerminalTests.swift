// The prompt in a real terminal. Every case waits for what must appear, never for a time.
import AdamTestSupport
import Foundation
import Testing

#if Readline
  @Suite("The prompt in a terminal", .serialized)
  struct TerminalTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func start() throws -> TerminalSession {
      let session = try TerminalSession(
        "\(AdamProgram.path) -q; echo rc=$?",
        environment: ["ADAM_HISTORY": folder.path("history"), "INPUTRC": "/dev/null"])
      try session.wait(for: "adam> ")
      return session
    }

    /// Lines that a statement's output can be told from: those without the prompt.
    private func outputLines(_ screen: String) -> [String] {
      screen.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.hasPrefix("adam>") && !$0.hasPrefix("...") && !$0.hasPrefix("$") }
    }

    @Test("a line is edited before Enter and recalled by the up key")
    func editAndRecall() throws {
      let session = try start()
      session.type("40 + 1")
      session.key("BSpace")
      session.enter("2")
      try session.wait(until: "42") { outputLines($0).contains("42") }
      session.key("Up")
      session.enter(" + 100")
      try session.wait(until: "142") { outputLines($0).contains("142") }
    }

    @Test("an unfinished statement gets a second prompt and then runs")
    func continuation() throws {
      let session = try start()
      session.enter("model = seq(")
      try session.wait(for: "  ... ")
      session.enter("linear(2, 1))")
      try session.wait(for: "3 parameters")
    }

    @Test("four pasted lines run once, in order, on Enter, and are one entry")
    func paste() throws {
      let session = try start()
      try session.paste("a = 1\nb = a + 1\nprint \"sum {a + b}\"\nprint \"last\"")
      try session.wait(for: "print \"last\"")
      #expect(!outputLines(session.screen).contains("sum 3"))
      session.key("Enter")
      try session.wait(until: "last") { outputLines($0).contains("last") }
      let lines = outputLines(session.screen)
      #expect(lines.filter { $0 == "sum 3" }.count == 1)
      session.key("Up")
      try session.wait(until: "the entry twice") {
        $0.components(separatedBy: "b = a + 1").count == 3
      }
    }

    @Test("Ctrl-C at the prompt drops the line at once and keeps the session")
    func interruptAtPrompt() throws {
      let session = try start()
      session.enter("x = 5")
      session.enter("seq(")
      try session.wait(for: "  ... ")
      session.key("C-c")
      try session.wait(for: "^C")
      session.type("half a line")
      session.key("C-c")
      session.enter("x")
      try session.wait(until: "5") { outputLines($0).contains("5") }
    }

    @Test("Ctrl-C in a training stops it, keeps the weights and the session")
    func interruptInTraining() throws {
      let session = try start()
      session.enter("model = seq(linear(2,16), relu, linear(16,1)); opt = adam(lr=1e-3)")
      session.enter("print \"ready\"")
      try session.wait(until: "ready") { outputLines($0).contains("ready") }
      session.enter("r = train 100000000")
      try session.wait(for: "train")
      try session.wait(until: "the running row") { $0.contains("train  ") || $0.contains("loss") }
      session.key("C-c")
      try session.wait(for: "weights kept")
      session.enter("print r.stopped")
      try session.wait(until: "interrupted") { outputLines($0).contains("interrupted") }
      session.enter("s = train 1; print s.loss < r.losses[0]")
      try session.wait(until: "true") { outputLines($0).contains("true") }
    }

    @Test("Tab completes a name and a keyword argument")
    func completion() throws {
      let session = try start()
      session.type("layer_n")
      session.key("Tab")
      try session.wait(for: "layer_norm(")
      session.key("C-u")
      session.type("adam(l")
      session.key("Tab")
      try session.wait(for: "adam(lr=")
    }

    @Test("Tab completes fields, commands and files, and closes the file's string")
    func completionOfParts() throws {
      let session = try start()
      session.enter("model = seq(linear(2, 1), relu)")
      try session.wait(for: "3 parameters")
      session.type("model.0.we")
      session.key("Tab")
      try session.wait(for: "model.0.weight")
      session.key("C-u")
      session.type(":he")
      session.key("Tab")
      try session.wait(for: "adam> :help")
      session.key("C-u")
      try Data().write(to: URL(fileURLWithPath: folder.path("rows.csv")))
      session.type("csv(\"\(folder.path("row"))")
      session.key("Tab")
      session.type(")")
      try session.wait(until: "the closed string") { $0.replacing("\n", with: "").contains("rows.csv\")") }
    }

    @Test("what succeeded is saved as a script, forgotten and loaded again")
    func saveResetLoad() throws {
      let session = try start()
      session.enter("kept = 40")
      session.enter("nope")
      try session.wait(for: "E0201")
      session.enter(":save \(folder.path("kept.adam"))")
      try session.wait(for: "1 entry in")
      session.enter(":reset")
      session.enter("kept")
      try session.wait(for: "`kept` is not defined")
      session.enter(":load \(folder.path("kept.adam"))")
      session.enter(":time on")
      session.enter("kept + 2")
      try session.wait(until: "42 and its time") { screen in
        outputLines(screen).contains("42") && screen.firstMatch(of: /0\.\d+ s/) != nil
      }
      session.enter(":foo")
      try session.wait(for: "unknown command :foo (try :help)")
      session.enter(":q")
      try session.wait(for: "rc=0")
    }

    @Test("the history survives kill -9 and holds a multi-line entry as one")
    func historyAfterKill() throws {
      var session = try start()
      session.enter("kept = 7")
      session.enter("kept + 1")
      try session.wait(until: "8") { outputLines($0).contains("8") }
      try session.killProgram()
      try session.wait(for: "rc=137")
      let mode = try AdamProgram.shell("stat -c %a \(folder.path("history"))").output
      #expect(mode == "600\n")
      session = try start()
      session.key("Up", "Up")
      try session.wait(for: "adam> kept = 7")
    }

    @Test("Ctrl-D on an empty line leaves with status 0")
    func endOfInput() throws {
      let session = try start()
      session.key("C-d")
      try session.wait(for: "rc=0")
    }

    @Test("Ctrl-D in a block drops the block, and only then leaves")
    func endOfBlock() throws {
      let session = try start()
      session.enter("kept = 40")
      session.enter("if true {")
      try session.wait(for: "  ... ")
      session.key("C-d")
      session.enter("kept + 2")
      try session.wait(until: "42") { outputLines($0).contains("42") }
      session.key("C-d")
      try session.wait(for: "rc=0")
    }
  }
#endif
