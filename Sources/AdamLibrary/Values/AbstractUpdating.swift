// What is certainly wrong with replacing an element or a field, before anything runs.
import AdamIR
import AdamSource

extension AbstractValue {
  /// Throws when `self.name = value` certainly fails.
  package func checkField(_ name: String, to value: AbstractValue, at span: Span) throws(Diagnostic) {
    if let layer = asLayer {
      if let part = value.asLayer, layer.hasPart(name, part) { return }
      return try layer.checkField(name, to: value, at: span)
    }
    if let optimizer = asOptimizer { return try optimizer.checkSetting(name, to: value, at: span) }
    if let record = asFields {
      if record.kind == "record", !record.fields.contains(where: { $0.name == name }) {
        throw ValueError.noSettableField(name, of: foundText, among: record.fields.map(\.name), at: span)
      }
      return
    }
    switch kindOfValue {
    case .number, .bool, .string, .none, .function: throw .noField(name, of: foundText, among: [], at: span)
    case .list, .tuple, .range, .tensor, .data, .hook: throw ValueError.fieldsStay(foundText, at: span)
    case .unknown, .record, .layer, .optimizer: return
    }
  }

  /// Throws when `self[items] = value` certainly fails.
  /// - Parameter place: what `self[items]` is.
  package func checkElement(
    replacing place: AbstractValue, with value: AbstractValue, at span: Span
  ) throws(Diagnostic) {
    switch kindOfValue {
    case .string, .tuple, .range: throw ValueError.stays(foundText, at: span)
    case .layer:
      guard let part = place.asLayer, value.asLayer !== part, !value.isUnknown else { return }
      throw ValueError.stays(foundText, at: span)
    case .tensor:
      try value.checkTensor(at: span)
      guard let given = value.tensorType?.shape, given.rank > 0, case .tensor(let type) = place.kindOfValue else {
        return
      }
      if !given.mayBe(type.shape) { throw ValueError.misplaced(given, in: type.shape, at: span) }
    default: return
    }
  }
}

extension Shape {
  /// Whether both may turn out to be the same.
  package func mayBe(_ other: Shape) -> Bool {
    rank == other.rank && zip(dimensions, other.dimensions).allSatisfy { $0.mayEqual($1) }
  }
}

extension Layer {
  /// Whether this is the part of that name already. `m.0.weight = x` changes the part where it is, and puts
  /// it back.
  func hasPart(_ name: String, _ part: Layer) -> Bool { children.contains { $0.name == name && $0.layer === part } }

  /// The parameter that `m.name = …` means.
  func settable(_ name: String, at span: Span) throws(Diagnostic) -> LayerParameter {
    if let parameter = parameters.first(where: { $0.name == name }) { return parameter }
    throw .onlyParameters(of: self, children.contains { $0.name == name }, at: span)
  }

  fileprivate func checkField(_ name: String, to value: AbstractValue, at span: Span) throws(Diagnostic) {
    if isOpen { return }
    let parameter = try settable(name, at: span)
    try value.checkTensor(at: span)
    guard let given = value.tensorType?.shape, !given.mayBe(parameter.shape) else { return }
    throw .parameterShape(parameter, given, at: span)
  }
}

extension Optimizer {
  /// The parameter of the constructor that a setting is held against.
  func settable(_ name: String, at span: Span) throws(Diagnostic) -> (index: Int, ParameterDefinition) {
    guard let index = settings.firstIndex(where: { $0.name == name }),
      let parameter = OptimizerRegistry.parameter(name, of: rule)
    else { throw .unknownSetting(name, of: self, at: span) }
    return (index, parameter)
  }

  fileprivate func checkSetting(_ name: String, to value: AbstractValue, at span: Span) throws(Diagnostic) {
    let (index, parameter) = try settable(name, at: span)
    let argument = GivenArgument(name: name, value: value, span: span)
    let bound = try bind([argument], to: Signature([parameter]), of: rule, at: span)
    guard case .known(let exact)? = bound[name] else { return }
    var changed = settings
    changed[index].value = exact
    if let mistake = Optimizer(rule: rule, settings: changed, span: self.span).mistake(span) { throw mistake }
  }
}

extension Diagnostic {
  /// - Parameter isLayer: a layer of the model was to be replaced.
  fileprivate static func onlyParameters(of layer: Layer, _ isLayer: Bool, at span: Span) -> Diagnostic {
    let names = layer.namedParameters.map(\.name)
    let shown = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    let what = isLayer ? "the layers of a model stay" : "only parameters of a layer can be assigned"
    var diagnostic = ValueError.assign(
      names.isEmpty ? "a layer without parameters has nothing to assign"
        : isLayer ? "\(what): its parameters can be assigned, \(shown)" : "\(what): \(shown)", at: span)
    if isLayer { diagnostic.helps = [Help("a new `seq(…)` shares the layers that it is given")] }
    return diagnostic
  }

  static func parameterShape(_ parameter: LayerParameter, _ given: Shape, at span: Span) -> Diagnostic {
    Diagnostic(.shapesDisagree, "`\(parameter.name)` is \(parameter.shape.text), found \(given.text)", at: span)
  }
}

extension ValueError {
  static func noSettableField(_ name: String, of found: String, among names: [String], at span: Span) -> Diagnostic {
    var error = noField(name, of: found, among: names, at: span)
    if found != RecordBox.gradients { error.helps.append(Help("a new field is made by `r[\"\(name)\"] = …`")) }
    return error
  }

  static func fieldsStay(_ found: String, at span: Span) -> Diagnostic {
    assign("the fields of \(found) cannot be changed", at: span)
  }

  static func stays(_ found: String, at span: Span) -> Diagnostic { assign("\(found) cannot be changed", at: span) }

  static func misplaced(_ given: Shape, in place: Shape, at span: Span) -> Diagnostic {
    Diagnostic(.runShapes, "cannot put \(given.text) into a place of \(place.text)", at: span)
  }
}
