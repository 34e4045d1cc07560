// Which calls of a plan wait for which others.
import AdamData
import AdamIR
import Testing

@testable import AdamRuntime

@Suite struct CallOrderTests {
  /// The calls that each call of the plan waits for, itself or through others.
  private func waits(_ function: TensorFunction) throws -> [Set<Int>] {
    var options = RuntimeOptions(threads: 2)
    options.splitsEverything = true
    let generator = RandomSource(Generator(seed: 1))
    let plan = try Plan(function, try Runtime(options), random: generator)
    var all: [Set<Int>] = []
    for call in 0..<plan.callCount {
      let direct = (0..<call).filter { plan.instructions[call].waits & 1 << UInt64($0) != 0 }
      all.append(direct.reduce(into: Set(direct)) { $0.formUnion(all[$1]) })
    }
    return all
  }

  private func square() -> (TensorFunction, ValueID) {
    var f = TensorFunction(name: "f")
    let x = f.addParameter(.f32(64, 64), name: "x", role: .input)
    return (f, x)
  }

  private func product(_ f: inout TensorFunction, _ a: ValueID, _ b: ValueID) throws -> ValueID {
    try f.emit(.matmul, [a, b], ["transpose_a": .bool(false), "transpose_b": .bool(false)])
  }

  @Test func `a call waits for what it reads and for nothing else`() throws {
    var (f, x) = square()
    let a = try product(&f, x, x)
    let b = try f.emit(.exp, [x])
    let c = try product(&f, b, x)
    f.results = [FunctionResult(a, "a"), FunctionResult(b, "b"), FunctionResult(c, "c")]
    #expect(try waits(f) == [[], [], [1]])
  }

  @Test func `a call waits for those that read or write the memory it takes over`() throws {
    var (f, x) = square()
    let a = try product(&f, x, x)
    let total = try f.emit(.sum, [a], ["axes": .ints([1]), "keepdims": .bool(false)])
    // Takes the memory of `a`, which nobody reads any more.
    let b = try product(&f, x, x)
    f.results = [FunctionResult(total, "total"), FunctionResult(b, "b")]
    #expect(try waits(f) == [[], [0], [0, 1]])
  }

  @Test func `an operation in place waits for those that read its operand`() throws {
    var (f, x) = square()
    let a = try product(&f, x, x)
    let b = try product(&f, a, x)
    // In the memory of `a`.
    let c = try f.emit(.exp, [a])
    f.results = [FunctionResult(b, "b"), FunctionResult(c, "c")]
    #expect(try waits(f) == [[], [0], [0, 1]])
  }

  @Test func `draws keep their order`() throws {
    var (f, x) = square()
    let a = try f.emit(.dropoutMask, [x], ["p": .float(0.5)])
    let b = try f.emit(.exp, [x])
    let c = try f.emit(.dropoutMask, [x], ["p": .float(0.5)])
    f.results = [FunctionResult(a, "a"), FunctionResult(b, "b"), FunctionResult(c, "c")]
    #expect(try waits(f) == [[], [], [0]])
  }
}
