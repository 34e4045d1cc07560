// An optimizer: a rule with its hyperparameters and the state of every parameter it has met.
import AdamIR
import AdamRuntime
import AdamSource

package final class Optimizer {
  /// The state of one parameter: how many updates it has seen and the rule's slots (m, v, …).
  package final class ParameterState {
    package let parameter: LayerParameter
    package var updates = 0
    package var slots: [Tensor] = []
    package init(_ parameter: LayerParameter) { self.parameter = parameter }
  }
  /// `adam`, `adamw`, `sgd`.
  package let rule: String
  /// Hyperparameters by torch's names; `lr` may be changed by the script.
  package var settings: [RecordBox.Field] {
    didSet { changes += 1 }
  }
  /// State by identity of the parameter: weights belong to it whatever model reaches them.
  package var states: [ObjectIdentifier: ParameterState] = [:]
  /// Updates in this optimizer's life.
  package var steps = 0
  /// The rate of the last update where `lr` is a schedule; nil before the first.
  package var currentRate: Double?
  /// The function given for `lr`, as the checker knows it.
  var rateFunction: AbstractValue?
  /// How often a setting was changed: what was computed from the settings before is stale.
  package private(set) var changes = 0
  /// What `lbfgs` remembers of all parameters together.
  var curvature = CurvatureHistory()
  /// The last update that a loop of the script made.
  var updatePlan: UpdatePlan?
  package let span: Span
  package init(rule: String, settings: [RecordBox.Field], span: Span) {
    self.rule = rule
    self.settings = settings
    self.span = span
  }

  /// The state of a parameter, made when it is met for the first time.
  func state(of parameter: LayerParameter, slots: Int) throws(AllocationError) -> ParameterState {
    let id = ObjectIdentifier(parameter)
    let state = states[id] ?? ParameterState(parameter)
    while state.slots.count < slots {
      state.slots.append(try Tensor(.f32, parameter.shape.sizes ?? []))
    }
    states[id] = state
    return state
  }
}
