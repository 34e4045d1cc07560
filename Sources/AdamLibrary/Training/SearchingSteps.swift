// Training steps of an optimizer that evaluates the loss several times a step: the plan computes loss
// and gradients, the optimizer moves the weights.
import AdamIR
import AdamRuntime
import AdamSource

struct SearchingSteps {
  let optimizer: Optimizer
  let parameters: [NamedParameter]
  /// One number: the loss of one evaluation.
  private let sink: Tensor

  init(_ optimizer: Optimizer, _ parameters: [NamedParameter]) throws(AllocationError) {
    self.optimizer = optimizer
    self.parameters = parameters
    sink = try Tensor(.f32, [1])
    let owners = parameters.map { ObjectIdentifier($0.parameter) }
    if optimizer.curvature.owners != owners {
      optimizer.curvature = CurvatureHistory()
      optimizer.curvature.owners = owners
    }
  }

  /// As `StepRunner.run`; `rate` gives the rate of the n-th of these steps.
  func run(
    _ runner: StepRunner, steps: Int, order: Tensor?, orderStart: Int, batch: Int, losses: Tensor,
    rate: (Int) -> Double
  ) throws(RuntimeError) -> StepOutcome {
    let weights = WeightVector(tensors: parameters.compactMap(\.parameter.tensor))
    for index in 0..<steps {
      do throws(SearchFailure) {
        let step = LBFGSStep(optimizer, rate: rate(index))
        let loss = try step.run(&optimizer.curvature, weights) { () throws(SearchFailure) in
          try evaluate(runner, order, orderStart + index * batch)
        }
        losses.write(floats: [Float(loss)], at: index)
      } catch {
        switch error {
        case .runtime(let failure): throw failure
        case .notFinite(let loss): return StepOutcome(completed: index, nonFiniteLoss: loss)
        }
      }
    }
    return StepOutcome(completed: steps, nonFiniteLoss: nil)
  }

  private func evaluate(
    _ runner: StepRunner, _ order: Tensor?, _ orderStart: Int
  ) throws(SearchFailure) -> LossPoint {
    let outcome: StepOutcome
    do throws(RuntimeError) {
      outcome = try runner.run(steps: 1, order: order, orderStart: orderStart, losses: sink)
    } catch {
      throw .runtime(error)
    }
    if let bad = outcome.nonFiniteLoss { throw .notFinite(bad) }
    return LossPoint(loss: sink.number(at: 0) ?? .nan, gradient: gradient(runner.plan))
  }

  /// The gradients end to end in the order of the parameters; zeros for one that the loss does not reach.
  private func gradient(_ plan: Plan) -> [Float] {
    var gradient: [Float] = []
    for named in parameters {
      let count = gradient.count
      if let index = plan.function.results.firstIndex(where: { $0.name == "\(named.name).grad" }) {
        plan.appendResult(index, to: &gradient)
      }
      let missing = (named.parameter.tensor?.elementCount ?? 0) - (gradient.count - count)
      gradient += Array(repeating: 0, count: max(missing, 0))
    }
    return gradient
  }
}
