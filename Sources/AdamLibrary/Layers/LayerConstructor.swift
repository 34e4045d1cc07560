// From a layer definition to the function of that name: a tensor or list first applies the layer at
// once, everything else makes one.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension LayerDefinition {
  /// The function in the language. `input` is recognised by its kind wherever it stands, so
  /// `dropout(0.1)` is a layer and `dropout(x, 0.1)` is applied.
  package var builtin: BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "layer", summary: summary, signature: constructorSignature,
      example: example, page: page,
      check: { context, arguments in self.checkConstructor(context, arguments) },
      run: { context, arguments throws(Diagnostic) in try self.runConstructor(context, arguments) })
  }

  /// Layers with weights are never applied at the place where they are made.
  private var isApplicable: Bool {
    signature.parameters.allSatisfy { $0.isOptional && !$0.isVariadic }
  }

  private var constructorSignature: Signature {
    guard isApplicable else { return signature }
    let hasPositional = signature.parameters.contains { !$0.isKeywordOnly }
    // A number first is a setting when there is one (`dropout(0.1)`), else the operand (`tanh(1)`).
    let kind: ArgumentKind = hasPositional ? .oneOf([.tensor, .list]) : .tensorLike
    let input = ParameterDefinition(
      "input", kind, "applied to it at once; without it the result is a layer", isImplicit: true)
    return Signature([input] + signature.parameters)
  }

  private func checkConstructor(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) -> AbstractValue {
    if arguments.isGiven("input") { return checkApplied(context, arguments) }
    // What is not known may be a setting or what the layer is applied to.
    if isApplicable, arguments.entries.contains(where: { $0.isGiven && $0.value?.isUnknown == true }) {
      return .unknown
    }
    if let mistake = validate(arguments) {
      context.report(mistake)
      return .unknown
    }
    guard let children = abstractChildren(context, arguments) else { return .unknown }
    let layer = makeLayer(arguments, children: children)
    do throws(Diagnostic) { try layer.checkLayers(context) } catch {
      context.report(error)
      return .unknown
    }
    return .layer(layer)
  }

  /// The result's type when the operand's is known.
  private func checkApplied(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) -> AbstractValue {
    guard let input = arguments["input"] else { return .unknown }
    if case .number = input { return .number }
    guard let type = input.tensorType else { return .unknown }
    let layer = makeLayer(arguments, children: [])
    do throws(Diagnostic) {
      if case .traced(let traced) = input, traced.tracer === context.session.tracer {
        return .typed(
          try layer.applied(to: .traced(traced), context.session, at: arguments.span), keepsTrace: true)
      }
      return .tensor(try layer.traced(on: type, caller: context.session.functionTracer).outputType)
    } catch {
      context.report(error)
      return .unknown
    }
  }

  private func runConstructor(
    _ context: any ExecutionContext, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Value {
    let settings = arguments.abstract
    if let mistake = validate(settings) { throw mistake }
    if arguments.isGiven("input"), let input = arguments["input"] {
      return try makeLayer(settings, children: []).applied(
        to: input, context.session, at: arguments.span)
    }
    var children: [Layer] = []
    for (value, span) in arguments.variadic { children.append(try value.layer(context, at: span)) }
    let layer = makeLayer(settings, children: children)
    try layer.checkLayers()
    try layer.allocateParameters(&context.session.generator)
    return .layer(layer)
  }

  /// Layers of a `seq`; nil when one of them is not known.
  private func abstractChildren(
    _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>
  ) -> [Layer]? {
    var children: [Layer] = []
    for (value, span) in arguments.variadic {
      if let layer = value.asLayer {
        children.append(layer)
      } else if case .known(.builtin(let builtin)) = value {
        children.append(builtin.asLayer(at: span, report: context.report))
      } else if let function = value.layerFunction {
        children.append(Layer(function: function, name: function.name, span: span))
      } else {
        return nil
      }
    }
    return children
  }

  /// A layer with shapes and without weights.
  func makeLayer(_ settings: BoundArguments<AbstractValue>, children: [Layer]) -> Layer {
    let own = parameters(settings).map { LayerParameter(name: $0.name, shape: $0.shape) }
    let named = children.enumerated().map { Layer.Child(String($0.offset), $0.element) }
    let layer = Layer(
      definition: self, settings: settings, parameters: own, children: parts?(settings) ?? named, span: settings.span)
    // Parts have names, and no places.
    if parts != nil { layer.listCount = 0 }
    return layer
  }
}

extension Layer {
  /// Gives the layer's own parameters and those of its parts memory and draws their initial values.
  func allocateParameters(_ generator: inout Generator) throws(Diagnostic) {
    for part in parts { try part.allocateParameters(&generator) }
    try allocateOwn()
    definition.initialize(self, &generator)
  }

  /// Gives the layer's own parameters and those of its parts memory, all zero.
  func allocateParameters() throws(Diagnostic) {
    for part in parts { try part.allocateParameters() }
    try allocateOwn()
  }

  private func allocateOwn() throws(Diagnostic) {
    for parameter in parameters {
      guard let sizes = parameter.shape.sizes else { throw .sizeMissing(self) }
      do throws(AllocationError) {
        parameter.tensor = try Tensor(.f32, sizes)
      } catch {
        throw .outOfMemory(error, at: span)
      }
    }
  }

  /// The layers that its definition makes it of.
  var parts: [Layer] { definition.parts == nil ? [] : children.map(\.layer) }
}

extension ConfiguredBuiltin {
  /// `relu` in a `seq`: the layer with all settings at their defaults. Other builtins, such as `sin`,
  /// are functions of one tensor.
  func asLayer(at span: Span, report: (Diagnostic) -> Void) -> Layer {
    guard let layer = LayerRegistry[definition.name] else {
      return Layer(function: .builtin(self), name: definition.name, span: span)
    }
    let (bound, mistakes) = bindCollecting(
      [GivenArgument<AbstractValue>](), to: layer.signature, of: layer.name, at: span)
    for mistake in mistakes { report(mistake) }
    return layer.makeLayer(bound, children: [])
  }
}

extension Value {
  /// As a layer of a `seq`.
  func layer(_ context: any ExecutionContext, at span: Span) throws(Diagnostic) -> Layer {
    switch self {
    case .layer(let layer): return layer
    case .builtin(let builtin):
      var mistake: Diagnostic?
      let layer = builtin.asLayer(at: span, report: { mistake = mistake ?? $0 })
      if let mistake { throw mistake }
      return layer
    case .function(let closure):
      let function = LayerFunction.closure(closure)
      return Layer(function: function, name: function.name, span: span)
    default:
      throw Diagnostic(.wrongKind, "a layer or a function of one tensor is needed, found \(foundText)", at: span)
    }
  }
}

extension BoundArguments<Value> {
  /// The same arguments as the checker would know them; `input` is no setting and stays behind.
  var abstract: BoundArguments<AbstractValue> {
    let kept = names.indices.filter { names[$0] != "input" }
    return BoundArguments<AbstractValue>(
      names: kept.map { names[$0] },
      entries: kept.map { i in
        let entry = entries[i]
        return .init(value: entry.value.map { .known($0) }, span: entry.span, isGiven: entry.isGiven)
      },
      variadic: variadic.map { (.known($0.value), $0.span) }, span: span)
  }
}
