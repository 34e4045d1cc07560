// Copies of models and fresh initial values.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension Layer {
  /// The same tree with parameters of its own; what was shared inside is shared again.
  func copy(at span: Span) throws(Diagnostic) -> Layer {
    var copier = LayerCopier(span: span)
    return try copier.copy(self)
  }

  /// Initial values for every parameter once, in the order in which building the layer drew them.
  func redraw(_ generator: inout Generator) {
    var drawn: Set<ObjectIdentifier> = []
    redraw(&generator, &drawn)
  }

  private func redraw(_ generator: inout Generator, _ drawn: inout Set<ObjectIdentifier>) {
    guard drawn.insert(ObjectIdentifier(self)).inserted else { return }
    for part in parts { part.redraw(&generator, &drawn) }
    definition.initialize(self, &generator)
    let parts = drawOrder ?? parameters.map { .parameter($0) } + children.map { .layer($0.layer) }
    for part in parts {
      switch part {
      case .parameter(let parameter):
        if let tensor = parameter.tensor { parameter.redraw?(tensor, &generator) }
      case .layer(let layer): layer.redraw(&generator, &drawn)
      }
    }
  }
}

/// Copies a model once for each of its parts; a function in it gets the copies of what it captured.
private struct LayerCopier {
  let span: Span
  private var layers: [ObjectIdentifier: Layer] = [:]
  private var parameters: [ObjectIdentifier: LayerParameter] = [:]

  init(span: Span) { self.span = span }

  mutating func copy(_ layer: Layer) throws(Diagnostic) -> Layer {
    if let known = layers[ObjectIdentifier(layer)] { return known }
    var ownParameters: [LayerParameter] = []
    for parameter in layer.parameters { ownParameters.append(try copy(parameter)) }
    var ownChildren: [Layer.Child] = []
    for child in layer.children { ownChildren.append(Layer.Child(child.name, try copy(child.layer))) }
    let result = Layer(
      definition: layer.definition, settings: layer.settings, parameters: ownParameters,
      children: ownChildren, span: layer.span)
    result.drawOrder = try layer.drawOrder?.map { part throws(Diagnostic) in
      switch part {
      case .parameter(let parameter): .parameter(try copy(parameter))
      case .layer(let layer): .layer(try copy(layer))
      }
    }
    result.units = layer.units
    result.isOpen = layer.isOpen
    result.listCount = layer.listCount
    layers[ObjectIdentifier(layer)] = result
    result.function = layer.function.map { copy($0) }
    return result
  }

  private mutating func copy(_ parameter: LayerParameter) throws(Diagnostic) -> LayerParameter {
    if let known = parameters[ObjectIdentifier(parameter)] { return known }
    do throws(AllocationError) {
      let own = LayerParameter(
        name: parameter.name, shape: parameter.shape, tensor: try parameter.tensor?.copy())
      own.isFrozen = parameter.isFrozen
      own.redraw = parameter.redraw
      parameters[ObjectIdentifier(parameter)] = own
      return own
    } catch { throw .outOfMemory(error, at: span) }
  }

  private func copy(_ function: LayerFunction) -> LayerFunction {
    guard case .closure(let closure) = function else { return function }
    return .closure(copy(closure))
  }

  private func copy(_ closure: Closure) -> Closure {
    let result = Closure(
      program: closure.program, function: closure.function,
      captures: closure.captures.map { ($0.register, copy($0.value)) },
      defaults: closure.defaults.map { ($0.parameter, copy($0.value)) })
    result.code = closure.code
    return result
  }

  /// Layers and parameters of this model become their copies; everything else stays what it is.
  private func copy(_ value: Value) -> Value {
    switch value {
    case .layer(let layer): .layer(layers[ObjectIdentifier(layer)] ?? layer)
    case .parameter(let parameter): .parameter(parameters[ObjectIdentifier(parameter)] ?? parameter)
    case .list(let box): .list(ListBox(box.elements.map(copy)))
    case .tuple(let box): .tuple(TupleBox(box.elements.map(copy)))
    case .record(let box):
      .record(RecordBox(box.fields.map { .init($0.name, copy($0.value)) }, kind: box.kind))
    case .function(let closure): .function(copy(closure))
    default: value
    }
  }
}
