// Parts of what is known of a value: elements, fields, iteration, taking apart, conditions.
import AdamIR
import AdamSource

/// An index as the checker sees it.
package enum AbstractIndex {
  case value(AbstractValue)
  case all
  case from(AbstractValue)
  case upTo(AbstractValue, isClosed: Bool)
}

extension AbstractIndex {
  /// The index itself when it is known.
  fileprivate var exact: IndexValue? {
    switch self {
    case .all: .all
    case .value(.known(let value)): .value(value)
    case .from(.known(let value)): .from(value)
    case .upTo(.known(let value), let isClosed): .upTo(value, isClosed: isClosed)
    default: nil
    }
  }

  /// How many places a slice takes of an axis, as far as both are known.
  fileprivate func slice(of axis: Dimension, at span: Span) throws(Diagnostic) -> Dimension {
    guard let exact, let size = axis.size, let places = try exact.slice(count: size, at: span) else { return .unknown }
    return Dimension(places.count)
  }
}

extension AbstractValue {
  /// `x[i, …]`
  package func indexed(_ items: [AbstractIndex], at span: Span) throws(Diagnostic) -> AbstractValue {
    switch kindOfValue {
    case .unknown, .data, .record, .optimizer, .hook: return .unknown
    case .tensor(let type): return try type.indexed(items, at: span)
    case .list, .tuple, .string, .layer, .range: break
    case .none, .number, .bool, .function: throw .noElements(foundText, at: span)
    }
    guard items.count == 1 else {
      // A list of lists is indexed axis by axis like a tensor.
      if case .list = kindOfValue { return .unknown }
      throw .wrongIndex("\(items.count) of them", at: span)
    }
    if let part = part(items[0], at: span) { return try part.get() }
    guard case .value(let index) = items[0] else { return sliced() }
    switch index.kindOfValue {
    case .number, .unknown: break
    case .list, .tensor, .range: return .unknown
    case .string where isTable: return .unknown
    default: throw .wrongIndex(index.foundText, at: span)
    }
    guard let number = index.exactNumber else { return elementValue ?? (isText ? .string : .unknown) }
    guard let position = Int(exactly: number) else { throw .wrongIndex(messageText(number), at: span) }
    guard let count = knownCount else { return elementValue ?? (isText ? .string : .unknown) }
    guard position >= -count, position < count else {
      throw .indexOutside(position, count: count, of: asLayer == nil ? foundText : Layer.modelText(count), at: span)
    }
    let place = position < 0 ? position + count : position
    if let layer = asLayer { return .layer(try layer.layer(at: place, span)) }
    return element(at: place)
  }

  /// A list, tuple, string or range: its elements are at hand.
  package var isPlain: Bool {
    switch kindOfValue {
    case .list, .tuple, .string, .range: true
    default: false
    }
  }

  /// Layers of a model taken together, when the ends are known; nil for everything else.
  private func part(_ item: AbstractIndex, at span: Span) -> Result<AbstractValue, Diagnostic>? {
    guard let layer = asLayer, let exact = item.exact else { return nil }
    if case .value(let index) = item, index.exactNumber != nil { return nil }
    do throws(Diagnostic) { return .success(.layer(try layer.indexed(exact, at: span))) } catch {
      return .failure(error)
    }
  }

  var isText: Bool { if case .string = kindOfValue { true } else { false } }
  private var isTable: Bool { if case .list = kindOfValue { true } else { false } }

  /// A part of a list is a list of the same elements.
  private func sliced() -> AbstractValue {
    switch kindOfValue {
    case .list: .listOf(elementValue ?? .unknown)
    case .string: .string
    default: .unknown
    }
  }

  /// The number of elements of a list, tuple or model; nil when not known.
  package var knownCount: Int? {
    if let layer = asLayer { return layer.children.isEmpty || layer.isOpen ? nil : layer.placeCount }
    switch self {
    case .known(.list(let box)): return box.elements.count
    default: return asElements?.count
    }
  }

  private func element(at position: Int) -> AbstractValue {
    if case .known(.list(let box)) = self, box.elements.indices.contains(position) {
      return .abstract(of: box.elements[position])
    }
    guard let elements = asElements, elements.indices.contains(position) else { return .unknown }
    return elements[position]
  }

  /// What a field access finds.
  package enum FieldResult {
    case value(AbstractValue)
    /// Certainly no such field; what there is, for suggestions.
    case missing([String])
    /// The value may have it.
    case unknown
  }

