// Wrong scripts, files, arguments and settings: each gets its message, place and status, and none
// ends the process or waits.
import AdamKit
import AdamTestSupport
import Foundation
import Testing

@Suite("Bad input")
struct BadInputTests {
  /// A script and the beginning of its only error as `line:col CODE message`.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var script: String
    var error: String
    var outcome = Session.Outcome.failed
    var testDescription: String { "\(script.suffix(60))" }

    init(_ script: String, _ error: String, _ outcome: Session.Outcome = .failed) {
      (self.script, self.error, self.outcome) = (script, error, outcome)
    }
  }

  @Test("a wrong text has one error, at its place", arguments: BadScripts.texts)
  func wrongText(_ mistake: Mistake) { expect(mistake) }

  @Test("a wrong call has one error, at its place", arguments: BadScripts.calls)
  func wrongCall(_ mistake: Mistake) { expect(mistake) }

  @Test("a wrong training has one error, at its place", arguments: BadScripts.trainings)
  func wrongTraining(_ mistake: Mistake) { expect(mistake) }

  private func expect(_ mistake: Mistake) {
    let record = ScriptRecord()
    let outcome = Session.recorded(record).execute(Array(mistake.script.utf8), name: "t")
    let errors = record.messages.filter { !$0.contains(" warning ") }
    #expect(errors.count == 1, "\(errors)")
    // An error that begins with its code may stand anywhere.
    let found = errors.first ?? ""
    #expect(mistake.error.hasPrefix("E") ? found.contains(" \(mistake.error)") : found.hasPrefix(mistake.error), "\(errors)")
    #expect(outcome == mistake.outcome)
    #expect(record.output == "")
  }

  @Test("texts without a statement run and print nothing", arguments: ["", "   ", "# only", "\u{FEFF}", ";;\n;"])
  func nothing(text: String) {
    let record = ScriptRecord()
    #expect(Session.recorded(record).execute(Array(text.utf8), name: "t") == .completed)
    #expect(record.output == "" && record.messages == [])
  }

  @Test(
    "every end of a line is the same",
    arguments: ["print 1\nprint 2\n", "print 1\r\nprint 2\r\n", "print 1\rprint 2", "\u{FEFF}print 1\nprint 2"])
  func lineEnds(text: String) {
    let record = ScriptRecord()
    _ = Session.recorded(record).execute(Array(text.utf8), name: "t")
    #expect(record.output == "1\n2\n")
  }

  @Test(
    "bytes that are no text are refused with their offset",
    arguments: [
      ([0x31, 0x00], "1:2 E0115 NUL byte at offset 1"), ([0x31, 0xFF], "1:2 E0115 invalid UTF-8 at byte 1"),
      ([0x22, 0xC0, 0x80, 0x22], "1:2 E0115 invalid UTF-8 at byte 1"),
      ([0x22, 0xED, 0xA0, 0x80, 0x22], "1:2 E0115 invalid UTF-8 at byte 1"),
      ([0xFF, 0xFE, 0x31, 0x00], "1:1 E0115 the file is UTF-16; save it as UTF-8"),
    ] as [([UInt8], String)])
  func notText(bytes: [UInt8], message: String) {
    let record = ScriptRecord()
    #expect(Session.recorded(record).execute(bytes, name: "t") == .failed)
    #expect(record.messages.count == 1 && record.messages[0].hasPrefix(message), "\(record.messages)")
  }

  @Test("a failed training keeps the last good step and the session")
  func keepsLastStep() {
    let record = ScriptRecord()
    let session = Session.recorded(record)
    let run = { (text: String) in session.execute(Array(text.utf8), name: "t") }
    #expect(run("seed 0\nmodel = linear(1, 1)\ndata = ([[1]], [[1]])\nloss = mse()\nopt = adam(lr=1e30)") == .completed)
    #expect(run("train 100") == .nonFinite)
    #expect(record.messages.contains { $0.contains("E0401") })
    record.clear()
    #expect(run("w = model.weight\nassert w[0, 0] == w[0, 0] and abs(w[0, 0]) < 1e31\nprint 1") == .completed)
    #expect(record.output == "1\n")
  }

  @Test(
    "nesting of 200 is read and 201 is refused",
    arguments: ["(", "[", "-", "not ", "fn() ", "abs(", "if true {", "\"{", "for i in [1] {", "seq("])
  func nesting(opener: String) {
    let closers = ["(": ")", "[": "]", "abs(": ")", "if true {": "}", "\"{": "}\"", "for i in [1] {": "}", "seq(": ")"]
    let isStatement = opener.hasSuffix("{") && opener != "\"{"
    func text(_ depth: Int) -> String {
      let open = String(repeating: opener, count: depth)
      let close = String(repeating: closers[opener] ?? "", count: depth)
      return (isStatement ? "" : "x = ") + open + (isStatement ? "" : opener == "not " ? "true" : opener == "seq(" ? "relu" : "1") + close
    }
    for (depth, isFine) in [(200, true), (201, false), (100_000, false)] {
      let record = ScriptRecord()
      _ = Session.recorded(record).check(Array(text(depth).utf8), name: "t")
      let deep = record.messages.filter { $0.contains("E0111 nesting deeper than 200") }
      #expect(deep.count == (isFine ? 0 : 1), "\(depth): \(record.messages.prefix(3))")
    }
  }
}

