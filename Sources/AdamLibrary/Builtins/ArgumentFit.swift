// How values and what is known of values answer the questions of argument binding.
import AdamIR
import AdamRuntime
import AdamSource

extension Value: ArgumentValue {
  package static func constant(_ constant: Constant) -> Value {
    switch constant {
    case .none: .none
    case .bool(let value): .bool(value)
    case .number(let value): .number(value)
    case .string(let text): .string(StringBox(text))
    }
  }

  package static func numbers(_ numbers: [Double]) -> Value {
    .tuple(TupleBox(numbers.map { .number($0) }))
  }

  package static var refused: Value { .none }
  package var isUnset: Bool { if case .unset = self { true } else { false } }
  package var isNone: Bool { if case .none = self { true } else { false } }

  /// A number, or a rank-0 tensor, which is a number wherever one is asked for.
  package var exactNumber: Double? {
    switch self {
    case .number(let x): return x
    case .tensor(let tensor) where tensor.sizes.isEmpty:
      switch tensor.element {
      case .f32: return Double(tensor.pointer.load(as: Float.self))
      case .i32: return Double(tensor.pointer.load(as: Int32.self))
      case .bool: return nil
      }
    default: return nil
    }
  }

  package var isScalar: Bool {
    switch self {
    case .number, .bool, .string: true
    default: false
    }
  }

  package var exactNumbers: [Double]? {
    guard let elements = elements, elements.count <= 64 else { return nil }
    let numbers = elements.compactMap(\.exactNumber)
    return numbers.count == elements.count ? numbers : nil
  }

  package var exactString: String? { if case .string(let box) = self { box.text } else { nil } }

  package var exactBool: Bool? {
    switch self {
    case .bool(let value): value
    case .tensor(let tensor) where tensor.sizes.isEmpty && tensor.element == .bool:
      tensor.pointer.load(as: Int32.self) != 0
    default: nil
    }
  }

  /// Elements of a list or tuple.
  package var elements: [Value]? {
    switch self {
    case .list(let box): box.elements
    case .tuple(let box): box.elements
    default: nil
    }
  }

  package func fit(_ kind: ArgumentKind) -> Fit {
    switch kind {
    case .oneOf(let kinds):
      kinds.contains { fit($0) == .yes } ? .yes : .no
    default: isOf(kind) ? .yes : .no
    }
  }

  private func isOf(_ kind: ArgumentKind) -> Bool {
    switch (kind, self) {
    case (.any, _): true
    case (.number, _): exactNumber != nil
    case (.integer, _): exactNumber.map { $0.isWholeNumber } ?? false
    case (.bool, _): exactBool != nil
    case (.string, .string), (.tensor, .tensor), (.tensor, .traced), (.tensor, .parameter), (.list, .list),
      (.optimizer, .optimizer),
      (.data, .data), (.record, .record), (.hook, .hook):
      true
    case (.tensorLike, _): isTensorLike(depth: 0)
    case (.layer, .layer), (.layer, .function), (.function, .function), (.function, .builtin),
      (.function, .layer):
      true
    case (.layer, .builtin(let builtin)): ["layer", "math"].contains(builtin.definition.group)
    case (.schedule, .record(let box)): box.kind == Schedule.kind
    case (.schedule, .function): true
    case (.schedule, _): exactNumber != nil
    case (.steps, .record(let box)): box.kind == Epochs.kind
    case (.steps, _): exactNumber.map { $0.isWholeNumber } ?? false
    case (.numbers(let count), .tensor(let tensor)): tensor.sizes == [count]
    case (.numbers(let count), _): exactNumbers?.count == count
    default: false
    }
  }

  private func isTensorLike(depth: Int) -> Bool {
    switch self {
    case .tensor, .number, .traced, .parameter: true
    case .bool: depth > 0
    // A tensor has 32 axes at most.
    case .list(let box): depth < 32 && box.elements.allSatisfy { $0.isTensorLike(depth: depth + 1) }
    case .tuple(let box): depth < 32 && box.elements.allSatisfy { $0.isTensorLike(depth: depth + 1) }
    case .range: true
    default: false
    }
  }

  package func converted(to kind: ArgumentKind) -> Value {
    guard case .tensor = self else { return self }
    switch kind {
    case .number, .integer, .schedule, .steps: return exactNumber.map { .number($0) } ?? self
    case .bool: return exactBool.map { .bool($0) } ?? self
    default: return self
    }
  }

  package var foundText: String {
    switch self {
    case .unset: "nothing"
    case .none: "`none`"
    case .bool(let value): value ? "`true`" : "`false`"
    case .number(let x): messageText(x)
    case .string: "a string"
    case .list(let box): "a list of \(box.elements.count)"
    case .tuple(let box): "a tuple of \(box.elements.count)"
    case .record(let box): withArticle(box.kind)
    case .range: "a range"
    case .tensor(let tensor):
      tensor.sizes.isEmpty ? "a number" : "a tensor \(tensor.type.shape.text)"
    case .traced(let traced): "a tensor \(traced.type.shape.text)"
    case .parameter(let parameter): "a parameter \(parameter.shape.text)"
    case .function: "a function"
    case .builtin(let builtin): "the function `\(builtin.definition.name)`"
    case .layer: "a layer"
    case .optimizer: "an optimizer"
    case .data: "a data set"
    case .hook: "an `on` block"
    }
  }
}

