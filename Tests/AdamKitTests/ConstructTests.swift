// Every construct of the language in the form of `adam ir --stage ir`: files under Tests/Golden/constructs
// with the program beside them, and what the passes over programs make of it.
import AdamIR
import AdamKit
import AdamPasses
import AdamSyntax
import AdamTestSupport
import Foundation
import Testing

private let folder = ProjectFiles.root.appendingPathComponent("Tests/Golden/constructs")
private let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
  .filter { $0.hasSuffix(".adam") }.sorted()

private func script(_ file: String) throws -> [UInt8] {
  Array(try Data(contentsOf: folder.appendingPathComponent(file)))
}

@Suite("Constructs (Golden)") struct ConstructTests {
  @Test(arguments: files) func `a construct is printed as recorded and reads back`(file: String) throws {
    let record = ScriptRecord()
    let found = Session.recorded(record).intermediate(try script(file), name: file, stage: "ir")
    #expect(found.outcome == .completed, "\(record.messages)")
    let golden = folder.appendingPathComponent(file.replacingOccurrences(of: ".adam", with: ".ir"))
    if ProcessInfo.processInfo.environment["ADAM_BLESS"] == "1" {
      try found.text.write(to: golden, atomically: true, encoding: .utf8)
    }
    #expect(found.text == (try? String(contentsOf: golden, encoding: .utf8)))
    let program = try Program.parse(found.text)
    #expect(program.printed() == found.text)
    #expect(program.verify() == [])
  }

  @Test func `together they have every instruction and every kind of statement and expression`() throws {
    var instructions: Set<String> = []
    for file in files {
      let text = Session.recorded(ScriptRecord()).intermediate(try script(file), name: file, stage: "ir").text
      for function in try Program.parse(text).functions {
        for instruction in function.instructions { instructions.insert(caseName(instruction)) }
      }
    }
    // Made by a pass, and by what is not there yet.
    let elsewhere: Set<String> = ["inlined", "unsupported"]
    let all: Set<String> = [
      "constant", "move", "requireSet", "loadGlobal", "loadGlobalIfSet", "storeGlobal", "binary", "negate",
      "not", "requireBool", "jump", "jumpIfFalse", "jumpIfTrue", "loop", "loopHeader", "list", "tuple", "record",
      "range", "format", "index", "setIndex", "field", "setField", "call", "callMethod", "verb", "closure",
      "iterate", "next", "unpack", "append", "hook", "assert", "statement", "result", "returnValue",
    ]
    #expect(all.subtracting(instructions).sorted() == [])
    #expect(instructions.subtracting(all).isSubset(of: elsewhere))
  }

  private func caseName(_ instruction: Instruction) -> String {
    let text = "\(instruction)"
    return String(text.prefix { $0 != "(" })
  }

  @Test func `a program whose jumps make no structure is refused by the verifier`() throws {
    let text = "program source 0\n\nfunction 0 @main() registers 1 !0..1 {\n"
      + "  %0 = constant true !0..1\n  if %0 !0..1 {\n    %0 = constant 1.0 !0..1\n  }\n  return %0 !0..1\n}\n"
    let program = try Program.parse(text)
    #expect(program.verify() == [])
    for (place, jump) in [(1, Instruction.jump(1)), (2, .jump(4)), (1, .loop(0)), (1, .loopHeader(end: 3))] {
      var broken = program
      broken.functions[0].instructions[place] = jump
      #expect(!broken.verify().isEmpty, "\(jump)")
    }
    #expect(throws: ProgramTextError.self) { try Program.parse(text.replacing("  if", with: "  break !0..1\n  if")) }
  }
}
