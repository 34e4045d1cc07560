// The best weights of a training with early stopping, kept with their optimizer's state.
import AdamRuntime
import AdamSource

final class BestState {
  private(set) var epoch = 0
  private(set) var step = 0
  private(set) var value: Double?
  /// What was measured then, by name.
  private(set) var measures: [(name: String, value: Double)] = []
  /// Validations since the best one.
  private(set) var waited = 0
  private var weights: [(LayerParameter, Tensor)] = []
  private var states: [(Optimizer.ParameterState, updates: Int, slots: [Tensor])] = []
  private var optimizerSteps = 0

  /// Notes one validation; true when it is the best so far.
  func note(
    _ value: Double, _ rule: EarlyStop, epoch: Int, step: Int, measures: [(name: String, value: Double)]
  ) -> Bool {
    guard rule.improves(value, on: self.value) else {
      waited += 1
      return false
    }
    (self.value, self.epoch, self.step, self.measures, waited) = (value, epoch, step, measures, 0)
    return true
  }

  func keep(
    _ parameters: [LayerParameter], _ optimizer: Optimizer, at span: Span
  ) throws(Diagnostic) {
    do throws(AllocationError) {
      weights = []
      states = []
      for parameter in parameters {
        if let tensor = parameter.tensor { weights.append((parameter, try tensor.copy())) }
        guard let state = optimizer.states[ObjectIdentifier(parameter)] else { continue }
        var slots: [Tensor] = []
        for slot in state.slots { slots.append(try slot.copy()) }
        states.append((state, state.updates, slots))
      }
      optimizerSteps = optimizer.steps
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }

  /// Puts everything back as it was then.
  func restore(_ optimizer: Optimizer) {
    guard !weights.isEmpty else { return }
    for (parameter, tensor) in weights { parameter.tensor?.copyElements(from: tensor) }
    for (state, updates, slots) in states {
      state.updates = updates
      for (slot, kept) in zip(state.slots, slots) { slot.copyElements(from: kept) }
    }
    optimizer.steps = optimizerSteps
  }
}
