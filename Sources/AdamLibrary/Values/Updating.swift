// Replacing elements and fields. Values are values: a box is changed in place only when nothing else
// holds it, else its copy is.
import AdamIR
import AdamRuntime
import AdamSource

extension Layer {
  /// `m.weight = …`: the numbers of a parameter; its shape stays.
  fileprivate func set(_ name: String, to value: Value, at span: Span) throws(Diagnostic) {
    let parameter = try settable(name, at: span)
    guard let tensor = parameter.tensor else { return }
    let given = try value.asTensor(at: span)
    guard given.sizes == tensor.sizes else { throw .parameterShape(parameter, given.type.shape, at: span) }
    let numbers = (0..<given.elementCount).map { Float(given.number(at: $0) ?? 0) }
    tensor.write(floats: numbers, at: 0)
  }
}

extension Value {
  /// `self[items] = value`. On an error `self` is as before.
  package mutating func setIndex(
    _ items: [IndexValue], _ value: Value, at span: Span
  ) throws(Diagnostic) {
    switch self {
    case .tensor(let tensor):
      let replacement = try tensor.replacement(items, with: value, at: span)
      self = .tensor(try withOwnTensor(at: span))
      guard case .tensor(let own) = self else { return }
      own.overwrite(replacement)
    case .list(let box):
      let count = box.elements.count
      switch try items[0].selection(count: count, of: "a list of \(count)", at: span) {
      case .one(let place) where items.count == 1: replaceElement(place, value)
      case .one(let place):
        // A list of lists is indexed axis by axis, like a tensor.
        var row = box.elements[place]
        try row.setIndex(Array(items.dropFirst()), value, at: span)
        replaceElement(place, row)
      case .many(let places):
        guard items.count == 1, !items[0].isGather else {
          throw ValueError.assign("only elements and slices of a list can be replaced", at: span)
        }
        try replace(places, with: try value.listed(at: span), at: span)
      }
    case .record(var box):
      guard items.count == 1, case .value(.string(let name)) = items[0] else {
        throw ValueError.noElements(foundText, at: span)
      }
      self = .none
      if !isKnownUniquelyReferenced(&box) { box = RecordBox(box.fields, kind: box.kind) }
      if let index = box.fields.firstIndex(where: { $0.name == name.text }) {
        box.fields[index].value = value
      } else {
        box.fields.append(.init(name.text, value))
      }
      self = .record(box)
    case .layer(let layer) where items.count == 1:
      guard let part = value.asLayer, try layer.indexed(items[0], at: span) === part else {
        throw ValueError.stays(foundText, at: span)
      }
    case .string, .tuple, .range:
      throw ValueError.stays(foundText, at: span)
    default: throw ValueError.noElements(foundText, at: span)
    }
  }

  /// The tensor when nothing else holds it, else a copy. `self` is empty afterwards unless it throws.
  private mutating func withOwnTensor(at span: Span) throws(Diagnostic) -> Tensor {
    guard case .tensor(var tensor) = self else { throw ValueError.noElements(foundText, at: span) }
    self = .none
    if isKnownUniquelyReferenced(&tensor) { return tensor }
    do throws(AllocationError) { return try tensor.copy() } catch {
      self = .tensor(tensor)
      throw ValueError.memory(error, at: span)
    }
  }

  /// A slice may be replaced by more or fewer elements.
  private mutating func replace(
    _ places: [Int], with elements: [Value], at span: Span
  ) throws(Diagnostic) {
    guard case .list(var box) = self else { return }
    try ValueLimit.check(elements: box.elements.count + elements.count, at: span)
    self = .none
    if !isKnownUniquelyReferenced(&box) { box = ListBox(box.elements) }
    if let first = places.first, let last = places.last {
      box.elements.replaceSubrange(first...last, with: elements)
    } else {
      box.elements += elements
    }
    self = .list(box)
  }

  private mutating func replaceElement(_ place: Int, _ value: Value) {
    guard case .list(var box) = self else { return }
    self = .none
    if !isKnownUniquelyReferenced(&box) { box = ListBox(box.elements) }
    box.elements[place] = value
    self = .list(box)
  }

  /// Appends to a list in place when it is held here alone.
  package mutating func append(_ value: Value, at span: Span) throws(Diagnostic) {
    guard case .list(var box) = self else { return }
    try ValueLimit.check(elements: box.elements.count + 1, at: span)
    self = .none
    if !isKnownUniquelyReferenced(&box) { box = ListBox(box.elements) }
    box.elements.append(value)
    self = .list(box)
  }

  /// `self.name = value`. Records are copied, optimizers are references.
  package mutating func setField(
    _ name: String, _ value: Value, at span: Span
  ) throws(Diagnostic) {
    switch self {
    case .record(var box):
      guard let index = box.fields.firstIndex(where: { $0.name == name }) else {
        if let whole = box.replacing(part: name, by: value) { return self = .record(whole) }
        throw ValueError.noSettableField(name, of: foundText, among: box.shownFields.map(\.name), at: span)
      }
      self = .none
      if !isKnownUniquelyReferenced(&box) { box = RecordBox(box.fields, kind: box.kind) }
      box.fields[index].value = value
      self = .record(box)
    case .optimizer(let optimizer): try optimizer.set(name, to: value, at: span)
    case .layer(let layer):
      if let part = value.asLayer, layer.hasPart(name, part) { return }
      try layer.set(name, to: value, at: span)
    default: throw ValueError.fieldsStay(foundText, at: span)
    }
  }
}
