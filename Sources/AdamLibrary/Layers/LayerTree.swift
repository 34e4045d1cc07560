// A model is a tree of layers: its parameters by torch's `state_dict` names, its parts by index, and
// its text.
import AdamIR
import AdamRuntime
import AdamSource

/// A parameter with the name under which it is saved: `0.weight`.
package struct NamedParameter {
  package var name: String
  package var parameter: LayerParameter

  /// Its name in traced functions, where inputs have names as well: a model's own `x` is `model.x` there.
  var nameInFunctions: String {
    let first = name.prefix { $0 != "." }
    return Self.namesOfInputs.contains(String(first)) ? "model." + name : name
  }

  /// What names of inputs begin with; and `model`, so that no two parameters get one name.
  private static let namesOfInputs: Set<String> = [
    "x", "y", "scalars", "captured", "pred", "leaf", "other", "model",
  ]
}

extension Layer {
  /// All parameters in torch's order: own ones, then the children's. One that is reached twice
  /// (shared layers) has the name by which it is reached first.
  package var namedParameters: [NamedParameter] {
    var found: [NamedParameter] = []
    var seen: Set<ObjectIdentifier> = []
    collect(prefix: "", into: &found, &seen)
    return found
  }

  private func collect(
    prefix: String, into found: inout [NamedParameter], _ seen: inout Set<ObjectIdentifier>
  ) {
    for parameter in parameters where seen.insert(ObjectIdentifier(parameter)).inserted {
      found.append(NamedParameter(name: prefix + parameter.name, parameter: parameter))
    }
    for child in children { child.layer.collect(prefix: prefix + child.name + ".", into: &found, &seen) }
  }

  /// Trainable numbers; nil when a size is not known yet.
  package var parameterCount: Int? {
    var count = 0
    for named in namedParameters {
      guard let size = named.parameter.shape.elementCount else { return nil }
      count += size
    }
    return count
  }

  /// Layers that do something, depth first, with their place: `3`, or `2.1` inside another `seq`.
  package var leaves: [(place: String, layer: Layer)] { leaves(prefix: "") }

  private func leaves(prefix: String) -> [(place: String, layer: Layer)] {
    if !definition.isSequence { return [(prefix.isEmpty ? "1" : prefix, self)] }
    return children.enumerated().flatMap { index, child in
      child.layer.leaves(prefix: prefix.isEmpty ? "\(index + 1)" : "\(prefix).\(index + 1)")
    }
  }

  /// As a script writes it, `linear(16,1)`; settings at their defaults are left out. `changes`
  /// replaces settings by name, for suggestions.
  package func text(changing changes: [String: Int] = [:]) -> String {
    if !children.isEmpty && definition.parts == nil || function != nil { return "\(definition.name)(…)" }
    var parts: [String] = []
    var isPositional = true
    for parameter in definition.signature.parameters where !parameter.isVariadic {
      let isGiven = settings.isGiven(parameter.name) || changes[parameter.name] != nil
      guard isGiven else {
        isPositional = false
        continue
      }
      let value = changes[parameter.name].map { String($0) } ?? settings.shown(parameter.name)
      let needsName = parameter.isKeywordOnly || parameter.kind == .bool || !isPositional
      parts.append(needsName ? "\(parameter.name)=\(value)" : value)
    }
    return parts.isEmpty ? definition.name : "\(definition.name)(\(parts.joined(separator: ",")))"
  }

  /// `model.0`, `model.0.weight`, `model.bias`: a child or a parameter by name. Throws a diagnostic
  /// that lists what there is.
  package func field(_ name: String, at span: Span) throws(Diagnostic) -> Value {
    if let child = children.first(where: { $0.name == name }) { return .layer(child.layer) }
    if let parameter = parameters.first(where: { $0.name == name }) {
      guard let tensor = parameter.tensor else { return .none }
      return .tensor(tensor)
    }
    throw .unknownLayerField(name, of: self, at: span)
  }

  /// Places of `model[i]`: those of the list when it is one of layers, whatever else stands in it.
  package var placeCount: Int { listCount ?? children.count }

  /// `model[place]`; throws where a list has something else than a layer.
  /// - Parameter place: 0 ..< `placeCount`.
  func layer(at place: Int, _ span: Span) throws(Diagnostic) -> Layer {
    if listCount == nil, children.indices.contains(place) { return children[place].layer }
    guard let child = children.first(where: { $0.name == String(place) }) else {
      throw .noLayerInList(place, of: self, at: span)
    }
    return child.layer
  }
}

extension BoundArguments<AbstractValue> {
  /// A setting as a script writes it.
  fileprivate func shown(_ name: String) -> String {
    if let number = number(name) { return messageText(number) }
    if let flag = bool(name) { return flag ? "true" : "false" }
    if let text = string(name) { return "\"\(text)\"" }
    return "…"
  }
}

extension Tensor {
  /// The elements of an f32 tensor for a fill in place; nil for another element type.
  var floatStorage: UnsafeMutableBufferPointer<Float>? {
    guard element == .f32 else { return nil }
    return UnsafeMutableBufferPointer(
      start: pointer.assumingMemoryBound(to: Float.self), count: elementCount)
  }
}
