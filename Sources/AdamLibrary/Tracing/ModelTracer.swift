// Builds tensor functions from a layer tree: shapes only, so it serves the checker (no weights, the
// batch symbolic) and the trainer (fixed sizes) alike.
import AdamIR
import AdamRuntime
import AdamSource

/// What a layer did to its input, for messages.
package struct TrailStep {
  package var layer: Layer
  /// Its number in each `seq` around it.
  package var path: [String]
  package var input: TensorType
  package var output: TensorType
  /// What came out, in the traced function.
  package var value: ValueID
  package var keeps: Bool { input.shape == output.shape }
  /// `3`, or `2.1` inside another `seq`.
  package var place: String { path.joined(separator: ".") }
}

/// Class numbers, and what they were made of.
struct DerivedClasses {
  let classes: Tensor
  let source: Tensor
  let prediction: TensorType
}

package final class ModelTracer: TraceBuilder {
  package var function: TensorFunction
  package internal(set) var isTraining: Bool
  /// Layers passed so far.
  package private(set) var trail: [TrailStep] = []
  /// Parameters in the order of the function's, with the names they have there.
  package private(set) var parameters: [NamedParameter] = []
  /// Tensors at hand that the function reads, by the name of their input.
  package private(set) var captures: [(name: String, tensor: Tensor)] = []
  /// Class numbers that were made of watched tensors.
  private(set) var derived: [DerivedClasses] = []
  /// What the model made of the input, once it has been applied.
  var prediction: ValueID?
  /// Records and tuples that functions gave, by the values that stand for them.
  var structures: [ValueID: Value] = [:]
  /// Set once the prediction is known: what follows is the loss.
  var lossSides: LossSides?
  /// Values that run over the rows of a data set.
  var rowSources: Set<ValueID> = []
  var batchPlaces = BatchPlaces()
  /// Values of which only the type is known: they may depend on anything.
  var opaques: Set<ValueID> = []
  /// An op was refused because of what its operands depend on, or where their rows stand.
  package var hasRefused = false
  /// A function of the script took part: what it reads from outside may change.
  package var usesScript = false
  /// Runs functions of the script on traced values; nil where none can be met.
  package let caller: (any FunctionTracer)?
  private var values: [ObjectIdentifier: ValueID] = [:]
  private var names: [ObjectIdentifier: String] = [:]
  /// The layers that were applied, by their parameters.
  private var owners: [ObjectIdentifier: Layer] = [:]
  private var path: [String] = []
  /// Where the function being followed begins in the trail; layers before it are not in its sight.
  private var trailStart = 0
  /// The layer, no function, whose work is being appended: it takes tensors of the layers it applies.
  private var forwarding: Layer?
  /// Where the layer that is being applied is called.
  var callPlace: Span?
  /// The model that a function calls, while it is being applied.
  private var calledModel: CalledModel?
  /// What models that a function calls use beside their own parameters.
  private var strangers: [ObjectIdentifier: [LayerParameter]] = [:]

  private struct CalledModel {
    let id: ObjectIdentifier
    let own: Set<ObjectIdentifier>
    init(_ model: Layer) {
      id = ObjectIdentifier(model)
      own = Set(model.namedParameters.map { ObjectIdentifier($0.parameter) })
    }
  }

  package init(name: String, isTraining: Bool, caller: (any FunctionTracer)? = nil) {
    self.function = TensorFunction(name: name)
    self.isTraining = isTraining
    self.caller = caller
  }

  /// A tensor at hand: a number is a constant, everything else an input.
  func captured(_ tensor: Tensor, at span: Span?) throws(Diagnostic) -> ValueID {
    if tensor.sizes.isEmpty, tensor.element == .f32, let number = tensor.number(at: 0) {
      do throws(ShapeError) { return try function.constant(number, span: span) } catch {
        throw ValueError.shapes(error, at: span ?? Span(SourceID(0), 0, 0))
      }
    }
    // The list keeps the tensor alive, so that no other can have its identity.
    if let known = values[ObjectIdentifier(tensor)] { return known }
    let name = "captured.\(captures.count)"
    let value = function.addParameter(tensor.type, name: name, role: .input, span: span)
    captures.append((name, tensor))
    if tensor.batchAxis == 0 { rowSources.insert(value) }
    values[ObjectIdentifier(tensor)] = value
    return value
  }

  /// Class numbers of a tensor at hand; of one that is watched it is remembered where they came from.
  func classes(of tensor: Tensor, for prediction: TensorType, at span: Span) throws(Diagnostic) -> Tensor {
    guard let watch = tensor.watch else { return try tensor.asClasses(for: prediction, at: span) }
    watch.isPaused = true
    defer { watch.isPaused = false }
    let classes = try tensor.asClasses(for: prediction, at: span)
    if classes !== tensor {
      classes.watch = watch
      derived.append(DerivedClasses(classes: classes, source: tensor, prediction: prediction))
    }
    return classes
  }

  /// Declares all parameters of a model in the order in which they are saved.
  package func declareParameters(of model: Layer) {
    for named in model.namedParameters {
      names[ObjectIdentifier(named.parameter)] = named.nameInFunctions
      _ = parameter(named.parameter)
    }
  }

  package func parameter(_ parameter: LayerParameter) -> ValueID {
    let id = ObjectIdentifier(parameter)
    if let calledModel, !parameter.isFrozen, !calledModel.own.contains(id) {
      strangers[calledModel.id, default: []].append(parameter)
    }
    if let known = values[id] { return known }
    let name = names[id] ?? "other.\(parameters.count).\(parameter.name)"
    // A frozen parameter is read and never changed.
    let value = function.addParameter(
      TensorType(.f32, parameter.shape), name: name, role: parameter.isFrozen ? .input : .parameter)
    values[id] = value
    parameters.append(NamedParameter(name: name, parameter: parameter))
    return value
  }

  /// Parameters that may change and that these models use without holding them.
  func strangers(of models: [Layer]) -> [LayerParameter] {
    if strangers.isEmpty { return [] }
    var seen = Set(models.flatMap(\.namedParameters).map { ObjectIdentifier($0.parameter) })
    return models.flatMap { strangers[ObjectIdentifier($0)] ?? [] }
      .filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  /// The layer of which a parameter was used; nil for one that a function names by itself.
  func owner(of parameter: LayerParameter) -> Layer? { owners[ObjectIdentifier(parameter)] }

  /// Applies the whole model to an input.
  package func run(_ model: Layer, on input: ValueID) throws(Diagnostic) -> ValueID {
    if !model.definition.isSequence { path = ["1"] }
    defer { path = [] }
    return try apply(model, to: input)
  }

  package func apply(_ layer: Layer, to input: ValueID) throws(Diagnostic) -> ValueID {
    let outer = forwarding
    defer { forwarding = outer }
    forwarding = nil
    let output = try output(of: layer, input)
    if let outer, let structure = structures[output] {
      throw .layerTakesTensor(outer, structure.foundText, at: outer.span)
    }
    return output
  }

  private func output(of layer: Layer, _ input: ValueID) throws(Diagnostic) -> ValueID {
    for parameter in layer.parameters { owners[ObjectIdentifier(parameter)] = layer }
    if let function = layer.function { return try apply(function, of: layer, to: input) }
    if layer.definition.isSequence { return try applyChildren(of: layer, to: input) }
    if let structure = structures[input] { throw .layerTakesTensor(layer, structure.foundText, at: layer.span) }
    let found = function.type(input)
    if let wanted = layer.definition.inputShape(layer), !wanted.accepts(found.shape) {
      throw disagreement(at: layer, wanted: wanted, found: found)
    }
    layer.solve(input: found.shape, caller)
    let before = trail.count
    forwarding = layer
    let output = try layer.definition.forward(self, layer, input)
    note(layer, input, output, before)
    return output
  }

  private func apply(
    _ body: LayerFunction, of layer: Layer, to input: ValueID
  ) throws(Diagnostic) -> ValueID {
    guard let caller else { throw .shapeUnknown(at: layer.span) }
    usesScript = true
    let before = trail.count
    let output = try inside { () throws(Diagnostic) in
      try caller.trace(body, [input], in: self, at: layer.isDeclared ? callPlace ?? layer.span : layer.span)
    }
    note(layer, input, output, before)
    return output
  }

  /// A layer that a function calls by itself.
  /// - Parameter place: of the call.
  func apply(_ layer: Layer, to input: ValueID, called place: Span) throws(Diagnostic) -> ValueID {
    let outer = (callPlace, calledModel)
    callPlace = place
    calledModel = calledModel ?? CalledModel(layer)
    defer { (callPlace, calledModel) = outer }
    return try inside { () throws(Diagnostic) in try apply(layer, to: input) }
  }

  /// In the body of a function: neither numbers of layers nor what they made go on there.
  private func inside(_ body: () throws(Diagnostic) -> ValueID) throws(Diagnostic) -> ValueID {
    let outer = (path, trailStart)
    (path, trailStart) = ([], trail.count)
    defer { (path, trailStart) = outer }
    return try body()
  }

  /// Adds a layer to the trail; what it used inside is its own business.
  private func note(_ layer: Layer, _ input: ValueID, _ output: ValueID, _ before: Int) {
    trail.removeLast(max(0, trail.count - before))
    trail.append(
      TrailStep(
        layer: layer, path: path, input: function.type(input), output: function.type(output), value: output))
  }

  private var place: String { path.joined(separator: ".") }

  private func applyChildren(of layer: Layer, to input: ValueID) throws(Diagnostic) -> ValueID {
    var value = input
    for (index, child) in layer.children.enumerated() {
      path.append(String(index + 1))
      defer { path.removeLast() }
      value = try apply(child.layer, to: value)
    }
    return value
  }

  /// E0301 when layers before this one made the input, else what the caller knows of the input.
  private func disagreement(at layer: Layer, wanted: Shape, found: TensorType) -> Diagnostic {
    let isFromLayers = !path.isEmpty && trail.dropFirst(trailStart).contains { !$0.keeps }
    if isFromLayers {
      return .layersDisagree(place: place, layer: layer, takes: wanted, trail: trail, found: found)
    }
    return .inputDisagrees(layer: layer, takes: wanted, found: found)
  }
}

extension Layer {
  /// Made by a declaration, `layer name(…) { … }`, which stands where its span is.
  fileprivate var isDeclared: Bool {
    guard let place = function?.place, place.source == span.source else { return false }
    return place != span && span.start <= place.start && place.end <= span.end
  }
}

extension Shape {
  /// Whether a layer that takes `self`, `[batch, in]`, can be fed `found`. Further leading axes count
  /// as batch; a single example `[in]` is accepted, as torch does.
  func accepts(_ found: Shape) -> Bool {
    let wanted = dimensions.dropFirst()
    guard found.rank >= wanted.count else { return false }
    return zip(wanted.reversed(), found.dimensions.reversed()).allSatisfy { $0.mayEqual($1) }
  }
}