/// `a run`, `an evaluation`.
private func withArticle(_ noun: String) -> String {
  if noun == RecordBox.gradients { return noun }
  return "aeiou".contains(noun.prefix(1)) ? "an \(noun)" : "a \(noun)"
}

extension Double {
  /// Without fraction and exactly countable, so within ±2^53.
  var isWholeNumber: Bool { self == rounded(.towardZero) && abs(self) <= 9_007_199_254_740_992 }
}

extension AbstractValue: ArgumentValue {
  package static func constant(_ constant: Constant) -> AbstractValue { .known(.constant(constant)) }
  package static func numbers(_ numbers: [Double]) -> AbstractValue { .known(.numbers(numbers)) }
  package static var refused: AbstractValue { .unknown }

  package var isUnset: Bool {
    switch self {
    case .unset: true
    case .known(let value): value.isUnset
    default: false
    }
  }

  package var isNone: Bool { if case .known(.none) = self { true } else { false } }
  package var isScalar: Bool {
    switch kindOfValue {
    case .number, .bool, .string: true
    default: false
    }
  }

  package var exactNumber: Double? { if case .known(let v) = self { v.exactNumber } else { nil } }
  package var exactString: String? { if case .known(let v) = self { v.exactString } else { nil } }
  package var exactBool: Bool? { if case .known(let v) = self { v.exactBool } else { nil } }

  package var exactNumbers: [Double]? {
    switch self {
    case .known(let value): return value.exactNumbers
    case .list(let elements), .tuple(let elements):
      guard elements.count <= 64 else { return nil }
      let numbers = elements.compactMap(\.exactNumber)
      return numbers.count == elements.count ? numbers : nil
    default: return nil
    }
  }

  package func fit(_ kind: ArgumentKind) -> Fit {
    switch self {
    case .known(let value): return value.fit(kind)
    case .traced(let traced): return Value.traced(traced).fit(kind)
    case .unknown, .unset: return kind == .any ? .yes : .perhaps
    default: break
    }
    switch kind {
    case .any: return .yes
    case .oneOf(let kinds):
      let fits = kinds.map { fit($0) }
      return fits.contains(.yes) ? .yes : fits.contains(.perhaps) ? .perhaps : .no
    default: return fitOfType(kind)
    }
  }

  /// Fit of a value whose type is known and whose contents are not.
  private func fitOfType(_ kind: ArgumentKind) -> Fit {
    switch (kind, self) {
    case (.number, .number), (.bool, .bool), (.string, .string), (.tensor, .tensor),
      (.tensorLike, .tensor), (.tensorLike, .number), (.tensorLike, .range), (.list, .list),
      (.list, .listOf), (.layer, .layer), (.layer, .function), (.optimizer, .optimizer),
      (.data, .data), (.function, .function), (.function, .derivative), (.function, .layer), (.record, .record),
      (.hook, .hook), (.schedule, .number), (.schedule, .function):
      return .yes
    case (.integer, .number), (.steps, .number): return .perhaps
    case (.number, .tensor(let type)), (.integer, .tensor(let type)), (.schedule, .tensor(let type)),
      (.steps, .tensor(let type)):
      return type.shape.rank == 0 && type.element != .bool ? .perhaps : .no
    case (.bool, .tensor(let type)): return type.shape.rank == 0 ? .perhaps : .no
    case (.schedule, .record(_, let kind)): return kind == Schedule.kind ? .yes : .no
    case (.steps, .record(_, let kind)): return kind == Epochs.kind ? .yes : .no
    case (.tensorLike, .list(let elements)), (.tensorLike, .tuple(let elements)):
      let fits = elements.map { $0.fit(.oneOf([.tensorLike, .bool])) }
      return fits.contains(.no) ? .no : fits.contains(.perhaps) ? .perhaps : .yes
    case (.tensorLike, .listOf(let element)): return element.fit(.tensorLike) == .no ? .no : .perhaps
    case (.numbers(let count), .list(let elements)), (.numbers(let count), .tuple(let elements)):
      guard elements.count == count else { return .no }
      return elements.contains { $0.fit(.number) == .no } ? .no : .perhaps
    case (.numbers, .listOf), (.numbers, .tensor): return .perhaps
    default: return .no
    }
  }

  package func converted(to kind: ArgumentKind) -> AbstractValue {
    switch (self, kind) {
    case (.known(let value), _): .known(value.converted(to: kind))
    case (.tensor, .number), (.tensor, .integer), (.tensor, .schedule), (.tensor, .steps): .number
    case (.tensor, .bool): .bool
    default: self
    }
  }

  package var foundText: String {
    switch self {
    case .unset: "nothing"
    case .unknown: "a value"
    case .known(let value): value.foundText
    case .number: "a number"
    case .bool: "true or false"
    case .string: "a string"
    case .tensor(let type): type.shape.rank == 0 ? "a number" : "a tensor \(type.shape.text)"
    case .traced(let traced): Value.traced(traced).foundText
    case .list(let elements): "a list of \(elements.count)"
    case .listOf: "a list"
    case .tuple(let elements): "a tuple of \(elements.count)"
    case .record(_, let kind): withArticle(kind)
    case .range: "a range"
    case .function, .derivative: "a function"
    case .layer: "a layer"
    case .optimizer: "an optimizer"
    case .data: "a data set"
    case .hook: "an `on` block"
    }
  }
}