  package func field(_ name: String) -> FieldResult {
    if let record = asFields {
      if let field = record.fields.first(where: { $0.name == name }) { return .value(field.value) }
      if record.kind == RecordBox.gradients { return Self.part(name, of: record.fields) }
      let isWhole = ["record", "run", "evaluation", Table.kind].contains(record.kind)
      return isWhole ? .missing(record.fields.map(\.name)) : .unknown
    }
    if let layer = asLayer { return layer.abstractField(name) }
    if let data = asData { return data.abstractField(name) }
    switch kindOfValue {
    case .tensor(let type) where name == "shape":
      return .value(.list(type.shape.dimensions.map { $0.size.map { .number(exactly: $0) } ?? .number }))
    case .optimizer:
      guard let settings = asOptimizer?.settings, name != "steps" else { return .value(.number) }
      guard let setting = settings.first(where: { $0.name == name }) else {
        return .missing(settings.map(\.name) + ["steps"])
      }
      // A number may change while it trains; its kind does not.
      if case .number = setting.value { return .value(.number) }
      return .unknown
    case .tuple:
      guard let elements = asElements else { return .unknown }
      guard let position = Int(name) else { return .missing(elements.indices.map { String($0) }) }
      return elements.indices.contains(position)
        ? .value(elements[position]) : .missing(elements.indices.map { String($0) })
    case .tensor:
      let names = ["shape", "rows", "rank", "len"]
      return names.contains(name) ? .value(.number) : .missing(names)
    case .list, .string, .range: return name == "len" ? .value(.number) : .missing(["len"])
    case .number, .bool, .none, .function, .hook: return .missing([])
    default: return .unknown
    }
  }

  /// `g.0` of gradients, whose names are those of parameters; no fields: nothing is known of them.
  private static func part(_ name: String, of fields: [AbstractField]) -> FieldResult {
    let inside = fields.filter { $0.name.hasPrefix(name + ".") }
    if inside.isEmpty { return fields.isEmpty ? .unknown : .missing(fields.map(\.name)) }
    let part = inside.map { AbstractField(String($0.name.dropFirst(name.utf8.count + 1)), $0.value) }
    return .value(.record(part, kind: RecordBox.gradients))
  }

  /// What is said when a field is certainly missing.
  package func noField(_ name: String, among names: [String], at span: Span) -> Diagnostic {
    if let layer = asLayer { return .unknownLayerField(name, of: layer, at: span) }
    if let optimizer = asOptimizer { return .unknownSetting(name, of: optimizer, at: span) }
    return .noField(name, of: foundText, among: names, at: span)
  }

  package static func number(exactly x: Int) -> AbstractValue { .known(.number(Double(x))) }

  /// One element of what a loop runs over; nil when it cannot be run over.
  package var iterationElement: AbstractValue? {
    switch kindOfValue {
    case .list, .tuple: elementValue ?? .unknown
    case .range: .number
    case .string: .string
    case .tensor(let type):
      type.shape.rank == 0
        ? nil : .tensor(TensorType(type.element, Shape(Array(type.shape.dimensions.dropFirst()))))
    case .none, .number, .bool, .function, .hook, .optimizer: nil
    case .data: asData?.passElement ?? .unknown
    case .layer: asLayer.map { $0.children.isEmpty && !$0.isOpen } == true ? nil : .unknown
    case .record: asFields.map { $0.kind != Table.kind } == true ? nil : .unknown
    case .unknown: .unknown
    }
  }

  /// Whether a loop over it certainly runs its body.
  package var isNonEmpty: Bool {
    switch self {
    case .known(.range(let box)):
      return box.isClosed ? box.lower <= box.upper : box.lower < box.upper
    case .known(.list(let box)): return !box.elements.isEmpty
    case .list(let elements), .tuple(let elements): return !elements.isEmpty
    case .known(.string(let box)): return !box.text.isEmpty
    default: break
    }
    switch kindOfValue {
    // Data without rows are an error where they are read.
    case .data: return true
    case .tensor(let type):
      guard let first = type.shape.dimensions.first else { return false }
      return first.isBatch || (first.size ?? 0) > 0
    default: return false
    }
  }

