// The architecture of a model as one line in its file, so that `m = load("f")` can build it again:
// `seq(linear(in=2,out=16),relu(),#1)`. Settings that were given stand by name; `#1` is
// the layer written second (counted from 0), shared.
import AdamIR
import AdamRuntime
import AdamSource

extension Layer {
  /// nil when a setting has no text, or a layer is not one of the registry.
  var architecture: String? {
    var known: [ObjectIdentifier: Int] = [:]
    return architecture(&known)
  }

  private func architecture(_ known: inout [ObjectIdentifier: Int]) -> String? {
    if let index = known[ObjectIdentifier(self)] { return "#\(index)" }
    known[ObjectIdentifier(self)] = known.count
    guard LayerRegistry[definition.name] != nil else { return nil }
    var parts: [String] = []
    for parameter in definition.signature.parameters where !parameter.isVariadic {
      guard settings.isGiven(parameter.name), let value = settings[parameter.name] else { continue }
      guard case .known(let value) = value, let text = value.settingText else { return nil }
      parts.append("\(parameter.name)=\(text)")
    }
    // Parts follow from the settings.
    for child in children where definition.parts == nil {
      guard let text = child.layer.architecture(&known) else { return nil }
      parts.append(text)
    }
    return "\(definition.name)(\(parts.joined(separator: ",")))"
  }

  /// Builds the model of a text, without drawing numbers: its parameters are zero.
  static func build(_ text: String, at span: Span) throws(Diagnostic) -> Layer {
    var reader = ModelTextReader(text, span: span)
    return try reader.model()
  }
}

extension Value {
  fileprivate var settingText: String? {
    switch self {
    case .number(let x): numberText(x)
    case .bool(let flag): flag ? "true" : "false"
    case .list(let box): list(box.elements)
    case .tuple(let box): list(box.elements)
    default: nil
    }
  }

  private func list(_ elements: [Value]) -> String? {
    let texts = elements.compactMap(\.settingText)
    return texts.count == elements.count ? "[\(texts.joined(separator: ","))]" : nil
  }
}

/// Reads what `architecture` writes. The text comes from a file, so nothing in it is believed: names,
/// kinds and ranges are checked as in a script.
private struct ModelTextReader {
  private var rest: Substring
  private let span: Span
  private var layers: [Layer?] = []
  private var depth = 0

  init(_ text: String, span: Span) {
    rest = text[...]
    self.span = span
  }

  mutating func model() throws(Diagnostic) -> Layer {
    let result = try layer()
    guard rest.isEmpty else { throw unreadable }
    return result
  }

  private var unreadable: Diagnostic {
    Diagnostic(.modelDisagrees, "the model in the file cannot be read near `\(rest.prefix(20))`", at: span)
  }

  private mutating func take(_ character: Character) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func word() -> String {
    let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_.+-".contains($0)) }
    rest.removeFirst(word.count)
    return String(word)
  }

  private mutating func layer() throws(Diagnostic) -> Layer {
    if take("#") {
      guard let index = Int(word()), layers.indices.contains(index), let layer = layers[index] else {
        throw unreadable
      }
      return layer
    }
    let name = word()
    depth += 1
    guard depth <= 200, let definition = LayerRegistry[name], take("(") else { throw unreadable }
    let place = layers.count
    layers.append(nil)
    let layer = try made(definition)
    layers[place] = layer
    depth -= 1
    return layer
  }

  private mutating func made(_ definition: LayerDefinition) throws(Diagnostic) -> Layer {
    var given: [GivenArgument<AbstractValue>] = []
    var children: [Layer] = []
    while !take(")") {
      let before = rest
      let name = word()
      if take("=") {
        given.append(GivenArgument(name: name, value: .known(try value()), span: span, nameSpan: span))
      } else {
        rest = before
        children.append(try layer())
      }
      guard take(",") || rest.first == ")" else { throw unreadable }
    }
    var settings = try bind(given, to: definition.signature, of: definition.name, at: span)
    settings.variadic = children.map { (.layer($0), span) }
    if let mistake = definition.validate(settings) { throw mistake }
    let layer = definition.makeLayer(settings, children: children)
    try layer.checkLayers()
    try layer.allocateParameters()
    return layer
  }

  private mutating func value() throws(Diagnostic) -> Value {
    if take("[") {
      depth += 1
      defer { depth -= 1 }
      guard depth <= 200 else { throw unreadable }
      var elements: [Value] = []
      while !take("]") {
        elements.append(try value())
        guard take(",") || rest.first == "]" else { throw unreadable }
      }
      return .list(ListBox(elements))
    }
    let text = word()
    if text == "true" || text == "false" { return .bool(text == "true") }
    guard let number = Double(text), number.isFinite else { throw unreadable }
    return .number(number)
  }
}