/// Whole processes: arguments, settings and files.
@Suite("Bad arguments and files")
struct BadArgumentTests {
  @Test(
    "a setting that says nonsense is wrong usage, never ignored",
    arguments: [
      ("ADAM_THREADS", "abc"), ("ADAM_THREADS", "0"), ("ADAM_THREADS", "-1"), ("ADAM_THREADS", "1e9"),
      ("ADAM_THREADS", "65"), ("ADAM_THREADS", "1.5"), ("ADAM_ISA", "avx2"), ("ADAM_ISA", "V3"),
      ("ADAM_PROGRESS", "loud"),
    ])
  func settings(name: String, value: String) throws {
    for arguments in [["-e", "print 1"], ["check", "/dev/null"], ["ir", "/dev/null"]] {
      let result = try AdamProgram.run(arguments, environment: [name: value])
      #expect(result.status == 2 && result.output == "", "\(arguments)")
      #expect(result.errors.hasPrefix("error: \(name) is "), "\(result.errors)")
    }
  }

  @Test("an empty setting is none", arguments: ["ADAM_THREADS", "ADAM_ISA", "ADAM_PROGRESS"])
  func emptySetting(name: String) throws {
    #expect(try AdamProgram.run(["-e", "print 1"], environment: [name: ""]).output == "1\n")
  }

  @Test(
    "wrong arguments end with 2 and a short message",
    arguments: [
      ["--seed"], ["--seed="], ["--seed", "-1", "-e", "1"], ["--seed", "1e3", "-e", "1"], ["--threads", "0"],
      ["--nope"], ["-e"], [""], ["/"], ["nope.adam"], ["check"], ["check", "nope.adam"], ["ir"],
      ["ir", "--stage", "x", "y"], ["--color", "x", "-e", "1"], ["--progress", "x", "-e", "1"],
    ])
  func arguments(_ arguments: [String]) throws {
    let result = try AdamProgram.run(arguments)
    #expect(result.status == 2 && result.output == "")
    #expect(result.errors.hasPrefix("error: ") && result.errors.split(separator: "\n").count <= 9, "\(result.errors)")
  }

  @Test("a slip in a command is noticed")
  func commandSlip() throws {
    #expect(try AdamProgram.run(["chekc"]).errors.hasSuffix("; did you mean `adam check`?\n"))
  }

  @Test("every file name works, UTF-8 or not")
  func names() throws {
    let folder = try TemporaryFolder()
    let result = try AdamProgram.shell(
      """
      for name in 'a b.adam' $'n\\nl.adam' $'\\xff\\xfe.adam' ./-x.adam; do
        printf 'print 1' > "$name"; "$ADAM" "$name"
      done; "$ADAM" -- -x.adam
      """, folder: folder.url.path)
    #expect(result.output == "1\n1\n1\n1\n1\n" && result.errors == "")
  }

  @Test(
    "a save that cannot be written ends with 74",
    arguments: ["/nonexistent/x.safetensors", "/proc/x.safetensors", "folder.safetensors"])
  func save(path: String) throws {
    let folder = try TemporaryFolder()
    let script = "mkdir folder.safetensors; \"$ADAM\" -e 'model = linear(1, 1)' -e 'save \"\(path)\"'; echo rc=$? >&2"
    let result = try AdamProgram.shell(script, folder: folder.url.path)
    #expect(result.errors.contains("<-e:2>:1:6: error[E0501]: cannot write `\(path)`"), "\(result.errors)")
    #expect(result.errors.hasSuffix("rc=74\n"))
  }

  @Test(
    "a table that cannot be read is an error at the script's place, with 1",
    arguments: [
      ("", "E0507"), ("a,y\n", "E0507"), ("a,y\n1\n", "E0503"), ("a,y\n1,2,3\n", "E0503"),
      ("a,y\nx,1\n", "E0504"), ("a,y\n,1\n", "E0505"), ("a,y\n\"1,2\n", "E0503"), ("y,y\n1,2\n", "E0506"),
      ("a;y\n1;2\n", "E0503"), ("a,y\n1e400,1\n", "E0504"), ("a,y\n0x10,1\n", "E0504"),
      ("a,y\nnan,1\n", "E0505"), ("a,y\n1_0,1\n", "E0504"), ("a,y\n\u{0}1,1\n", "E0502"),
      ("a,b\n1,2\n", "E0506"),
    ])
  func tables(text: String, code: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("t.csv", text)
    let result = try AdamProgram.run(
      ["-e", "data = csv(\"t.csv\", target=\"y\"); model = linear(1, 1); train 1"], folder: folder.url.path)
    #expect(result.status == 1 && result.output == "")
    #expect(result.errors.hasPrefix("<-e:1>:1:"))
    #expect(result.errors.contains("error[\(code)]"), "\(result.errors)")
  }

  @Test(
    "many small tensors under a limit of addresses end in an error, not in a crash",
    arguments: ["x = ones(200); xs.append(x + x)", "xs.append(ones(1))", "xs.append(rand(3, 2))"])
  func addresses(body: String) throws {
    let script = "xs = []; while true { \(body) }"
    let result = try AdamProgram.shell("ulimit -v 400000; $ADAM -e '\(script)'; echo rc=$? >&2")
    #expect(result.errors.contains("; the limit is ") && result.errors.hasSuffix("rc=1\n"), "\(result.errors)")
  }

  @Test("signals end a run as the shell expects", arguments: [("INT", 130), ("TERM", 143)])
  func signals(name: String, status: Int) throws {
    let scripts = ["model = linear(2, 1); opt = adam(lr=1e-3); train 1000000000", "x = 0; while true { x += 1 }"]
    for script in scripts {
      let result = try AdamProgram.shell(
        "set -m; $ADAM -e '\(script)' & p=$!; sleep 1; kill -\(name) $p; wait $p; echo rc=$? >&2")
      #expect(result.errors.contains("rc=\(status)"), "\(result.errors)")
    }
  }
}
