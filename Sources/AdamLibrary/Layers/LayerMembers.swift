// Which layers and parameters a value holds: lists, tuples, records and functions of layers are parts
// of a model as layers themselves are, `hid.0.weight`, `rec.name.weight`.
import AdamIR
import AdamSource

extension Layer {
  /// Takes over the layers and parameters that these names hold, in this order. What a function, a list
  /// or a record holds beside parts that are known already comes under its own name.
  /// - Parameter outer: what was there before the members were made, and is drawn before them.
  func adopt(_ members: [AbstractField], outer: [AbstractField]) {
    var found = LayerMembers(span: span)
    for member in members { found.add(member) }
    let own = found.parts.count
    for member in outer { found.add(member) }
    parameters = found.parameters
    children = found.children
    drawOrder = Array(found.parts[own...] + found.parts[..<own])
    isOpen = found.isOpen
  }
}

/// Collects parts by the names under which they are held.
struct LayerMembers {
  private let span: Span
  private(set) var parameters: [LayerParameter] = []
  private(set) var children: [Layer.Child] = []
  /// Both, in the order in which they were added.
  private(set) var parts: [Layer.Part] = []
  /// Something may hold more, and only running tells.
  private(set) var isOpen = false
  private var depth = 0
  private var left = mostParts
  private var reached: Set<ObjectIdentifier> = []

  /// Lists in lists deeper than this hold no layers of a model.
  private static let mostDepth = 32
  /// So many values are looked at: lists of the same lists would be walked for ever.
  private static let mostParts = 100_000

  init(span: Span) { self.span = span }

  mutating func add(_ member: AbstractField) {
    left -= 1
    if case .known(.parameter(let parameter)) = member.value {
      guard reached.insert(ObjectIdentifier(parameter)).inserted else { return }
      parameters.append(parameter)
      parts.append(.parameter(parameter))
    } else if let layer = member.value.asLayer {
      add(layer, named: member.name)
    } else if let layer = container(member), layer.function != nil || holdsMore(layer) {
      add(layer, named: member.name)
    } else if member.value.mayHoldLayers {
      isOpen = true
    }
  }

  private mutating func add(_ layer: Layer, named name: String) {
    children.append(Layer.Child(name, layer))
    parts.append(.layer(layer))
    isOpen = isOpen || layer.isOpen
    for named in layer.namedParameters { reached.insert(ObjectIdentifier(named.parameter)) }
  }

  private func holdsMore(_ layer: Layer) -> Bool {
    layer.namedParameters.contains { !reached.contains(ObjectIdentifier($0.parameter)) }
  }

  /// A list, record or function as a layer of its own that only has parts; a function in a list is one
  /// without parts too, so that the places in the model are those in the list.
  private mutating func container(_ member: AbstractField) -> Layer? {
    guard left > 0, depth < Self.mostDepth, let held = member.value.held else { return nil }
    var inner = LayerMembers(span: span)
    inner.depth = depth + 1
    inner.left = left
    for part in held { inner.add(part.inList(at: span)) }
    left = inner.left
    let function = Int(member.name) == nil ? nil : member.value.layerFunction
    guard function != nil || !inner.parameters.isEmpty || !inner.children.isEmpty else { return nil }
    let layer = Layer(
      definition: function == nil ? .container(named: member.name) : .function(named: "fn"),
      settings: BoundArguments(names: [], entries: [], variadic: [], span: span),
      parameters: inner.parameters, children: inner.children, span: span)
    layer.isOpen = inner.isOpen
    if function == nil { layer.listCount = member.value.isSequence ? member.value.knownCount : nil }
    layer.function = function
    return layer
  }
}

extension LayerFunction {
  /// What it captured and its default values, by name.
  var held: [AbstractField] {
    switch self {
    case .closure(let closure):
      closure.program.held(
        by: closure.function, closure.captures.map { ($0.register, .known($0.value)) },
        closure.defaults.map { ($0.parameter, .known($0.value)) })
    case .abstract(let function): function.program.held(by: function.function, function.captures, function.defaults)
    case .builtin: []
    }
  }
}

extension Program {
  fileprivate func held(
    by index: Int, _ captures: [(register: Register, value: AbstractValue)],
    _ defaults: [(parameter: Int, value: AbstractValue)]
  ) -> [AbstractField] {
    guard functions.indices.contains(index) else { return [] }
    let function = functions[index]
    let captured = captures.map { capture in
      let name = function.captures.first { $0.register == capture.register }?.name
      return AbstractField(name ?? "captured\(capture.register.index)", capture.value)
    }
    let given = defaults.compactMap { item in
      function.parameters.indices.contains(item.parameter)
        ? AbstractField(function.parameters[item.parameter].name, item.value) : nil
    }
    return captured + given
  }
}

extension AbstractField {
  /// `relu` in a list of layers is a layer, so that the places in the model are those in the list.
  fileprivate func inList(at span: Span) -> AbstractField {
    guard Int(name) != nil, case .known(.builtin(let builtin)) = value, LayerRegistry[builtin.definition.name] != nil
    else { return self }
    return AbstractField(name, .layer(builtin.asLayer(at: span, report: { _ in })))
  }
}

extension AbstractValue {
  /// What a list, tuple, record or function holds by name; nil for everything else and for what holds
  /// plain values only.
  fileprivate var held: [AbstractField]? {
    if let function = layerFunction { return function.held }
    if case .known(let value) = self, !value.mayHoldLayers { return nil }
    if let record = asFields { return record.kind == "record" ? record.fields : nil }
    return asElements.map { $0.enumerated().map { AbstractField(String($0.offset), $0.element) } }
  }

  fileprivate var isSequence: Bool {
    switch kindOfValue {
    case .list, .tuple: true
    default: false
    }
  }

  /// What the checker does not know may be a layer.
  fileprivate var mayHoldLayers: Bool {
    switch self {
    case .unknown: true
    case .listOf(let element): element.asLayer != nil || element.layerFunction != nil || element.mayHoldLayers
    case .list(let elements), .tuple(let elements): elements.contains { $0.mayHoldLayers }
    case .record(let fields, _): fields.contains { $0.value.mayHoldLayers }
    default: false
    }
  }
}

extension Value {
  /// One look at the elements: a long list of numbers is passed over.
  fileprivate var mayHoldLayers: Bool {
    switch self {
    case .list(let box): box.elements.contains { $0.isCompound }
    case .tuple(let box): box.elements.contains { $0.isCompound }
    case .record(let box): box.fields.contains { $0.value.isCompound }
    default: false
    }
  }

  private var isCompound: Bool {
    switch self {
    case .list, .tuple, .record, .layer, .parameter, .function: true
    default: false
    }
  }
}

extension LayerDefinition {
  /// Parts under a name that are not applied one after the other.
  static func container(named name: String) -> LayerDefinition {
    LayerDefinition(
      name: name, summary: "Layers held in a value.", shapeRule: "x -> none",
      signature: Signature([]), example: "",
      forward: { _, layer, _ throws(Diagnostic) in throw .appliedContainer(layer) })
  }
}

extension Diagnostic {
  fileprivate static func appliedContainer(_ layer: Layer) -> Diagnostic {
    var diagnostic = Diagnostic(
      .wrongKind, "`\(layer.definition.name)` holds layers and is none itself", at: layer.span)
    diagnostic.helps = [Help("apply its parts, `\(layer.definition.name)[0]`, or put them into a `seq`")]
    return diagnostic
  }
}
