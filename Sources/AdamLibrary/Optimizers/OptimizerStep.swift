// opt.step(gradients): one update of a model in a loop of the script's own.
import AdamFormulas
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

enum OptimizerStep {
  static let builtin = BuiltinDefinition(
    name: "step", group: "training", summary: "One update of the parameters that gradients belong to.",
    signature: Signature([
      ParameterDefinition("opt", .optimizer, "the optimizer"),
      ParameterDefinition("gradients", .record, "what `grad` or `value_and_grad` gives for a model"),
    ]),
    example: "model = linear(1, 1)\nopt = sgd(lr=1)\ng = grad(fn(m) sum(m([[1]])), model)\nb = model.bias[0]\n"
      + "opt.step(g)\nprint close(model.bias[0], b - 1)  # prints: true",
    page: Page(source: "torch.optim.Optimizer.step", see: ["grad", "value_and_grad", "train"]), yieldsToVariables: true,
    check: { _, _ in .known(.none) },
    run: { context, arguments throws(Diagnostic) in
      guard case .optimizer(let optimizer)? = arguments["opt"],
        case .record(let box)? = arguments["gradients"], box.kind == "gradients",
        let model = box["model"]?.asLayer
      else {
        throw Diagnostic(
          .wrongKind, "`step` needs the gradients of a model, as `grad(f, model)` gives them",
          at: arguments.place(of: "gradients"))
      }
      var pairs: [(NamedParameter, Tensor)] = []
      for named in model.namedParameters where !named.parameter.isFrozen {
        guard let value = box[named.name] else { continue }
        let gradient = try value.asTensor(at: arguments.place(of: "gradients"))
        guard gradient.type == TensorType(.f32, named.parameter.shape) else {
          throw Diagnostic(
            .shapesDisagree,
            "the gradient of `\(named.name)` must be \(named.parameter.shape.text), found "
              + gradient.type.shape.text, at: arguments.place(of: "gradients"))
        }
        pairs.append((named, gradient))
      }
      try update(optimizer, pairs, context.session, at: arguments.span)
      return .none
    })

  private static func update(
    _ optimizer: Optimizer, _ pairs: [(NamedParameter, Tensor)], _ session: SessionState, at span: Span
  ) throws(Diagnostic) {
    guard let formula = optimizer.formula, let op = OpRegistry.standard[optimizer.rule] else {
      throw .notYet("the optimizer `\(optimizer.rule)`", at: span)
    }
    let slots = formula.slotNames(optimizer.hyper)
    let states = try states(optimizer, pairs, slots.count, at: span)
    let rule = OptimizerUpdate(
      op, slots: slots, scalarCount: OptimizerRules.scalarCount, options: formula.options(optimizer.hyper),
      scalarsName: { "\($0).scalars" })
    let plan = try plan(rule, pairs, session, at: span)
    do throws(RuntimeError) {
      for ((named, gradient), state) in zip(pairs, states) {
        guard let weights = named.parameter.tensor else { continue }
        try plan.bind(named.name, to: weights)
        try plan.bind("\(named.name).g", to: gradient)
        for (slot, tensor) in zip(slots, state.slots) { try plan.bind("\(named.name).\(slot)", to: tensor) }
        try plan.bind("\(named.name).scalars", to: try scalars(formula, optimizer, state.updates + 1))
      }
    } catch {
      throw .runtime(error, at: span)
    }
    plan.run()
    optimizer.steps += 1
    for state in states { state.updates += 1 }
  }

  private static func scalars(
    _ formula: any OptimizerRule.Type, _ optimizer: Optimizer, _ step: Int
  ) throws(RuntimeError) -> Tensor {
    do throws(AllocationError) {
      let tensor = try Tensor(.f32, [OptimizerRules.scalarCount])
      formula.fillScalars(
        optimizer.hyper, from: step, count: 1, rates: nil, into: tensor.pointer.assumingMemoryBound(to: Float.self))
      tensor.flushSubnormals()
      return tensor
    } catch {
      throw .allocation(error)
    }
  }

  /// The state of each parameter, made when it is met for the first time.
  private static func states(
    _ optimizer: Optimizer, _ pairs: [(NamedParameter, Tensor)], _ slots: Int, at span: Span
  ) throws(Diagnostic) -> [Optimizer.ParameterState] {
    var result: [Optimizer.ParameterState] = []
    do throws(AllocationError) {
      for (named, _) in pairs {
        result.append(try optimizer.state(of: named.parameter, slots: slots))
      }
    } catch {
      throw .outOfMemory(error, at: span)
    }
    return result
  }

  /// The update of all parameters as one function: the gradients are its inputs.
  private static func plan(
    _ rule: OptimizerUpdate, _ pairs: [(NamedParameter, Tensor)], _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Plan {
    var function = TensorFunction(name: "update")
    for (named, gradient) in pairs {
      let type = gradient.type
      _ = function.addParameter(type, name: named.name, role: .parameter)
      let g = function.addParameter(type, name: "\(named.name).g", role: .input)
      function.results.append(FunctionResult(g, "\(named.name).grad"))
    }
    let key = PlanCache.Key(function: function, optimizer: rule.op.name, options: rule.options)
    if let known = session.plans[key] { return known }
    let updating: TensorFunction
    do throws(PassError) { updating = try function.addingOptimizer(rule) } catch {
      throw Diagnostic(.shapesDisagree, error.message, at: span)
    }
    let plan = try session.makePlan(updating, at: span)
    session.plans[key] = plan
    return plan
  }
}
