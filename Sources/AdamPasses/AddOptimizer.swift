// add-optimizer: appends the update of every parameter that has a gradient.
// After this pass the gradients are no results any more; updated weights and state are.
import AdamIR
import AdamSource

/// What an optimizer needs in a step. The numbers come from its rule in the formulas.
package struct OptimizerUpdate: Sendable {
  /// An op with the trait `update`.
  package var op: OpDefinition
  /// Names of the state tensors per parameter: `m`, `v`.
  package var slots: [String]
  /// The rule's structural choices as bits; 0 is the plain rule.
  package var options: Int
  /// Length of the scalars that the host writes before each step.
  package var scalarCount: Int
  /// Name of the scalars for a parameter's name. Parameters with one name share them; those that
  /// joined later, with another step count, have their own.
  package var scalarsName: @Sendable (String) -> String

  package init(
    _ op: OpDefinition, slots: [String], scalarCount: Int, options: Int = 0,
    scalarsName: @escaping @Sendable (String) -> String = { _ in "scalars" }
  ) {
    self.op = op
    self.slots = slots
    self.scalarCount = scalarCount
    self.options = options
    self.scalarsName = scalarsName
  }
}

extension Pass {
  package static func addOptimizer(_ update: OptimizerUpdate) -> Pass {
    Pass(
      "add-optimizer", purpose: "append the update of every parameter that has a gradient",
      necessity: "without it a step changes no weight"
    ) { function throws(PassError) in
      try function.addingOptimizer(update)
    }
  }
}

extension TensorFunction {
  /// Turns each result `NAME.grad` into an update of the parameter `NAME`. Adds parameters
  /// `NAME.SLOT` of role state and the scalars after the parameters there are. The results are the
  /// other results in their order (the loss first, computed before any update), then for each
  /// parameter its new value and its new slots, under the names of what they replace.
  package func addingOptimizer(_ update: OptimizerUpdate) throws(PassError) -> TensorFunction {
    var function = self
    var scalars: [String: ValueID] = [:]
    var pending: [(parameter: FunctionParameter, gradient: ValueID)] = []
    function.results = []
    for result in results {
      if let parameter = parameters.first(where: { "\($0.name).grad" == result.name }) {
        pending.append((parameter, result.value))
      } else {
        function.results.append(result)
      }
    }
    for (parameter, gradient) in pending {
      let info = values[parameter.value.index]
      let slots = update.slots.map { slot in
        function.addParameter(
          info.type, name: "\(parameter.name).\(slot)", role: .state, span: info.span)
      }
      let name = update.scalarsName(parameter.name)
      let shared =
        scalars[name]
        ?? function.addParameter(.f32(update.scalarCount), name: name, role: .scalars)
      scalars[name] = shared
      do throws(ShapeError) {
        let new = try function.apply(
          update.op, [parameter.value, gradient] + slots + [shared],
          ["options": .int(update.options)], span: info.span)
        let names = [parameter.name] + update.slots.map { "\(parameter.name).\($0)" }
        for ((value, name), target) in zip(zip(new, names), [parameter.value] + slots) {
          function.results.append(FunctionResult(value, name, replaces: target))
        }
      } catch {
        throw PassError(error.message, hint: error.hint, at: info.span)
      }
    }
    return function
  }
}
