// Builds tensor functions from a layer tree: shapes only, so it serves the checker (no weights, the
// batch symbolic) and the trainer (fixed sizes) alike.
import AdamIR
import AdamSource

/// What a layer did to its input, for messages.
package struct TrailStep {
  package var layer: Layer
  /// `3`, or `2.1` inside another `seq`.
  package var place: String
  package var input: TensorType
  package var output: TensorType
  package var keeps: Bool { input.shape == output.shape }
}

package final class ModelTracer: TraceBuilder {
  package var function: TensorFunction
  package let isTraining: Bool
  /// Layers passed so far.
  package private(set) var trail: [TrailStep] = []
  private var values: [ObjectIdentifier: ValueID] = [:]
  private var names: [ObjectIdentifier: String] = [:]
  private var path: [String] = []

  package init(name: String, isTraining: Bool) {
    self.function = TensorFunction(name: name)
    self.isTraining = isTraining
  }

  /// Declares all parameters of a model in the order in which they are saved.
  package func declareParameters(of model: Layer) {
    for named in model.namedParameters {
      names[ObjectIdentifier(named.parameter)] = named.name
      _ = parameter(named.parameter)
    }
  }

  package func parameter(_ parameter: LayerParameter) -> ValueID {
    let id = ObjectIdentifier(parameter)
    if let known = values[id] { return known }
    let value = function.addParameter(
      TensorType(.f32, parameter.shape), name: names[id] ?? parameter.name, role: .parameter)
    values[id] = value
    return value
  }

  /// Applies the whole model to an input.
  package func run(_ model: Layer, on input: ValueID) throws(Diagnostic) -> ValueID {
    if model.children.isEmpty { path = ["1"] }
    defer { path = [] }
    return try apply(model, to: input)
  }

  package func apply(_ layer: Layer, to input: ValueID) throws(Diagnostic) -> ValueID {
    guard layer.children.isEmpty else { return try applyChildren(of: layer, to: input) }
    let found = function.type(input)
    if let wanted = layer.definition.inputShape(layer), !wanted.accepts(found.shape) {
      throw disagreement(at: layer, wanted: wanted, found: found)
    }
    let output = try layer.definition.forward(self, layer, input)
    trail.append(
      TrailStep(layer: layer, place: place, input: found, output: function.type(output)))
    return output
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
    let isFromLayers = trail.contains { !$0.keeps }
    if isFromLayers {
      return .layersDisagree(place: place, layer: layer, takes: wanted, trail: trail, found: found)
    }
    return .inputDisagrees(layer: layer, takes: wanted, found: found)
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
