// grad and value_and_grad: derivatives of functions of the script, by tracing them and differentiating
// what was traced. Inside another trace the derivative becomes part of it, so derivatives nest.
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

enum GradientBuiltins {
  static let all: [Listed<BuiltinDefinition>] = [.init("grad", grad), .init("value_and_grad", valueAndGrad)]
  /// What `grad(f)` gives: the same with the function as a setting. Only values hold it.
  private static let applied: [BuiltinDefinition] = [
    appliedBuiltin("grad", hasValue: false), appliedBuiltin("value_and_grad", hasValue: true),
  ]

  static let grad = builtin(
    "grad", "The derivative of f with respect to its first argument, as a function.",
    "f = fn(x) x^3\nprint grad(f)(2)  # prints: 12", hasValue: false)
  static let valueAndGrad = builtin(
    "value_and_grad", "As grad, but gives (value, derivative).",
    "v, g = value_and_grad(fn(x) x^2, 3)\nprint v, g  # prints: 9 6", hasValue: true)

  private static func builtin(
    _ name: String, _ summary: String, _ example: String, hasValue: Bool
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "tensor", summary: summary,
      signature: Signature([
        ParameterDefinition("f", .function, "a function that gives a single number"),
        ParameterDefinition("arguments", .any, "with these it is applied at once", isVariadic: true),
      ], passesKeywords: true),
      example: example,
      page: Page(
        "The derivative has the structure of the argument: a number, tensor, list, record or model. Derivatives of "
          + "derivatives work alike.",
        shape: "f: [..] → a number; the derivative: [..] → [..]",
        source: "torch.func.\(hasValue ? "grad_and_value" : name)",
        deviation: hasValue ? "the value comes first" : "",
        see: [hasValue ? "grad" : "value_and_grad", "check", "layer"]),
      yieldsToVariables: true,
      check: { context, arguments in
        guard let function = arguments["f"] else { return .unknown }
        if function.layerFunction?.takesNothing == true {
          context.report(.nothingToDifferentiate(name, at: arguments.place(of: "f")))
          return .unknown
        }
        let derivative = AbstractValue.derivative(function, hasValue: hasValue)
        if arguments.variadic.isEmpty { return derivative }
        return arguments.passed.isEmpty
          ? context.call(derivative, arguments.variadic.map(\.value), at: arguments.span) : .unknown
      },
      run: { context, arguments throws(Diagnostic) in
        let function = arguments["f"] ?? .none
        if function.layerFunction?.takesNothing == true {
          throw .nothingToDifferentiate(name, at: arguments.place(of: "f"))
        }
        if arguments.variadic.isEmpty {
          let definition = applied[hasValue ? 1 : 0]
          let passed = arguments.passed.compactMap { given in given.name.map { RecordBox.Field($0, given.value) } }
          return .builtin(ConfiguredBuiltin(definition, settings: [.init("f", function)] + passed))
        }
        let values = arguments.variadic.map(\.value)
        return try Gradient(context, function, at: arguments.span)
          .result(values, arguments.passed, hasValue: hasValue)
      })
  }

  /// Whether a builtin is what `grad(f)` gives.
  static func isApplied(_ definition: BuiltinDefinition) -> Bool {
    definition.group == "internal" && applied.contains { $0.name == definition.name }
  }

  /// What is known of the function that is traced in the end.
  fileprivate static func reads(of function: Value, _ context: any ExecutionContext) -> CodeReads? {
    var function = function
    while case .builtin(let builtin) = function, isApplied(builtin.definition),
      let inner = builtin.settings.first(where: { $0.name == "f" })?.value
    {
      function = inner
    }
    if case .function(let closure) = function { return context.reads(of: closure) }
    return nil
  }

  private static func appliedBuiltin(_ name: String, hasValue: Bool) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "internal", summary: "A derivative.",
      signature: Signature([
        ParameterDefinition("arguments", .any, "as for the function", isVariadic: true),
        ParameterDefinition("f", .function, "the function", isKeywordOnly: true),
      ], passesKeywords: true),
      example: "",
      run: { context, arguments throws(Diagnostic) in
        let values = arguments.variadic.map(\.value)
        return try Gradient(context, arguments["f"] ?? .none, at: arguments.span)
          .result(values, arguments.passed, hasValue: hasValue)
      })
  }
}

