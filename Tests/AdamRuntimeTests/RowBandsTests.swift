// Two threads with the rows of a small step between them against one thread, bit for bit.
import AdamFormulas
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@testable import AdamRuntime

/// A network of linear layers on rows.
private struct Rows: CustomTestStringConvertible, Sendable {
  var rows: Int
  var widths: [Int]
  var activation: String
  /// Classes are as many as the last width; otherwise the error is squared.
  var classifies = false
  var testDescription: String { "\(rows) × \(widths) \(activation)\(classifies ? ", classes" : "")" }

  static let all = [
    Rows(rows: 256, widths: [1, 64, 64, 1], activation: "tanh"),
    Rows(rows: 64, widths: [32, 128, 128, 10], activation: "relu", classifies: true),
    Rows(rows: 32, widths: [40, 150, 64, 33], activation: "gelu", classifies: true),
    Rows(rows: 47, widths: [100, 96, 47, 47], activation: "sigmoid"),
    Rows(rows: 383, widths: [3, 65, 130, 2], activation: "relu"),
    Rows(rows: 384, widths: [17, 31, 200, 32, 1], activation: "tanh"),
    Rows(rows: 100, widths: [200, 100, 100, 5], activation: "exp", classifies: true),
    Rows(rows: 130, widths: [130, 130, 130], activation: "relu"),
  ]

  func step() throws -> TensorFunction {
    var f = TensorFunction(name: "train_step")
    var layers: [(ValueID, ValueID)] = []
    for (index, pair) in zip(widths, widths.dropFirst()).enumerated() {
      layers.append(
        (f.addParameter(.f32(pair.1, pair.0), name: "\(index).weight", role: .parameter),
          f.addParameter(.f32(pair.1), name: "\(index).bias", role: .parameter)))
    }
    let last = widths[widths.count - 1]
    var x = f.addParameter(.f32(rows, widths[0]), name: "x", role: .input)
    let target = TensorType(classifies ? .i32 : .f32, Shape(sizes: classifies ? [rows] : [rows, last]))
    let y = f.addParameter(target, name: "y", role: .target)
    for (index, layer) in layers.enumerated() {
      x = try f.emit(.linear, [x, layer.0, layer.1])
      if index < layers.count - 1 { x = try activated(&f, x) }
    }
    f.results = [FunctionResult(try loss(&f, x, y), "loss")]
    let update = OptimizerUpdate(.adam, slots: ["m", "v"], scalarCount: OptimizerRules.scalarCount)
    return try Pipeline.training(update).run(f)
  }

  private func activated(_ f: inout TensorFunction, _ x: ValueID) throws -> ValueID {
    let op = try #require(OpRegistry.standard[activation])
    return try f.emit(op, [x], op == .gelu ? ["approximate": .string("none")] : Attributes())
  }

  private func loss(_ f: inout TensorFunction, _ x: ValueID, _ y: ValueID) throws -> ValueID {
    guard classifies else { return try f.emit(.mseLoss, [x, y]) }
    return try f.emit(.nllLoss, [try f.emit(.logSoftmax, [x], ["axis": .int(1)]), y])
  }

  /// The loss and all that a few steps change.
  func bits(_ function: TensorFunction, on machine: Runtime) throws -> [[UInt32]] {
    var numbers = Numbers(5)
    let arguments = try function.parameters.map { parameter -> Tensor in
      let type = function.type(parameter.value)
      if parameter.role == .scalars {
        return try Tensor(type.shape.sizes ?? [], floats: Adam.scalars(Adam.defaultHyper, step: 1).map { Float($0) })
      }
      if parameter.role == .state { return try Tensor(.f32, type.shape.sizes ?? []) }
      return try numbers.tensor(type, -0.3...0.3, below: widths[widths.count - 1])
    }
    let plan = try Plan(function, machine, bindings: arguments)
    for _ in 0..<4 { plan.run() }
    return [try plan.result(0).bits] + arguments.map(\.bits)
  }
}

@Suite struct RowBandsTests {
  @Test(arguments: Rows.all)
  private func `a step has the same bits for two threads as for one`(_ network: Rows) throws {
    let step = try network.step()
    let wanted = try network.bits(step, on: Machines.single())
    #expect(RowBands(step, threads: 2) != nil)
    for machine in try Machines.all() {
      let isSame = try network.bits(step, on: machine) == wanted
      #expect(isSame, "\(machine.isa) × \(machine.threads)")
    }
  }

  private func plan(_ function: TensorFunction) throws -> Plan {
    var options = RuntimeOptions(threads: 2)
    options.splitsEverything = true
    return try Plan(function, Runtime(options))
  }

  /// How many of the calls of each operation belong to a thread.
  private func owned(_ function: TensorFunction) throws -> [String: Int] {
    let plan = try plan(function)
    var counts: [String: Int] = [:]
    for call in 0..<plan.callCount where plan.instructions[call].owner >= 0 {
      counts[String(plan.label(ofCall: call).prefix { $0 != " " }), default: 0] += 1
    }
    return counts
  }