  /// The parts for `a, b = x`.
  package func unpacked(_ count: Int, at span: Span) throws(Diagnostic) -> [AbstractValue] {
    let unknown = Array(repeating: AbstractValue.unknown, count: count)
    switch kindOfValue {
    case .unknown: return unknown
    case .range:
      guard case .known(.range(let box)) = self else { return unknown }
      let found = Int(exactly: min(box.count, 9e15)) ?? 0
      guard found == count else { throw .wrongCount(kindText, found: found, expected: count, at: span) }
      return Array(repeating: .number, count: count)
    case .tensor(let type) where type.shape.rank > 0:
      if let size = type.shape.dimensions.first?.size, size != count {
        throw .wrongCount(foundText, found: size, expected: count, at: span)
      }
      return Array(repeating: iterationElement ?? .unknown, count: count)
    case .list, .tuple:
      guard let elements = asElements else { return unknown }
      guard elements.count == count else {
        throw .wrongCount(kindText, found: elements.count, expected: count, at: span)
      }
      return elements
    default: throw .cannotUnpack(foundText, expected: count, at: span)
    }
  }

  /// What a condition is known to be; nil when only running will tell.
  package func condition(at span: Span) throws(Diagnostic) -> Bool? {
    if case .traced = self { throw .tracedCondition(at: span) }
    switch kindOfValue {
    case .unknown: return nil
    case .bool: return exactBool
    case .tensor(let type) where type.shape.rank == 0 && type.element == .bool: return nil
    case .tensor(let type) where type.shape.rank > 0:
      throw .conditionOnTensor(type.shape, at: span)
    default: throw .condition(foundText, at: span)
    }
  }
}

extension Layer {
  /// Children by their names, parameters by torch's.
  fileprivate func abstractField(_ name: String) -> AbstractValue.FieldResult {
    if let child = children.first(where: { $0.name == name }) { return .value(.layer(child.layer)) }
    if let parameter = parameters.first(where: { $0.name == name }) {
      return .value(.tensor(TensorType(.f32, parameter.shape)))
    }
    let names = children.map(\.name) + parameters.map(\.name)
    return isOpen ? .unknown : .missing(names)
  }
}

extension DataDescription {
  /// What a loop over the data gives.
  fileprivate var passElement: AbstractValue {
    // One column of a table that holds text becomes a class when rows are read.
    if origin == "csv", targetKind == .real { return .tuple([.tensor(inputType), .unknown]) }
    if targetKind == .vector || targetKind == .unknown { return .tuple([.tensor(inputType), .unknown]) }
    guard let targetType else { return .tuple([.tensor(inputType), .known(.none)]) }
    return .tuple([.tensor(inputType), .tensor(targetType)])
  }

  fileprivate func abstractField(_ name: String) -> AbstractValue.FieldResult {
    switch name {
    case "features":
      guard let inputColumns else { return .value(.number) }
      return .value(.number(exactly: inputColumns.count))
    case "classes": return .value(classes.map { .number(exactly: $0) } ?? .number)
    case "rows": return .value(rows.map { .number(exactly: $0) } ?? .number)
    case "x", "inputs": return .value(.tensor(inputType))
    case "y", "targets":
      // One column of a table that holds text becomes a class when rows are read.
      guard let targetType, targetKind == .label || origin != "csv" else { return .unknown }
      return .value(.tensor(targetType))
    case "train", "val", "test":
      if parts.contains(name) {
        var part = self
        part.parts = []
        part.part = name
        part.rows = nil
        return .value(.data(part))
      }
      return parts.isEmpty ? .missing([]) : .missing(parts)
    default: return DataSet.fieldNames.contains(name) ? .unknown : .missing(DataSet.fieldNames)
    }
  }
}

extension TensorType {
  /// Each number takes an axis away, each slice keeps it.
  fileprivate func indexed(
    _ items: [AbstractIndex], at span: Span
  ) throws(Diagnostic) -> AbstractValue {
    guard items.count <= shape.rank else {
      throw .tooManyIndices(items.count, shape: shape, at: span)
    }
    var kept: [Dimension] = []
    for (item, dimension) in zip(items, shape.dimensions) {
      switch item {
      case .all: kept.append(dimension)
      case .from, .upTo: kept.append(try item.slice(of: dimension, at: span))
      case .value(let index):
        switch index.kindOfValue {
        case .number: try check(index, dimension, at: span)
        case .range: kept.append(try item.slice(of: dimension, at: span))
        case .unknown, .list, .tensor: return .unknown
        default: throw .wrongIndex(index.foundText, at: span)
        }
      }
    }
    return .tensor(TensorType(element, Shape(kept + shape.dimensions.dropFirst(items.count))))
  }

  private func check(
    _ index: AbstractValue, _ dimension: Dimension, at span: Span
  ) throws(Diagnostic) {
    guard let number = index.exactNumber else { return }
    guard let position = Int(exactly: number) else { throw .wrongIndex(messageText(number), at: span) }
    guard let size = dimension.size, position < -size || position >= size else { return }
    throw .indexOutside(position, count: size, of: "an axis of \(size)", at: span)
  }
}
