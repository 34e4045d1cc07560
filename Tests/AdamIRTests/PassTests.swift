// What each pass makes of a text, as files under Tests/Golden/passes: the name of the pass on the
// first line, the function, a line of dashes, the function afterwards.
import AdamIR
import AdamPasses
import AdamSource
import AdamTestSupport
import Foundation
import Testing

@Suite struct PassTests {
  static let folder = AdamProgram.root + "/Tests/Golden/passes"
  static let files: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".ir") }.sorted()
  static let sgd = OptimizerUpdate(.sgd, slots: ["momentum_buffer"], scalarCount: 4)
  static let divider = "----\n"

  private func output(_ name: String, _ input: String) throws -> String {
    let function = try TensorFunction.parse(input)
    #expect(function.violations() == [])
    if name == "plan" { return try MemoryPlan(function).text(function) }
    if name == "training" {
      return try Pipeline.training(Self.sgd).run(function, verifyAfterEach: true).text
    }
    let passes = Pipeline.training(Self.sgd).entries.map(\.pass)
    let pass = try #require(passes.first { $0.name == name })
    let result = try pass.run(function, PassContext(evaluate: ReferenceInterpreter.evaluate))
    #expect(result.violations() == [])
    #expect(try TensorFunction.parse(result.text) == result)
    return result.text
  }

  @Test("a pass makes of a file what stands in it", arguments: files)
  func golden(_ file: String) throws {
    let path = Self.folder + "/" + file
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(separator: "\n", maxSplits: 1).map(String.init)
    let name = try #require(lines.first?.split(separator: " ").last.map(String.init))
    let parts = lines[1].components(separatedBy: Self.divider)
    let found = try output(name, parts[0])
    if parts.count == 2, parts[1] == found { return }
    Issue.record("\(file) is now\n\(found)")
    if ProcessInfo.processInfo.environment["ADAM_BLESS"] != nil {
      let blessed = lines[0] + "\n" + parts[0] + Self.divider + found
      try blessed.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  @Test func everyPassHasAFile() throws {
    let passes = Pipeline.training(Self.sgd).entries.map(\.pass.name)
    for name in passes { #expect(Self.files.contains { $0.hasPrefix(name) }, "\(name)") }
  }

  @Test func aPassThatBreaksTheFunctionIsNamed() throws {
    let breaking = Pass("break-things", purpose: "test") { function in
      var function = function
      function.operations.swapAt(0, 1)
      return function
    }
    let pipeline = Pipeline([.init(.dce, because: "first"), .init(breaking, because: "second")])
    let function = try TensorFunction.parse(VerifierTests.sound)
    do {
      _ = try pipeline.run(function, verifyAfterEach: true)
      Issue.record("not seen")
    } catch {
      guard case .broken("break-things", let violations, _) = error else { throw error }
      #expect(violations.map(\.invariant) == [.order])
    }
  }

  @Test func anOpWithoutGradientIsNamedWithItsPlace() throws {
    // Every op of the registry has a gradient, so this one is not of it.
    let bare = OpDefinition(
      name: "bare", summary: "Nothing.", formula: "y = x", operandCount: 1...1, inferTypes: { types, _ in types })
    var function = TensorFunction(name: "f")
    let w = function.addParameter(.f32(), name: "w", role: .parameter)
    let y = try function.emit(bare, [w], span: Span(SourceID(0), 3, 9))
    function.results = [FunctionResult(y, "loss")]
    do {
      _ = try Pass.autodiff.run(function)
      Issue.record("accepted")
    } catch {
      #expect(error.message == "`bare` has no gradient")
      #expect(error.span?.start == 3)
    }
  }

  @Test func aLossMustBeANumber() throws {
    let text = "func @f(%0: f32[2] parameter \"w\" !1..2) { return %0 \"loss\" }"
    let function = try TensorFunction.parse(text)
    #expect(throws: PassError.self) { try Pass.autodiff.run(function) }
  }
}
