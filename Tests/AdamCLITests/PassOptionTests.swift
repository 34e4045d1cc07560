// `--print-after`, `--disable` and `--passes` as a user types them.
import AdamTestSupport
import Testing

@Suite("Options about passes")
struct PassOptionTests {
  private let step = "model = linear(2, 1); train 2"

  @Test("the passes are listed with their reason; the required ones say so")
  func list() throws {
    let result = try AdamProgram.run(["ir", "--passes"])
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.contains("  simplify "))
    #expect(result.output.contains("append the gradient of the first result for each parameter (required)"))
  }

  @Test("a name that no pass has is wrong usage and the nearest is named", arguments: ["--disable", "--print-after"])
  func unknown(option: String) throws {
    for command in [["run", option, "simplfy", "-e", "print 1"], ["ir", option, "simplfy", "-"]] {
      let result = try AdamProgram.run(command, input: "print 1")
      #expect(result.status == 2 && result.output == "")
      #expect(result.errors.contains("there is no pass `simplfy`"))
      #expect(result.errors.contains("did you mean `simplify`?"))
    }
  }

  @Test("a required pass cannot be disabled")
  func required() throws {
    let result = try AdamProgram.run(["run", "--disable", "autodiff", "-e", "print 1"])
    #expect(result.status == 2 && result.output == "")
    #expect(result.errors.contains("cannot be disabled: without it a step has no gradients"))
  }

  @Test("`adam ir` shows a pass on stdout and trains nothing")
  func shownByIR() throws {
    let result = try AdamProgram.run(["ir", "-q", "--print-after", "cse", "-"], input: step)
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("# after cse\nfunc @train_step("))
    #expect(result.output.components(separatedBy: "# after").count == 2)
  }

  @Test("a run shows a pass on stderr; stdout stays the script's")
  func shownByRun() throws {
    let arguments = ["run", "-q", "--print-after", "all", "--disable", "cse", "-e", step + "; print 7"]
    let result = try AdamProgram.run(arguments)
    #expect(result.status == 0 && result.output == "7\n")
    #expect(result.errors.contains("# after inline\nprogram source"))
    #expect(result.errors.contains("# after dce\nfunc @train_step("))
    #expect(!result.errors.contains("# after cse"))
  }

  @Test("a pass that never ran is an error that says so")
  func neverRan() throws {
    let result = try AdamProgram.run(["ir", "--print-after", "cse", "-"], input: "print 1")
    #expect(result.status == 1)
    #expect(result.errors.contains("no function for the pass cse"))
  }

  @Test("`adam ir` without a script is wrong usage")
  func noFile() throws {
    #expect(try AdamProgram.run(["ir"]).status == 2)
  }
}