/// One derivative being taken.
private final class Gradient {
  private let context: any ExecutionContext
  private let function: Value
  private let span: Span
  private let outer: ModelTracer?
  private let tracer: ModelTracer
  private let tensors: TensorArithmetic
  /// What is differentiated with respect to, in the order of the argument's structure.
  private var leaves: [Leaf] = []
  private var models: [Layer] = []

  private struct Leaf {
    var value: ValueID
    /// The numbers at hand; nil inside another trace.
    var tensor: Tensor?
    var isNumber: Bool
  }

  init(_ context: any ExecutionContext, _ function: Value, at span: Span) {
    self.context = context
    self.function = function
    self.span = span
    outer = context.session.tracer
    tracer =
      outer ?? ModelTracer(name: "gradient", isTraining: false, caller: context.session.functionTracer)
    tensors = TensorArithmetic(context.session)
  }

  func result(
    _ arguments: [Value], _ passed: [GivenArgument<Value>], hasValue: Bool
  ) throws(Diagnostic) -> Value {
    guard let first = arguments.first else {
      throw .derivativeOfNothing(at: span)
    }
    let call = DifferentiatedCall(
      function: function, first: first, rest: arguments.dropFirst(), keywords: passed)
    guard outer == nil, let reads = GradientBuiltins.reads(of: function, context), !reads.hasEffects else {
      return try traced(call, hasValue: hasValue)
    }
    if let (values, trace) = context.session.traces.results(of: call, reads, context, at: span) {
      return output(values, trace.shape, leaves: trace.leaves, first, hasValue: hasValue)
    }
    return try traced(call, hasValue: hasValue, TraceRecording(call, reads, context, at: span))
  }

  private func output(
    _ values: [Value], _ shape: GradientShape, leaves: Int, _ first: Value, hasValue: Bool
  ) -> Value {
    let gradient = shape.filled(values.dropFirst(), leaves: leaves, of: first)
    return hasValue ? .tuple(TupleBox([values[0].asScalar, gradient])) : gradient
  }

  private func traced(
    _ call: DifferentiatedCall, hasValue: Bool, _ recording: TraceRecording? = nil
  ) throws(Diagnostic) -> Value {
    let argument = try lifted(call.first)
    let trace = { [self] () throws(Diagnostic) -> ValueID in try called([argument] + call.rest, call.keywords) }
    let value: ValueID
    if let recording { value = try recording.during(trace) } else { value = try trace() }
    let parameters = models.flatMap { model in
      model.namedParameters.filter { !$0.parameter.isFrozen }
    }
    if outer == nil, let model = models.first {
      let strangers = tracer.strangers(of: models)
      if !strangers.isEmpty { try context.session.warn(.outsideGradient(strangers, tracer, model, at: span)) }
    }
    let targets = leaves.map(\.value) + parameters.map { tracer.parameter($0.parameter) }
    let results =
      try outer == nil
      ? numbers(value, targets, recording)
      : ([value] + tracer.function.differentiated(value, targets, at: span)).map { .traced(TracedTensor(tracer, $0)) }
    return output(
      results, GradientShape(of: call.first), leaves: leaves.count, call.first, hasValue: hasValue)
  }

  // MARK: In

  /// The argument with every number in it replaced by a traced one.
  private func lifted(_ value: Value) throws(Diagnostic) -> Value {
    switch value {
    case .layer(let model):
      models.append(model)
      return value
    case .record(let box):
      var fields: [RecordBox.Field] = []
      for field in box.fields { fields.append(.init(field.name, try lifted(field.value))) }
      return .record(RecordBox(fields, kind: box.kind))
    case .tuple(let box): return .tuple(TupleBox(try lifted(box.elements)))
    case .list(let box) where value.isListOfParts: return .list(ListBox(try lifted(box.elements)))
    default:
      guard value.fit(.tensorLike) == .yes else {
        throw .derivativeBy(value.foundText, at: span)
      }
      return .traced(TracedTensor(tracer, try leaf(value)))
    }
  }

