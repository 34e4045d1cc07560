// The program as a process: streams, statuses, wrong usage.
import AdamTestSupport
import Foundation
import Testing

@Suite("The command line")
struct CommandLineTests {
  @Test("a pipe is a filter: no prompt, no echo, no escapes")
  func filter() throws {
    let result = try AdamProgram.run([], input: "x = 2\nprint(x)\n")
    #expect(result.output == "2\n")
    #expect(result.errors == "")
    #expect(result.status == 0)
  }

  @Test("an empty standard input is a good script")
  func emptyInput() throws {
    let result = try AdamProgram.run([])
    #expect(result.output == "" && result.errors == "" && result.status == 0)
  }

  @Test("`-` is standard input and `-e` pieces share a session")
  func inlineCode() throws {
    #expect(try AdamProgram.run(["-"], input: "print(1)").output == "1\n")
    #expect(try AdamProgram.run(["-e", "a=1", "-e", "print(a+1)"]).output == "2\n")
  }

  @Test("a syntax error in a piped script prints nothing and ends with 1")
  func pipedError() throws {
    let result = try AdamProgram.run([], input: "nope(\nprint(1)\n")
    #expect(result.output == "")
    #expect(result.errors.contains("<stdin>:1:5: error[E0101]"))
    #expect(result.status == 1)
  }

  @Test(
    "an unreadable script is named with the system's reason",
    arguments: [(["nope.adam"], "cannot open nope.adam: No such file or directory"), (["/"], "cannot read /: Is a directory")])
  func unreadable(arguments: [String], message: String) throws {
    let result = try AdamProgram.run(arguments)
    #expect(result.errors == "error: \(message)\n")
    #expect(result.status == 2)
  }

