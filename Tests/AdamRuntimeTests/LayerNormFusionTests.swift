// layer_norm and its gradient as one operation each have the bits of the chain, and take nothing that others need.
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@testable import AdamRuntime

/// A loss of normalised rows.
private struct NormalisedRows {
  var rows: [Int]
  var n: Int
  /// `%0` the rows, `%13` the result of the layer; the last value is a tensor of the rows' shape.
  var steps: [String] = []

  func function() throws -> TensorFunction {
    let x = "f32\(rows + [n])", row = "f32\(rows + [1])", axis = rows.count
    let last = 13 + steps.count
    let text = """
      func @f(%0: \(x) parameter "x", %1: f32[\(n)] parameter "w", %2: f32[\(n)] parameter "b", %3: \(x) input "g") {
        %4 = mean(%0; axes=[\(axis)], keepdims=true) : \(row)
        %5 = sub(%0, %4) : \(x)
        %6 = mul(%5, %5) : \(x)
        %7 = mean(%6; axes=[\(axis)], keepdims=true) : \(row)
        %8 = full(; value=1e-05, type=f32[]) : f32[]
        %9 = add(%7, %8) : \(row)
        %10 = sqrt(%9) : \(row)
        %11 = div(%5, %10) : \(x)
        %12 = mul(%11, %1) : \(x)
        %13 = add(%12, %2) : \(x)
      \(steps.enumerated().map { "  %\(14 + $0) = \($1) : \(x)" }.joined(separator: "\n"))
        %\(last + 1) = mul(%\(last), %3) : \(x)
        %\(last + 2) = sum(%\(last + 1); axes=\(Array(0...axis)), keepdims=false) : f32[]
        return %\(last + 2) "loss"
      }
      """
    return try TensorFunction.parse(text)
  }

  /// Rows of one number, infinite ones, subnormals, no numbers.
  func arguments() throws -> [Tensor] {
    var numbers = Numbers(5)
    return try function().parameters.enumerated().map { index, parameter in
      let tensor = try numbers.tensor(try function().type(parameter.value), below: 20)
      let special: [Float] = [-0.0, 1e30, -.infinity, .nan, .leastNonzeroMagnitude, 3]
      if index == 0 {
        tensor.write(
          floats: tensor.floats.enumerated().map { place, value in
            let row = place / n
            return row % 7 == 3 ? 0.1 : row % 7 == 5 && place % n == 0 ? special[row / 7 % special.count] : value
          })
      }
      return tensor
    }
  }
}

@Suite struct LayerNormFusionTests {
  private static let name = "fuse-layer-norm"

  /// Whether the gradients with the pass have the bits of those without, on all machines; its operations.
  private func operations(_ test: NormalisedRows) throws -> [Operation] {
    let function = try test.function()
    let chain = try Pipeline.gradients.run(function, PassContext(disabled: [Self.name]), verifyAfterEach: true)
    let fused = try Pipeline.gradients.run(function, verifyAfterEach: true)
    let arguments = try test.arguments()
    let wanted = try bits(chain, arguments, try Machines.single())
    for machine in try Machines.all() {
      #expect(try bits(fused, arguments, machine) == wanted, "\(machine.isa) × \(machine.threads)")
    }
    return fused.operations
  }

  private func fused(_ test: NormalisedRows) throws -> [String] { try operations(test).map(\.op.name) }

  @Test(arguments: [1, 2, 3, 7, 8, 15, 16, 17, 40, 64, 300], [[], [1], [9], [4, 17]])
  func `one operation has the bits of the chain`(n: Int, rows: [Int]) throws {
    let names = try fused(NormalisedRows(rows: rows, n: n))
    // The gradient of a row of one number is folded.
    #expect(names.contains("layer_norm"), "\(names)")
    #expect(n == 1 || names.contains("layer_norm_grad"), "\(names)")
    #expect(!names.contains("mean") && !names.contains("sqrt"))
  }

  @Test func `rows longer than the first cache have the bits of the chain`() throws {
    #expect(try fused(NormalisedRows(rows: [3], n: 2500)).contains("layer_norm_grad"))
    #expect(try fused(NormalisedRows(rows: [2], n: 40_000)).contains("layer_norm_grad"))
  }

  @Test func `rows of nothing have the bits of the chain`() throws {
    #expect(try fused(NormalisedRows(rows: [3], n: 0, steps: ["add(%13, %10)"])).contains("layer_norm"))
  }

  @Test func `the gradient of a residual branch is added in the same operation`() throws {
    let operations = try operations(NormalisedRows(rows: [6], n: 24, steps: ["add(%13, %0)"]))
    #expect(operations.filter { $0.op == .layerNormGrad }.map(\.operands.count) == [6])
  }

  @Test(arguments: [
    ["mul(%13, %11)"], ["add(%13, %5)"], ["mul(%13, %10)"], ["add(%13, %12)"], ["mul(%13, %6)"], ["add(%13, %4)"],
    ["mul(%11, %2)", "add(%14, %1)", "add(%13, %15)"], ["relu(%13)", "mul(%14, %12)"],
  ])
  func `what others read of the steps stays`(steps: [String]) throws {
    _ = try fused(NormalisedRows(rows: [5], n: 24, steps: steps))
  }

  /// Equal rows of two layers are computed once; only one of the layers takes them.
  @Test func `two layers on the same rows share what is equal`() throws {
    let steps = ["mul(%11, %2)", "add(%14, %1)", "mul(%13, %15)"]
    let names = try fused(NormalisedRows(rows: [5], n: 24, steps: steps))
    #expect(names.count { $0 == "layer_norm" } == 1)
  }
}