  @Test func `rows and sums over rows are shared, what is left of them is not`() throws {
    let counts = try owned(Rows.all[0].step())
    // Three products over rows; the bias of 64 units twice.
    #expect(counts["matmul"] == 6 && counts["sum"] == 4 && counts["mse_loss_grad"] == 2)
    #expect(counts["mse_loss"] == nil && counts["adam"] == nil)
  }

  @Test func `a thread waits for nobody until sums go from one to the other`() throws {
    let plan = try plan(Rows.all[0].step())
    for call in 0..<plan.callCount where plan.instructions[call].owner >= 0 {
      let owner = plan.instructions[call].owner
      let others = (0..<call).filter {
        plan.instructions[call].waits & 1 << UInt64($0) != 0 && plan.instructions[$0].owner == 1 - owner
      }
      let isSum = ["matmul", "sum"].contains { plan.label(ofCall: call).hasPrefix($0) }
      // The first thread's part of the same sum, which stands right before it.
      #expect(others == (isSum && owner == 1 ? [call - 1] : []), "\(call): \(plan.label(ofCall: call))")
    }
  }

  private func function(_ body: String) throws -> TensorFunction {
    let function = try TensorFunction.parse("func @f(\(body)")
    #expect(function.violations() == [])
    return function
  }

  @Test func `an operand that all rows need is not cut, however many rows it has`() throws {
    let square = try function(
      """
      %0: f32[128, 128] input "x", %1: f32[128, 128] parameter "w", %2: f32[128] parameter "b") {
        %3 = linear(%0, %1, %2) : f32[128, 128]
        %4 = matmul(%3, %3; transpose_a=false, transpose_b=false) : f32[128, 128]
        %5 = add(%4, %2) : f32[128, 128]
        %6 = softmax(%5; axis=0) : f32[128, 128]
        %7 = transpose(%6; permutation=[1, 0]) : f32[128, 128]
        return %7 "y"
      }
      """)
    let bands = try #require(RowBands(square, threads: 2))
    #expect(square.operations.indices.map { bands.parts(of: $0).count } == [2, 0, 2, 0, 0])
    let parts = bands.parts(of: 0)
    #expect(parts.map(\.rows) == [0..<64, 64..<128] && parts.map(\.owner) == [0, 1])
    let weights = square.operations[0].operands[1...]
    #expect(parts.allSatisfy { part in !weights.contains(where: part.values.contains) })
  }

  @Test func `a vector is no row, and what a product adds up may be rows of the steps behind it`() throws {
    let odd = try function(
      """
      %0: f32[100, 100] input "x", %1: f32[100, 100] parameter "w", %2: f32[100] parameter "v") {
        %3 = linear(%2, %1) : f32[100]
        %4 = fused_epilogue(%0, %1; body={matmul(a0, a1; transpose_a=false, transpose_b=false); add(s0, a1)}) : \
      f32[100, 100]
        %5 = fused_epilogue(%4, %0, %4; body={matmul(a0, a1; transpose_a=false, transpose_b=true); add(s0, a2)}) : \
      f32[100, 100]
        %6 = fused_epilogue(%5, %1, %3; body={linear(a0, a1, a2); mul(s0, a0)}) : f32[100, 100]
        return %6 "y"
      }
      """)
    let bands = try #require(RowBands(odd, threads: 2))
    #expect(odd.operations.indices.map { bands.parts(of: $0).count } == [0, 0, 2, 2])
    var numbers = Numbers(9)
    let arguments = try odd.parameters.map { try numbers.tensor(odd.type($0.value)) }
    let wanted = try AdamRuntimeTests.bits(odd, arguments, try Machines.single())
    for machine in try Machines.all() {
      let isSame = try AdamRuntimeTests.bits(odd, arguments, machine) == wanted
      #expect(isSame, "\(machine.isa) × \(machine.threads)")
    }
  }

  @Test func `only two threads and steps of some length share rows`() throws {
    let step = try Rows.all[1].step()
    for threads in [1, 3, 8] { #expect(RowBands(step, threads: threads) == nil) }
    for rows in [1, 31, 385] {
      #expect(RowBands(try Rows(rows: rows, widths: [64, 128, 128], activation: "relu").step(), threads: 2) == nil)
    }
    #expect(RowBands(try Rows(rows: 64, widths: [4, 16, 4], activation: "relu").step(), threads: 2) == nil)
    #expect(RowBands(try Rows(rows: 128, widths: [784, 512, 10], activation: "relu").step(), threads: 2) == nil)
    let wide = try function(
      """
      %0: f32[64, 100] input "x", %1: f32[100, 100] parameter "w") {
        %2 = linear(%0, %1) : f32[64, 100]
        %3 = exp(%2) : f32[64, 100]
        %4 = concat(%2\(String(repeating: ", %2", count: 160)); axis=1) : f32[64, 16100]
        return %3 "y", %4 "z"
      }
      """)
    #expect(RowBands(wide, threads: 2) == nil)
  }
}
