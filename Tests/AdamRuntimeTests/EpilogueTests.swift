// Elementwise steps behind a product, convolution or pooling: computed by its kernel they have the bits
// of a loop of their own, whatever the tiles, blocks and threads.
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@testable import AdamRuntime

/// What stands before the steps.
struct EpilogueSource: Sendable, CustomTestStringConvertible {
  var op: OpDefinition
  var operands: [TensorType]
  var attributes = Attributes()
  var testDescription: String { "\(op.name)(\(operands.map(\.text).joined(separator: ", ")))" }

  private static func matmul(_ a: TensorType, _ b: TensorType, _ first: Bool, _ second: Bool) -> EpilogueSource {
    .init(op: .matmul, operands: [a, b], attributes: ["transpose_a": .bool(first), "transpose_b": .bool(second)])
  }

  private static func linear(_ rows: Int, _ inputs: Int, _ outputs: Int) -> EpilogueSource {
    .init(op: .linear, operands: [.f32(rows, inputs), .f32(outputs, inputs), .f32(outputs)])
  }

  private static func window(_ stride: Int, _ padding: Int, _ more: [Attributes.Entry] = []) -> Attributes {
    let all: Attributes = [
      "stride": .ints([stride, stride]), "padding": .ints([padding, padding]), "dilation": .ints([1, 1]),
      "groups": .int(1),
    ]
    return Attributes(all.entries + more)
  }

  private static let pooled: Attributes = [
    "kernel": .ints([2, 2]), "stride": .ints([2, 2]), "padding": .ints([0, 0]), "dilation": .ints([1, 1]),
    "ceil_mode": .bool(false),
  ]

  /// Whole, narrow and ragged tiles, left-over rows, several blocks of rows, columns and terms, no terms,
  /// one output, strides.
  static let all: [EpilogueSource] = [
    linear(1, 2, 16), linear(5, 3, 4), linear(30, 7, 64), linear(13, 20, 75), linear(7, 30, 48),
    linear(100, 4, 300), linear(12, 900, 32), linear(6, 0, 32), linear(9, 40, 1),
    linear(30, 130, 150), linear(26, 390, 201),
    .init(op: .linear, operands: [.f32(2, 3, 5), .f32(40, 5)]),
    matmul(.f32(20, 6), .f32(20, 64), true, false), matmul(.f32(20, 6), .f32(33, 6), false, true),
    matmul(.f32(3, 5, 4), .f32(3, 4, 20), false, false), matmul(.f32(2, 7, 4), .f32(4, 40), false, false),
    matmul(.f32(20, 6), .f32(6), false, false), matmul(.f32(6), .f32(6, 40), false, false),
    .init(op: .conv2d, operands: [.f32(2, 3, 7, 20), .f32(10, 3, 3, 3), .f32(10)], attributes: window(1, 1)),
    .init(op: .conv2d, operands: [.f32(1, 2, 9, 7), .f32(5, 2, 3, 3)], attributes: window(2, 0)),
    .init(
      op: .conv2dInputGrad, operands: [.f32(2, 10, 6, 9), .f32(10, 3, 3, 3)],
      attributes: window(1, 1, [.init("size", .ints([6, 9]))])),
    .init(op: .maxPool2d, operands: [.f32(2, 3, 8, 40)], attributes: pooled),
    .init(op: .maxPool2dGrad, operands: [.f32(2, 3, 4, 20), .f32(2, 3, 8, 40)], attributes: pooled),
  ]
}

/// The steps behind it.
enum EpilogueSteps: String, CaseIterable, Sendable {
  case relu, tanh, reluGrad, tanhGrad, sigmoidGrad, biasRelu, silu, column, reversed, product

