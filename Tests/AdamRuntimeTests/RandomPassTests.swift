// Random functions through the kernels: whatever passes do, every bit of every result stays. Operands
// hold the numbers that break almost-identities: both zeros, infinities, NaN, the smallest normal.
import AdamData
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@testable import AdamRuntime

@Suite struct RandomPassTests {
  static let seeds = Array(1...220)
  private static let special: [Float] = [
    0, -0.0, .infinity, -.infinity, .nan, .leastNormalMagnitude, -.leastNormalMagnitude, .greatestFiniteMagnitude,
    1, -1,
  ]

  private func arguments(_ graph: inout RandomGraph, _ seed: Int) throws -> [Tensor] {
    var numbers = Numbers(UInt64(seed))
    return try graph.function.parameters.map { parameter in
      let tensor = try numbers.tensor(graph.function.type(parameter.value), below: 2)
      guard tensor.element == .f32, seed % 3 != 0 else { return tensor }
      let floats = tensor.floats.map { x in
        numbers.unit() < 0.3 ? Self.special[Int(numbers.unit() * Double(Self.special.count))] : x
      }
      tensor.write(floats: floats)
      return tensor
    }
  }

  /// Bits of all results; a NaN is a NaN, whichever.
  private func results(
    _ function: TensorFunction, _ arguments: [Tensor], inPlace: Bool = true
  ) throws -> [[UInt32]] {
    let random = RandomSource(Generator(seed: 3))
    let plan = try Plan(
      function, try Machines.single(), bindings: arguments.map { try $0.copy() }, random: random, inPlace: inPlace)
    plan.run()
    return try function.results.indices.map { index in
      let tensor = try plan.result(index)
      return tensor.element == .f32 ? tensor.floats.map { $0.isNaN ? .max : $0.bitPattern } : tensor.bits
    }
  }

  @Test(arguments: seeds) func `no pass changes a bit`(seed: Int) throws {
    var graph = try RandomGraph(seed: UInt64(seed) &+ 1000, operations: 14)
    let arguments = try arguments(&graph, seed)
    let engine = TensorEngine(try Machines.single())
    let context = PassContext(evaluate: { engine.evaluate($0) })
    let wanted = try results(graph.function, arguments, inPlace: false)
    var current = graph.function
    for entry in Pipeline.standard.entries {
      let next = try entry.pass.run(current, context)
      if next == current { continue }
      current = next
      #expect(current.violations() == [], "seed \(seed), \(entry.pass.name)")
      let found = try results(current, arguments)
      #expect(found == wanted, "seed \(seed), \(entry.pass.name)\n\(graph.function.text)\n\(current.text)")
    }
  }

  @Test func `changing the sign changes that of zeros on every level`() throws {
    for machine in try Machines.all() {
      let x = try Tensor([20], floats: (0..<20).map { $0 % 2 == 0 ? 0 : -0.0 })
      let y = try TensorEngine(machine).apply(.neg, [x])[0]
      #expect(y.bits == (0..<20).map { $0 % 2 == 0 ? 0x8000_0000 : 0 }, "\(machine.isa)")
    }
  }

  @Test func `constants are folded with the kernels' bits`() throws {
    let text = """
      func @f(%0: f32[4] input "x") {
        %1 = full(; value=0.1, type=f32[4]) : f32[4]
        %2 = exp(%1) : f32[4]
        %3 = sum(%2; axes=[0], keepdims=false) : f32[]
        %4 = tanh(%3) : f32[]
        %5 = full(; value=0.0, type=f32[]) : f32[]
        %6 = log(%5) : f32[]
        %7 = mul(%0, %4) : f32[4]
        return %7 "y", %6 "z"
      }
      """
    let function = try TensorFunction.parse(text)
    let engine = TensorEngine(try Machines.single())
    let folded = try Pass.dce.run(
      try Pass.foldConstants.run(function, PassContext(evaluate: { engine.evaluate($0) })))
    #expect(folded.operations.map(\.op.name) == ["full", "full", "log", "mul"])
    let x = try Tensor([4], floats: [1, 2, 3, 4])
    #expect(try results(folded, [x]) == (try results(function, [x])))
  }
}
