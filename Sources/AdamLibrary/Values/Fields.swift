// `v.f`: fields of records, numbered parts of tuples and models, and what tensors, lists, optimizers
// and layers say about themselves.
import AdamIR
import AdamRuntime
import AdamSource

extension Value {
  /// The field, or nil when there is none of that name.
  package func fieldIfPresent(_ name: String) -> Value? {
    switch self {
    case .record(let box): return box[name] ?? box.part(name)
    case .tuple(let box):
      guard let index = Int(name), box.elements.indices.contains(index) else { return nil }
      return box.elements[index]
    case .list(let box): return name == "len" ? .number(Double(box.elements.count)) : nil
    case .string(let box): return name == "len" ? .number(Double(box.text.count)) : nil
    case .range(let box): return name == "len" ? .number(box.count) : nil
    case .tensor(let tensor): return tensor.field(name)
    case .traced(let traced): return traced.field(name)
    case .parameter(let parameter): return parameter.tensor?.field(name)
    case .optimizer(let optimizer): return optimizer.fieldIfPresent(name)
    case .layer(let layer): return layer.ownField(name)
    default: return nil
    }
  }

  package func field(_ name: String, at span: Span) throws(Diagnostic) -> Value {
    if let value = fieldIfPresent(name) { return value }
    switch self {
    case .data(let data): return try data.field(name, at: span)
    case .layer(let layer): return try layer.field(name, at: span)
    case .optimizer(let optimizer): return try optimizer.field(name, at: span)
    default: break
    }
    var error = ValueError.noField(name, of: foundText, among: fieldNames, at: span)
    if case .record(let box) = self, box.isFrozen(name) {
      error.helps = [Help("`\(name)` of the model is frozen, and what is frozen has no gradient")]
    }
    throw error
  }

  /// Names that `fieldIfPresent` answers, for suggestions and completion.
  package var fieldNames: [String] {
    switch self {
    case .record(let box): box.shownFields.map(\.name)
    case .tuple(let box): box.elements.indices.map(String.init)
    case .list, .string, .range: ["len"]
    case .tensor, .traced, .parameter: ["shape", "rows", "rank", "len"]
    case .optimizer(let optimizer): optimizer.settings.map(\.name) + ["steps"]
    case .layer(let layer): layer.children.map(\.name) + layer.parameters.map(\.name)
    case .data: DataSet.fieldNames
    default: []
    }
  }
}

extension RecordBox {
  /// `g.0.weight`: gradients have the names of a model's parameters, and each part of a name is a field.
  fileprivate func part(_ name: String) -> Value? {
    guard kind == Self.gradients else { return nil }
    let prefix = name + "."
    let inside = fields.filter { $0.name.hasPrefix(prefix) }
    if inside.isEmpty { return nil }
    return .record(
      RecordBox(inside.map { .init(String($0.name.dropFirst(prefix.count)), $0.value) }, kind: Self.gradients))
  }

  /// `g.0 = part`: the gradients with others for what lies inside; nil unless it is a part with the same names.
  func replacing(part name: String, by value: Value) -> RecordBox? {
    guard case .record(let part) = value, let found = self.part(name), case .record(let old) = found,
      old.fields.map(\.name) == part.fields.map(\.name)
    else { return nil }
    let new = Dictionary(zip(part.fields.map { name + "." + $0.name }, part.fields.map(\.value))) { $1 }
    return RecordBox(fields.map { .init($0.name, new[$0.name] ?? $0.value) }, kind: kind)
  }

  /// Whether a part or parameter of the gradients' model is frozen, so that there is nothing of it here.
  fileprivate func isFrozen(_ name: String) -> Bool {
    guard let model = self[Self.modelOfGradients]?.asLayer else { return false }
    return model.namedParameters.contains {
      $0.parameter.isFrozen && ($0.name == name || $0.name.hasPrefix(name + "."))
    }
  }

  /// The kind of record that `grad` gives for a model.
  package static let gradients = "gradients"
  /// Where gradients keep the model they belong to: no name that a script can write.
  static let modelOfGradients = "\u{0}model"
}

extension Tensor {
  fileprivate func field(_ name: String) -> Value? {
    switch name {
    case "shape": .list(ListBox(sizes.map { .number(Double($0)) }))
    case "rows", "len": sizes.first.map { .number(Double($0)) }
    case "rank": .number(Double(sizes.count))
    default: nil
    }
  }
}

extension Layer {
  /// A child or a parameter. A parameter's tensor is copied: training changes it in place.
  fileprivate func ownField(_ name: String) -> Value? {
    if let child = children.first(where: { $0.name == name }) { return .layer(child.layer) }
    guard let tensor = parameters.first(where: { $0.name == name })?.tensor else { return nil }
    return (try? tensor.copy()).map { .tensor($0) }
  }
}