  private func lifted(_ values: [Value]) throws(Diagnostic) -> [Value] {
    var result: [Value] = []
    for value in values { result.append(try lifted(value)) }
    return result
  }

  private func leaf(_ value: Value) throws(Diagnostic) -> ValueID {
    let operand = try tensors.real(value, at: span)
    let id: ValueID
    if outer == nil, case .tensor(let tensor) = operand {
      id = tracer.function.addParameter(
        tensor.type, name: "leaf.\(leaves.count)", role: .input, span: span)
      if tensor.batchAxis == 0 { tracer.rowSources.insert(id) }
      leaves.append(Leaf(value: id, tensor: tensor, isNumber: value.exactNumber != nil))
    } else {
      // A value of its own: what reaches the result beside the argument does not count.
      let source = try tracer.value(of: operand, at: span)
      do throws(ShapeError) {
        id = try tracer.function.emit(
          .reshape, [source], ["shape": .ints(operand.shape.sizes ?? [])], span: span)
      } catch {
        throw ValueError.shapes(error, at: span)
      }
      leaves.append(Leaf(value: id, tensor: nil, isNumber: false))
    }
    return id
  }

  private func called(_ arguments: [Value], _ passed: [GivenArgument<Value>]) throws(Diagnostic) -> ValueID {
    let session = context.session
    session.tracer = tracer
    defer { session.tracer = outer }
    let given = arguments.map { GivenArgument(value: $0, span: span) } + passed
    let result = try context.call(function, given: given, at: span)
    if result.isGivenStructure {
      throw .derivativeOfSeveral(result.foundText, function.layerFunction?.place, at: span)
    }
    let id = try tracer.value(of: try tensors.real(result, at: span), at: span)
    let type = tracer.function.type(id)
    guard type.shape.rank == 0 else {
      throw .derivativeOfMany(type, function.layerFunction?.place, at: span)
    }
    return id
  }

  // MARK: Out

  /// Runs what was traced, with its derivatives.
  private func numbers(
    _ value: ValueID, _ targets: [ValueID], _ recording: TraceRecording?
  ) throws(Diagnostic) -> [Value] {
    let plan = try context.session.gradientPlan(of: tracer.function, value, by: targets, at: span)
    do throws(RuntimeError) {
      try plan.bind(tracer)
      for (index, leaf) in leaves.enumerated() {
        if let tensor = leaf.tensor { try plan.bind("leaf.\(index)", to: tensor) }
      }
    } catch {
      throw .runtime(error, at: span)
    }
    try plan.checkRows(tracer.function.rowChoices, at: span)
    do throws(RuntimeError) {
      plan.run()
      var results: [Value] = []
      for index in 0...targets.count { results.append(.tensor(try plan.result(index))) }
      recording?.keep(tracer, plan, leaves: leaves.count)
      return results
    } catch {
      throw .runtime(error, at: span)
    }
  }
}

extension Diagnostic {
  package static func derivativeOfNothing(at span: Span) -> Diagnostic {
    Diagnostic(.missingArgument, "a derivative needs the argument to differentiate by", at: span)
  }

  package static func derivativeBy(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .wrongKind, "derivatives are by tensors, numbers, lists, records and models, found \(found)", at: span)
  }

  /// - Parameter place: the function's, where it is known.
  package static func derivativeOfSeveral(_ found: String, _ place: Span?, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .wrongKind, "a function to differentiate gives a single number, found \(found)", at: place ?? span)
    if place != nil { diagnostic.labels = [Label(span, "differentiated here")] }
    return diagnostic
  }

  /// - Parameter place: the function's, where it is known.
  package static func derivativeOfMany(_ type: TensorType, _ place: Span?, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .shapesDisagree, "a function to differentiate gives a single number, and this gives \(type.shape.text)",
      at: place ?? span)
    if place != nil { diagnostic.labels = [Label(span, "differentiated here")] }
    diagnostic.helps = [Help("take the sum or the mean of it")]
    return diagnostic
  }

  static func nothingToDifferentiate(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .wrongKind, "`\(name)` needs a function of at least one argument, found a function of none", at: span,
      label: "nothing to differentiate by")
  }
}
