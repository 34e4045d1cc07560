// log_softmax, nll_loss and their gradients as one operation each have the bits of the chain.
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@testable import AdamRuntime

@Suite struct CrossEntropyFusionTests {
  private func chain(_ rows: Int, _ classes: Int) throws -> TensorFunction {
    var function = TensorFunction(name: "f")
    let scores = function.addParameter(.f32(rows, classes), name: "x", role: .input)
    let target = function.addParameter(TensorType(.i32, Shape(sizes: [rows])), name: "y", role: .target)
    let factor = function.addParameter(.f32(), name: "g", role: .input)
    let logp = try function.emit(.logSoftmax, [scores], ["axis": .int(1)])
    let loss = try function.emit(.nllLoss, [logp, target])
    let part = try function.emit(.nllLossGrad, [factor, target, logp])
    let gradient = try function.emit(.logSoftmaxGrad, [part, logp], ["axis": .int(1)])
    function.results = [FunctionResult(loss, "loss"), FunctionResult(gradient, "gradient")]
    return function
  }

  /// Scores of every size, some that drown all others, some that are no numbers.
  private func arguments(_ rows: Int, _ classes: Int, factor: Float) throws -> [Tensor] {
    var numbers = Numbers(3)
    let scores = try numbers.tensor(.f32(rows, classes), below: 20)
    let special: [Float] = [-0.0, 1e4, -.infinity, .nan, 88.8]
    scores.write(floats: scores.floats.enumerated().map { $0 % 11 == 5 ? special[$0 / 11 % special.count] : $1 })
    let labels = (0..<rows).map { Int32($0 * 7 % classes) }
    return [scores, try Tensor([rows], integers: labels), try Tensor([], floats: [factor])]
  }

  private func bits(_ function: TensorFunction, _ arguments: [Tensor], _ machine: Runtime) throws -> [[UInt32]] {
    let plan = try Plan(function, machine, bindings: arguments)
    plan.run()
    return try (0..<2).map { try plan.result($0).floats.map { $0.isNaN ? .max : $0.bitPattern } }
  }

  @Test(arguments: [1, 2, 3, 10, 15, 16, 17, 33, 100], [1, 5, 900])
  func `one operation has the bits of the chain`(classes: Int, rows: Int) throws {
    let chain = try chain(rows, classes)
    let fused = try Pass.fuseCrossEntropy.run(chain)
    #expect(fused.operations.map(\.op.name) == ["cross_entropy_loss", "cross_entropy_loss_grad"])
    #expect(fused.violations() == [])
    for factor in [1, 0, -0.0, -2.5] as [Float] {
      let arguments = try arguments(rows, classes, factor: factor)
      let wanted = try bits(chain, arguments, try Machines.single())
      for machine in try Machines.all() {
        #expect(try bits(fused, arguments, machine) == wanted, "\(machine.isa) × \(machine.threads), \(factor)")
      }
    }
  }
}
