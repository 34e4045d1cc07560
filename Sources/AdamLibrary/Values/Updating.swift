// Replacing elements and fields. Values are values: a box is changed in place only when nothing else
// holds it, else its copy is.
import AdamIR
import AdamRuntime
import AdamSource

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
      guard items.count == 1, case .value(let index) = items[0], let x = index.exactNumber else {
        throw ValueError.assign("only single elements of a list can be replaced", at: span)
      }
      let count = box.elements.count
      let place = try IndexValue.place(x, count, "a list of \(count)", span)
      replaceElement(place, value)
    case .string, .tuple, .range:
      throw ValueError.assign("\(foundText) cannot be changed", at: span)
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
        throw ValueError.noField(name, of: foundText, among: box.fields.map(\.name), at: span)
      }
      self = .none
      if !isKnownUniquelyReferenced(&box) { box = RecordBox(box.fields, kind: box.kind) }
      box.fields[index].value = value
      self = .record(box)
    case .optimizer(let optimizer): try optimizer.set(name, to: value, at: span)
    default: throw ValueError.assign("the fields of \(foundText) cannot be changed", at: span)
    }
  }
}
