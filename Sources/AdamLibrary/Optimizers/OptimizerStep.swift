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
      ParameterDefinition("gradients", .any, "what `grad` or `value_and_grad` gives for a model, or several of them"),
    ]),
    example: "model = linear(1, 1)\nopt = sgd(lr=1)\ng = grad(fn(m) sum(m([[1]])), model)\nb = model.bias[0]\n"
      + "opt.step(g)\nprint close(model.bias[0], b - 1)  # prints: true",
    page: Page(source: "torch.optim.Optimizer.step", see: ["grad", "value_and_grad", "train"]), yieldsToVariables: true,
    check: { context, arguments in
      do throws(Diagnostic) { try check(context, arguments) } catch { context.report(error) }
      return .known(.none)
    },
    run: { context, arguments throws(Diagnostic) in
      guard case .optimizer(let optimizer)? = arguments["opt"] else { return .none }
      let span = arguments.place(of: "gradients")
      guard let formula = optimizer.formula else { throw .needsTrain(optimizer, at: arguments.span) }
      let gradients = arguments["gradients"] ?? .none
      var pairs = optimizer.updatePlan?.pairs(of: gradients) ?? []
      if !pairs.isEmpty {
        try update(optimizer, formula, pairs, context, at: arguments.span)
      } else {
        try collect(gradients, into: &pairs, at: span)
        try update(optimizer, formula, pairs, context, at: arguments.span)
        optimizer.updatePlan?.remember(gradients)
      }
      return .none
    })

  private static func check(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) throws(Diagnostic) {
    if let optimizer = arguments.optimizer("opt") {
      if optimizer.formula == nil { throw .needsTrain(optimizer, at: arguments.span) }
      try RateCheck(optimizer, context).run(total: nil, stepsPerEpoch: nil)
    }
    try checkGradients(arguments["gradients"] ?? .unknown, at: arguments.place(of: "gradients"))
  }

  private static func checkGradients(_ value: AbstractValue, at span: Span) throws(Diagnostic) {
    switch value.kindOfValue {
    case .unknown, .record: return
    case .list, .tuple:
      guard let parts = value.asElements else { return }
      if parts.isEmpty { throw .noGradients(value.foundText, at: span) }
      for part in parts { try checkGradients(part, at: span) }
    default: throw .noGradients(value.foundText, at: span)
    }
  }

  /// The gradients of models, wherever they stand in lists, tuples and records.
  private static func collect(
    _ value: Value, into pairs: inout [(LayerParameter, Tensor)], at span: Span
  ) throws(Diagnostic) {
    if case .record(let box) = value, box.kind == RecordBox.gradients,
      let model = box[RecordBox.modelOfGradients]?.asLayer
    {
      for named in model.namedParameters where !named.parameter.isFrozen {
        // A parameter that two models share has one gradient.
        guard let value = box[named.name], !pairs.contains(where: { $0.0 === named.parameter }) else { continue }
        pairs.append((named.parameter, try gradient(value, of: named, at: span)))
      }
      return
    }
    var parts = value.elements
    if case .record(let box) = value, box.kind == "record" { parts = box.fields.map(\.value) }
    guard let parts, !parts.isEmpty else {
      throw .noGradients(value.foundText, at: span)
    }
    for part in parts { try collect(part, into: &pairs, at: span) }
  }

  private static func gradient(
    _ value: Value, of named: NamedParameter, at span: Span
  ) throws(Diagnostic) -> Tensor {
    let gradient = try value.asTensor(at: span)
    let wanted = TensorType(.f32, named.parameter.shape)
    guard gradient.type == wanted else {
      let (must, found) = gradient.type.shape == wanted.shape
        ? (wanted.text, gradient.type.text) : (wanted.shape.text, gradient.type.shape.text)
      throw Diagnostic(
        .shapesDisagree, "the gradient of `\(named.name)` must be \(must), found \(found)", at: span)
    }
    return gradient
  }

  private static func update(
    _ optimizer: Optimizer, _ formula: any OptimizerRule.Type, _ pairs: [(LayerParameter, Tensor)],
    _ context: any ExecutionContext, at span: Span
  ) throws(Diagnostic) {
    let update = try plan(optimizer, formula, pairs, context.session, at: span)
    let states = try states(optimizer, pairs, update.slots.count, at: span)
    let schedule = try optimizer.rateSchedule(total: nil, stepsPerEpoch: nil, context, at: span)
    let count = schedule == nil ? StepScalars.ahead : 1
    let rates = try StepRates(optimizer, schedule, from: optimizer.steps, count: count, context)
    if schedule != nil { update.scalars.forget() }
    do throws(RuntimeError) {
      for (((parameter, gradient), state), places) in zip(zip(pairs, states), update.places) {
        guard let weights = parameter.tensor else { continue }
        try update.plan.bind(places.weight, to: weights)
        try update.plan.bind(places.gradient, to: gradient)
        for (slot, tensor) in zip(places.slots, state.slots) { try update.plan.bind(slot, to: tensor) }
        guard let place = update.plan.parameter(places.scalars) else { continue }
        update.scalars.write(
          state.updates, formula, update.hyper, rates, to: place.pointer.assumingMemoryBound(to: Float.self))
        place.flushSubnormals()
      }
    } catch {
      throw .runtime(error, at: span)
    }
    update.plan.run()
    if schedule != nil { optimizer.currentRate = rates.rate(0, optimizer) }
    optimizer.steps += 1
    for state in states { state.updates += 1 }
    update.scalars.drop(unneededBy: states)
  }

  /// The state of each parameter, made when it is met for the first time.
  private static func states(
    _ optimizer: Optimizer, _ pairs: [(LayerParameter, Tensor)], _ slots: Int, at span: Span
  ) throws(Diagnostic) -> [Optimizer.ParameterState] {
    var result: [Optimizer.ParameterState] = []
    do throws(AllocationError) {
      for (parameter, _) in pairs { result.append(try optimizer.state(of: parameter, slots: slots)) }
    } catch {
      throw .outOfMemory(error, at: span)
    }
    return result
  }

  /// The update of these parameters as a plan of this optimizer, made anew when other ones come.
  private static func plan(
    _ optimizer: Optimizer, _ formula: any OptimizerRule.Type, _ pairs: [(LayerParameter, Tensor)],
    _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> UpdatePlan {
    let known = optimizer.updatePlan.flatMap { $0.isOf(pairs) ? $0 : nil }
    if let known, known.changes == optimizer.changes { return known }
    let hyper = optimizer.hyper
    let (options, slots) = (formula.options(hyper), formula.slotNames(hyper))
    let made: UpdatePlan
    if let known, known.options == options, known.slots == slots {
      made = known.changed(optimizer)
    } else {
      made = try makePlan(optimizer, pairs.map(\.0), options, slots, session, at: span)
    }
    optimizer.updatePlan = made
    return made
  }

  private static func makePlan(
    _ optimizer: Optimizer, _ parameters: [LayerParameter], _ options: Int, _ slots: [String],
    _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> UpdatePlan {
    guard let op = OpRegistry.standard[optimizer.rule] else {
      throw .notYet("the optimizer `\(optimizer.rule)`", at: span)
    }
    var function = TensorFunction(name: "update")
    for (index, parameter) in parameters.enumerated() {
      let type = TensorType(.f32, parameter.shape)
      _ = function.addParameter(type, name: "p\(index)", role: .parameter)
      let g = function.addParameter(type, name: "p\(index).g", role: .input)
      function.results.append(FunctionResult(g, "p\(index).grad"))
    }
    let rule = OptimizerUpdate(
      op, slots: slots, scalarCount: OptimizerRules.scalarCount, options: options, scalarsName: { "\($0).scalars" })
    do throws(PassError) { function = try function.addingOptimizer(rule) } catch {
      throw Diagnostic(.shapesDisagree, error.message, at: span)
    }
    return UpdatePlan(
      try session.makePlan(function, at: span), parameters, options: options, slots: slots, of: optimizer)
  }
}

extension Diagnostic {
  fileprivate static func needsTrain(_ optimizer: Optimizer, at span: Span) -> Diagnostic {
    Diagnostic(
      .wrongKind, "`\(optimizer.rule)` evaluates the loss several times a step, so it needs `train`", at: span)
  }

  fileprivate static func noGradients(_ found: String, at span: Span) -> Diagnostic {
    let found = found == RecordBox.gradients ? "a part of them" : found
    return Diagnostic(
      .wrongKind, "`step` needs the gradients of a model, as `grad(f, model)` gives them, found \(found)", at: span)
  }
}
