// The function in the language that a loss is: with keywords only it is a configured loss, with two
// tensors their loss.
import AdamIR
import AdamRuntime
import AdamSource

extension Signature {
  /// Operands of a loss; without them the call gives the loss itself.
  static func loss(_ settings: ParameterDefinition...) -> Signature {
    Signature([
      ParameterDefinition("pred", .tensorLike, "what the model says", default: .some(.none)),
      ParameterDefinition("target", .tensorLike, "what is right", default: .some(.none)),
    ] + settings)
  }
}

extension LossDefinition {
  package var builtin: BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "loss", summary: summary, signature: signature, example: example,
      page: page,
      check: { context, arguments in
        configured { arguments.number($0) }.checkCall(context, arguments)
      },
      run: { context, arguments throws(Diagnostic) in
        try configured { arguments.number($0) }.runCall(context, arguments)
      })
  }

  /// The loss as a value, with what was given.
  private func value<V>(of arguments: BoundArguments<V>) -> ConfiguredBuiltin {
    let given = settingParameters.filter { arguments.isGiven($0.name) }
    return ConfiguredBuiltin(
      builtin, settings: given.map { RecordBox.Field($0.name, .number(setting($0.name) ?? .nan)) })
  }

  private func checkCall(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) -> AbstractValue {
    guard arguments.isGiven("pred") || arguments.isGiven("target") else {
      let isKnown = settingParameters.allSatisfy { settings[$0.name] != nil }
      return isKnown ? .known(.builtin(value(of: arguments))) : .unknown
    }
    if !arguments.isGiven("pred") || !arguments.isGiven("target") {
      context.report(.lossNeedsBoth(name, at: arguments.span))
      return .unknown
    }
    guard let prediction = arguments["pred"]?.tensorType,
      let target = arguments["target"]?.tensorType
    else { return context.numberOfTensors }
    if self.target == .classes, case .known(let labels)? = arguments["target"] {
      let place = arguments.place(of: "target")
      do throws(Diagnostic) { _ = try labels.tensor(at: place).asClasses(for: prediction, at: place) } catch {
        context.report(error)
        return .unknown
      }
    }
    var function = TensorFunction(name: "loss")
    let wanted = self.target == .classes ? targetType(for: target, output: prediction) : TensorType(.f32, target.shape)
    let operands = [prediction, wanted].map {
      function.addParameter($0, name: "x", role: .input)
    }
    do throws(ShapeError) {
      _ = try trace(&function, operands[0], operands[1], arguments.span)
    } catch {
      context.report(.lossRefuses(error, name, at: arguments.span))
      return .unknown
    }
    return context.numberOfTensors
  }

  private func runCall(
    _ context: any ExecutionContext, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Value {
    guard let given = arguments["pred"], let right = arguments["target"] else {
      if arguments.isGiven("pred") || arguments.isGiven("target") {
        throw .lossNeedsBoth(name, at: arguments.span)
      }
      return .builtin(value(of: arguments))
    }
    if let tracer = context.session.tracer {
      return try traced(tracer, context, given, right, arguments)
    }
    let prediction = try given.tensor(at: arguments.place(of: "pred"))
    var target = try right.tensor(at: arguments.place(of: "target"))
    if self.target == .classes {
      target = try target.asClasses(for: prediction.type, at: arguments.place(of: "target"))
    }
    let value = try value(prediction, target, context.session, at: arguments.span)
    return .number(value)
  }

  /// The loss as part of a function that is being traced.
  private func traced(
    _ tracer: ModelTracer, _ context: any ExecutionContext, _ prediction: Value, _ target: Value,
    _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Value {
    let tensors = TensorArithmetic(context.session)
    let p = try tensors.real(prediction, at: arguments.place(of: "pred"))
    var y = try tensors.operand(target, at: arguments.place(of: "target"))
    if self.target != .classes {
      y = try tensors.real(y, at: arguments.place(of: "target"))
    } else if case .tensor(let tensor) = y {
      y = .tensor(try tracer.classes(of: tensor, for: p.type, at: arguments.place(of: "target")))
    }
    let (a, b) = (
      try tracer.value(of: p, at: arguments.span), try tracer.value(of: y, at: arguments.span)
    )
    do throws(ShapeError) {
      return .traced(TracedTensor(tracer, try trace(&tracer.function, a, b, arguments.span)))
    } catch {
      throw .lossRefuses(error, name, at: arguments.span)
    }
  }

  /// The loss of tensors at hand.
  func value(
    _ prediction: Tensor, _ target: Tensor, _ session: SessionState, at span: Span
  ) throws(Diagnostic) -> Double {
    var function = TensorFunction(name: "loss")
    let p = function.addParameter(prediction.type, name: "pred", role: .input)
    let y = function.addParameter(target.type, name: "target", role: .target)
    do throws(ShapeError) {
      function.results = [FunctionResult(try trace(&function, p, y, span), "loss")]
    } catch {
      throw .lossRefuses(error, name, at: span)
    }
    let plan = try session.plan(for: function, at: span)
    do throws(RuntimeError) {
      try plan.bind(0, to: prediction)
      try plan.bind(1, to: target)
    } catch {
      throw .runtime(error, at: span)
    }
    plan.run()
    return plan.resultNumber(0) ?? .nan
  }
}
