// The text form reads back to itself and never traps.
import AdamIR
import AdamTestSupport
import Testing

@Suite struct TextTests {
  static let step = """
    func @train_step(
      %0: f32[16, 2] parameter "0.weight" !13..24,
      %1: f32[16] parameter "0.bias" !13..24,
      %2: f32[16, 2] state "0.weight.m",
      %3: f32[8] scalars "scalars",
      %4: f32[1, 2] input "x" !2:0..4,
    ) {
      %5     = linear(%4, %0, %1) : f32[1, 16] !13..24
      %6     = full(; value=1e-08, type=f32[]) : f32[]
      %7     = fused_elementwise(%5, %1; body={mul(a0, 0.5); add(s0, a1); gelu(s1; approximate="none")}) \
    : f32[1, 16] !26..30
      %8     = sum(%7; axes=[0, 1], keepdims=false) : f32[]
      %9, %10 = sgd(%0, %0, %2, %3; options=-1) : f32[16, 2], f32[16, 2]
      return %8 "loss", %9 "0.weight" replaces %0, %10 "0.weight.m" replaces %2
    }

    """

  @Test func printsWhatItReads() throws {
    let function = try TensorFunction.parse(Self.step)
    let text = function.text
    #expect(try TensorFunction.parse(text) == function)
    #expect(try TensorFunction.parse(text).text == text)
    #expect(text.contains("%4: f32[1, 2] input \"x\" !2:0..4,"))
    #expect(text.contains("%5      = linear(%4, %0, %1) : f32[1, 16] !13..24\n"))
    #expect(text.contains("replaces %2\n}\n"))
  }

  @Test func everySampleReadsBack() throws {
    for op in OpRegistry.all {
      for sample in try #require(OpSample.of(op)) {
        var function = TensorFunction(name: "sample of \(op.name)")
        let operands = sample.operands.enumerated().map {
          function.addParameter($1, name: "a \"\($0)\"\n\\", role: .input)
        }
        let results = try function.apply(op, operands, sample.attributes)
        function.results = results.map { FunctionResult($0, "r\($0.index)") }
        #expect(try TensorFunction.parse(function.text) == function)
      }
    }
  }

  @Test func severalFunctionsStandInOneText() throws {
    let one = try TensorFunction.parse(Self.step).text
    #expect(try TensorFunction.parseAll(one + "\n" + one).map(\.text) == [one, one])
  }

  @Test func numbersKeepTheirBits() throws {
    for number in [0, -0.0, 1e-45, .infinity, -.infinity, 0.1, 1e300] {
      var function = TensorFunction(name: "f")
      _ = try function.constant(number)
      let again = try TensorFunction.parse(function.text)
      let value = again.operations[0].attributes.float("value")
      #expect(value?.bitPattern == number.bitPattern)
    }
  }

  @Test(arguments: [
    ("", "1:1 expected `func`"),
    ("func @f() {\n  %0 = tan(%1) : f32[]\n  return\n}", "2:8 no op `tan`"),
    ("func @f() {\n  %0 = neg(%1) : f32[]\n  return\n}", "2:12 %1 is not defined"),
    ("func @f() {\n  %7 = full() : f32[]\n  return }", "2:3 %7 leaves a gap: there are 1 values"),
    ("func @f(%0: f32[] input \"x\", %0: f32[] input \"y\") { return }", "1:30 %0 is defined twice"),
    ("func @f(%0: f64[] input \"x\") { return }", "1:13 expected `f32`, `i32` or `bool`"),
    ("func @f(%0: f32[] weight \"x\") { return }",
      "1:19 expected `parameter`, `state`, `input`, `target` or `scalars`"),
    ("func @f(%0: f32[] input \"x", "1:27 this string does not end"),
    ("func @f(%99999999999999999999: f32[] input \"x\")", "1:10 expected a whole number"),
    ("func @f(%0: f32[-1] input \"x\")", "1:17 a size is not negative"),
    ("func @f() { return } more", "1:22 expected the end of the text"),
  ])
  func errorsHaveTheirPlace(_ text: String, _ expected: String) {
    do {
      _ = try TensorFunction.parse(text)
      Issue.record("accepted")
    } catch { #expect("\(error.line):\(error.column) \(error.message)" == expected) }
  }

  @Test("damaged texts never trap") func damagedTextsNeverTrap() {
    var draws = Draws(seed: 4)
    let bytes = Array(Self.step.utf8)
    for cut in bytes.indices {
      _ = try? TensorFunction.parse(String(decoding: bytes[..<cut], as: UTF8.self))
    }
    for _ in 0..<2000 {
      var damaged = bytes
      for _ in 0..<3 { damaged[draws.below(damaged.count)] = UInt8(draws.below(128)) }
      if let function = try? TensorFunction.parse(String(decoding: damaged, as: UTF8.self)) {
        _ = function.violations()
        #expect((try? TensorFunction.parse(function.text))?.text == function.text)
      }
    }
  }
}