  @Test("a wrong flag is a short message with status 2")
  func unknownFlag() throws {
    let result = try AdamProgram.run(["--sede", "1", "x.adam"])
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.split(separator: "\n").count <= 6)
    #expect(result.errors.contains("--seed"))
  }

  @Test("a seed that is no number is refused", arguments: ["-1", "1.5", "18446744073709551616", "x"])
  func badSeed(text: String) throws {
    #expect(try AdamProgram.run(["--seed=\(text)", "-e", "1"]).status == 2)
  }

  @Test("help and version go to stdout")
  func help() throws {
    let help = try AdamProgram.run(["--help"])
    #expect(help.status == 0 && help.output.contains("adam check net.adam") && help.errors == "")
    let version = try AdamProgram.run(["--version"])
    #expect(version.output.wholeMatch(of: /adam \d+\.\d+\.\d+\n/) != nil)
  }

  @Test("a script's errors name its file, line and column, and `#!` counts as a line")
  func shebang() throws {
    let folder = try TemporaryFolder()
    let script = try folder.file("s.adam", "#!/usr/bin/env adam\nprint 1\nprint nope_at_all\n")
    let result = try AdamProgram.run([script])
    #expect(result.output == "" && result.status == 1)
    #expect(result.errors.hasPrefix("\(script):3:7: error[E0201]"))
  }

  @Test("several scripts run in order with fresh state, and the last line is the verdict")
  func batch() throws {
    let folder = try TemporaryFolder()
    let good = try folder.file("a.adam", "x = 1\nprint \"a\"")
    let bad = try folder.file("b.adam", "print x")
    let last = try folder.file("c.adam", "print \"c\"")
    let result = try AdamProgram.run([good, bad, last])
    #expect(result.output == "a\nc\n")
    #expect(result.errors.hasSuffix("2 passed, 1 failed\n"))
    #expect(result.status == 1)
  }

  @Test("output that cannot be written ends with 74", arguments: [">/dev/full", ">&-"])
  func fullDisk(redirection: String) throws {
    let result = try AdamProgram.shell("$ADAM -e 'print 1' \(redirection); echo rc=$? >&2")
    #expect(result.errors.contains("rc=74"))
    #expect(result.errors.contains("cannot write"))
  }

  @Test("a reader that leaves ends the program quietly")
  func brokenPipe() throws {
    let result = try AdamProgram.shell("$ADAM -e 'for i in 0..<100000 { print i }' | head -1")
    #expect(result.output == "0\n" && result.errors == "")
  }

  @Test("messages as JSON are one object a line")
  func jsonMessages() throws {
    let result = try AdamProgram.run(["--message-format", "json", "-e", "print nope_at_all"])
    let line = try #require(result.errors.split(separator: "\n").first)
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(object?["code"] as? String == "E0201")
  }

  @Test("escapes appear only when asked for")
  func color() throws {
    #expect(!(try AdamProgram.run(["-e", "print nope_at_all"]).errors.contains("\u{1B}")))
    #expect(try AdamProgram.run(["--color", "always", "-e", "print nope_at_all"]).errors.contains("\u{1B}"))
  }

  @Test("SIGINT ends a training with its summary and status 130")
  func interrupt() throws {
    let line = """
      $ADAM -e 'model = seq(linear(2,16), relu, linear(16,1)); opt = adam(lr=1e-3); train 1000000000' & p=$!
      sleep 1; kill -INT $p; wait $p; echo rc=$? >&2
      """
    let result = try AdamProgram.shell("set -m; " + line)
    #expect(result.errors.contains("interrupted"))
    #expect(result.errors.contains("rc=130"))
  }

  @Test("showing a stage prints and writes nothing of the script", arguments: ["ir", "grad", "opt", "plan"])
  func stageIsQuiet(stage: String) throws {
    let folder = try TemporaryFolder()
    let script = "print \"shown\"\nmodel = linear(1, 1)\nr = train 3\nprint r.loss\nsave \"m.safetensors\"\n"
    _ = try folder.file("s.adam", script)
    let result = try AdamProgram.run(["ir", "s.adam", "--stage", stage], folder: folder.url.path)
    #expect(result.status == 0 && !result.output.isEmpty && !result.output.contains("shown\n"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("m.safetensors").path))
  }

  @Test("a stage of a step that does not exist is an error")
  func stageWithoutTraining() throws {
    let result = try AdamProgram.run(["ir", "-", "--stage", "grad"], input: "print 1")
    #expect(result.status == 1 && result.output == "" && result.errors.contains("error[E0407]"))
  }

  @Test("help of a command and tips for options")
  func helpOfCommands() throws {
    #expect(try AdamProgram.run(["help", "check"]).output.contains("Find mistakes"))
    #expect(try AdamProgram.run(["--help"]).output.contains("--seed N"))
    #expect(try AdamProgram.run(["--sede", "1"]).errors.contains("tip: a similar option is `--seed`"))
    #expect(try AdamProgram.run(["--seed", "-1", "-e", "1"]).errors.contains("'-1' is invalid"))
  }

  @Test("`explain` shows pages, lists codes and knows what was meant")
  func explain() throws {
    let page = try AdamProgram.run(["explain", "e0301"])
    #expect(page.status == 0 && page.output.hasPrefix("E0301: ") && page.output.contains("Wrong:"))
    let list = try AdamProgram.run(["explain"]).output
    #expect(list.contains("\nW0203 shadow-builtin  "))
    let unknown = try AdamProgram.run(["explain", "shadow-bultin"])
    #expect(unknown.status == 2 && unknown.errors.contains("did you mean `shadow-builtin`?"))
    let name = try AdamProgram.run(["doc", "lineer"])
    #expect(name.status == 2 && name.errors.contains("did you mean `linear`?"))
    #expect(try AdamProgram.run(["explain", "--schema"]).output.hasPrefix("{\n"))
  }

  @Test("a warning is silenced or denied by name, in run and check", arguments: ["run", "check"])
  func warningLevels(_ command: String) throws {
    let folder = try TemporaryFolder()
    let script = try folder.file("x.adam", "print 1\nmax = 3\nprint max\n")
    #expect(try AdamProgram.run([command, script]).errors.contains("warning[W0203 shadow-builtin]: "))
    let allowed = try AdamProgram.run([command, "--deny", "warnings", "--allow", "W0203", script])
    #expect(allowed.status == 0 && allowed.errors == "")
    let denied = try AdamProgram.run([command, "--deny", "shadow-builtin", script])
    #expect(denied.status == 1 && denied.output == "" && denied.errors.contains("error[W0203 shadow-builtin]: "))
    let unknown = try AdamProgram.run([command, "--deny", "shadow-bultin", script])
    #expect(unknown.status == 2 && unknown.errors.contains("did you mean `shadow-builtin`?"))
  }

  @Test("`-i` without a terminal runs what comes in, in the same session")
  func interactiveFilter() throws {
    let result = try AdamProgram.run(["-i", "-e", "x = 1"], input: "print x + 1\n")
    #expect(result.output == "2\n" && result.status == 0)
  }
}