  func append(to f: inout TensorFunction, behind s: ValueID) throws -> ValueID {
    let sizes = f.type(s).shape.sizes ?? []
    func more(_ f: inout TensorFunction, _ sizes: [Int]) -> ValueID {
      f.addParameter(TensorType(.f32, Shape(sizes: sizes)), name: "more", role: .input)
    }
    switch self {
    case .relu: return try f.emit(.relu, [s])
    case .tanh: return try f.emit(.tanh, [s])
    case .reluGrad: return try f.emit(.reluGrad, [s, more(&f, sizes)])
    case .tanhGrad: return try f.emit(.tanhGrad, [s, more(&f, sizes)])
    case .sigmoidGrad: return try f.emit(.sigmoidGrad, [s, more(&f, sizes)])
    case .biasRelu: return try f.emit(.relu, [try f.emit(.add, [more(&f, sizes.suffix(1)), s])])
    case .silu: return try f.emit(.mul, [s, try f.emit(.sigmoid, [s])])
    case .column:
      let scaled = try f.emit(.mul, [s, more(&f, sizes.dropLast() + [1])])
      return try f.emit(.add, [scaled, try f.constant(0.25)])
    case .reversed: return try f.emit(.sub, [more(&f, sizes), s])
    case .product: return try f.emit(.mul, [s, s])
    }
  }
}

@Suite struct EpilogueTests {
  private func function(_ source: EpilogueSource, _ steps: EpilogueSteps) throws -> TensorFunction {
    var function = TensorFunction(name: "f")
    let operands = source.operands.enumerated().map { index, type in
      function.addParameter(type, name: "p\(index)", role: .input)
    }
    let made = try function.emit(source.op, operands, source.attributes)
    let last = try steps.append(to: &function, behind: made)
    function.results = [FunctionResult(last, "y")]
    return function
  }

  private func fused(_ function: TensorFunction) throws -> TensorFunction {
    let loops = try Pass.dce.run(try Pass.fuseElementwise.run(function))
    return try Pass.fuseEpilogue.run(loops)
  }

  /// Every seventh number is one that shows a different order or formula.
  private func arguments(_ function: TensorFunction) throws -> [Tensor] {
    var numbers = Numbers(7)
    let special: [Float] = [0, -0.0, .infinity, .nan, .leastNormalMagnitude, -.greatestFiniteMagnitude]
    return try function.parameters.map { parameter in
      let tensor = try numbers.tensor(function.type(parameter.value), below: 2)
      let isSpecial = parameter.name == "more"
      tensor.write(floats: tensor.floats.enumerated().map { index, x in
        isSpecial && index % 7 == 3 ? special[index / 7 % special.count] : x
      })
      return tensor
    }
  }

  private func bits(_ function: TensorFunction, _ arguments: [Tensor], _ machine: Runtime) throws -> [UInt32] {
    let plan = try Plan(function, machine, bindings: arguments)
    plan.run()
    return try plan.result(0).floats.map { $0.isNaN ? .max : $0.bitPattern }
  }

  @Test(arguments: EpilogueSource.all, EpilogueSteps.allCases)
  func `steps in a kernel have the bits of steps behind it`(
    source: EpilogueSource, steps: EpilogueSteps
  ) throws {
    let plain = try function(source, steps)
    let fused = try fused(plain)
    #expect(fused.violations() == [])
    #expect(fused.operations.map(\.op.name) == ["fused_epilogue"])
    #expect(try TensorFunction.parse(fused.text) == fused)
    let arguments = try arguments(plain)
    let wanted = try bits(plain, arguments, try Machines.single())
    for machine in try Machines.all() {
      let found = try bits(fused, arguments, machine)
      #expect(found == wanted, "\(machine.isa) × \(machine.threads)")
    }
  }

  @Test func `a kernel that runs the steps is one call`() throws {
    let machine = try Machines.single()
    for steps in [EpilogueSteps.relu, .tanh, .reluGrad, .biasRelu] {
      let plain = try function(EpilogueSource.all[2], steps)
      let before = try Plan(plain, machine).callCount
      let after = try Plan(try fused(plain), machine).callCount
      #expect(after == before - (steps == .biasRelu ? 2 : 1), "\(steps)")
    }
  }
}
