// Order on what is known: joining the values of two paths, forgetting, and looking at session values.
import AdamIR
import AdamRuntime
import AdamSource

/// Bounds that keep the checker linear and its values shallow.
private enum Bound {
  /// A session tensor with more elements is known by type only.
  static let exactElements = 4096
  /// Lists longer than this are known by their elements' common type only.
  static let elements = 256
  static let depth = 6
  static let nodes = 64
}

extension AbstractValue {
  /// A value of the session: exact, but a large tensor by its type.
  package static func abstract(of value: Value) -> AbstractValue {
    switch value {
    case .unset: return .unset
    case .traced(let traced): return .traced(traced)
    case .tensor(let tensor) where tensor.elementCount > Bound.exactElements:
      return .tensor(tensor.type)
    default: return .known(value)
    }
  }

  /// A list of these elements. Too long or too deep lists are known by their elements' type.
  package static func makeList(_ elements: [AbstractValue]) -> AbstractValue {
    var budget = Bound.nodes
    guard elements.allSatisfy({ $0.isShallow(depth: 1, &budget) }) else { return .listOf(.unknown) }
    if let exact = exactValues(elements) { return .known(.list(ListBox(exact))) }
    return elements.count <= Bound.elements ? .list(elements) : .listOf(joined(elements))
  }

  package static func makeTuple(_ elements: [AbstractValue]) -> AbstractValue {
    var budget = Bound.nodes
    guard elements.allSatisfy({ $0.isShallow(depth: 1, &budget) }) else { return .unknown }
    if let exact = exactValues(elements) { return .known(.tuple(TupleBox(exact))) }
    return .tuple(elements)
  }

  package static func makeRecord(_ fields: [AbstractField]) -> AbstractValue {
    var budget = Bound.nodes
    guard fields.allSatisfy({ $0.value.isShallow(depth: 1, &budget) }) else { return .unknown }
    if let exact = exactValues(fields.map(\.value)) {
      return .known(.record(RecordBox(zip(fields, exact).map { .init($0.name, $1) })))
    }
    return .record(fields, kind: "record")
  }

  private static func exactValues(_ values: [AbstractValue]) -> [Value]? {
    var exact: [Value] = []
    exact.reserveCapacity(values.count)
    for value in values {
      guard case .known(let known) = value else { return nil }
      exact.append(known)
    }
    return exact
  }

  /// Whether the value nests little, looking at `budget` nodes at most (scalars are free). Values
  /// that share parts would otherwise be walked exponentially often, and deep ones overflow the
  /// stack when freed.
  private func isShallow(depth: Int, _ budget: inout Int) -> Bool {
    let parts: [AbstractValue]
    switch self {
    case .list(let elements), .tuple(let elements): parts = elements
    case .record(let fields, _): parts = fields.map(\.value)
    case .listOf(let element): parts = [element]
    case .known(let value): return value.isShallow(depth: depth, &budget)
    default: return true
    }
    budget -= parts.count + 1
    guard depth < Bound.depth, budget > 0 else { return false }
    return parts.allSatisfy { $0.isShallow(depth: depth + 1, &budget) }
  }

  /// What holds of all of them.
  package static func joined(_ values: [AbstractValue]) -> AbstractValue {
    guard var result = values.first else { return .unknown }
    for value in values.dropFirst() {
      if case .unknown = result { return .unknown }
      result = result.join(value)
    }
    return result
  }

  /// What is known when either path may have been taken. `unset` is the caller's affair.
  package func join(_ other: AbstractValue) -> AbstractValue { join(other, depth: 0) }

  private func join(_ other: AbstractValue, depth: Int) -> AbstractValue {
    if isSame(as: other) { return self }
    guard depth < Bound.depth else { return .unknown }
    switch (kindOfValue, other.kindOfValue) {
    case (.number, .number): return .number
    case (.bool, .bool): return .bool
    case (.string, .string): return .string
    case (.range, .range): return .range
    case (.tensor(let a), .tensor(let b)): return a.join(b)
    case (.list, .list): return joinLists(other, depth: depth)
    case (.tuple, .tuple):
      guard let a = asElements, let b = other.asElements, a.count == b.count, a.count <= 64
      else { return .unknown }
      return .tuple(zip(a, b).map { $0.join($1, depth: depth + 1) })
    case (.record, .record):
      guard let a = asFields, let b = other.asFields, a.kind == b.kind,
        a.fields.map(\.name) == b.fields.map(\.name)
      else { return .unknown }
      let fields = zip(a.fields, b.fields).map {
        AbstractField($0.name, $0.value.join($1.value, depth: depth + 1))
      }
      return .record(fields, kind: a.kind)
    default: return .unknown
    }
  }

  private func joinLists(_ other: AbstractValue, depth: Int) -> AbstractValue {
    if let a = asElements, let b = other.asElements, a.count == b.count, a.count <= 64 {
      return .list(zip(a, b).map { $0.join($1, depth: depth + 1) })
    }
    let a = elementValue ?? .unknown
    let b = other.elementValue ?? .unknown
    // An empty list says nothing of its elements.
    if asElements?.isEmpty == true { return .listOf(b) }
    if other.asElements?.isEmpty == true { return .listOf(a) }
    return .listOf(a.join(b, depth: depth + 1))
  }

  /// Common knowledge of the elements of a list or tuple; nil for other kinds.
  package var elementValue: AbstractValue? {
    if case .listOf(let element) = self { return element }
    guard let elements = asElements else { return nil }
    return elements.count <= 64 ? .joined(elements) : .unknown
  }

  package var asFields: (fields: [AbstractField], kind: String)? {
    switch self {
    case .record(let fields, let kind): (fields, kind)
    case .known(.record(let box)):
      (box.fields.map { AbstractField($0.name, .known($0.value)) }, box.kind)
    default: nil
    }
  }

  /// Certainly the same value. False when it would take long to find out.
  package func isSame(as other: AbstractValue) -> Bool {
    switch (self, other) {
    case (.unset, .unset), (.unknown, .unknown), (.number, .number), (.bool, .bool),
      (.string, .string), (.range, .range), (.hook, .hook):
      return true
    case (.known(let a), .known(let b)): return a.isIdentical(to: b)
    case (.tensor(let a), .tensor(let b)): return a == b
    case (.traced(let a), .traced(let b)): return a.tracer === b.tracer && a.value == b.value
    case (.layer(let a), .layer(let b)): return a === b
    case (.optimizer(let a), .optimizer(let b)): return a === b
    case (.data(let a), .data(let b)): return a.span == b.span && a.parts == b.parts
    case (.function(let a), .function(let b)):
      return a.function == b.function && a.captures.isEmpty && b.captures.isEmpty
        && a.program.functions.count == b.program.functions.count
        && a.defaults.isEmpty && b.defaults.isEmpty && a.place == b.place
    case (.listOf(let a), .listOf(let b)): return a.isSame(as: b)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      return a.count == b.count && a.count <= 16 && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    case (.record(let a, let kindA), .record(let b, let kindB)):
      return kindA == kindB && a.count == b.count && a.count <= 16
        && zip(a, b).allSatisfy { $0.name == $1.name && $0.value.isSame(as: $1.value) }
    default: return false
    }
  }
}

extension AbstractFunction {
  /// Where the function is written; nil when the program does not have it.
  package var place: Span? {
    program.functions.indices.contains(function) ? program.functions[function].span : nil
  }
}

extension Value {
  /// Equal scalars or the same object.
  func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.unset, .unset), (.none, .none): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a.bitPattern == b.bitPattern
    case (.string(let a), .string(let b)): a === b || a.text == b.text
    case (.list(let a), .list(let b)): a === b
    case (.tuple(let a), .tuple(let b)): a === b
    case (.record(let a), .record(let b)): a === b
    case (.range(let a), .range(let b)): a === b
    case (.tensor(let a), .tensor(let b)): a === b
    case (.function(let a), .function(let b)): a === b
    case (.builtin(let a), .builtin(let b)):
      a === b || (a.definition.name == b.definition.name && a.settings.isEmpty && b.settings.isEmpty)
    case (.layer(let a), .layer(let b)): a === b
    case (.optimizer(let a), .optimizer(let b)): a === b
    case (.data(let a), .data(let b)): a === b
    case (.hook(let a), .hook(let b)): a === b
    default: false
    }
  }

  fileprivate func isShallow(depth: Int, _ budget: inout Int) -> Bool {
    let parts: [Value]
    switch self {
    case .list(let box): parts = box.elements
    case .tuple(let box): parts = box.elements
    case .record(let box): parts = box.fields.map(\.value)
    default: return true
    }
    // A long flat list of a literal or of the session is fine; nested ones are counted.
    budget -= 1
    guard depth < Bound.depth, budget > 0 else { return false }
    for part in parts where !part.isShallow(depth: depth + 1, &budget) { return false }
    return true
  }
}

extension TensorType {
  /// Same rank and element type: sizes that differ become unknown. Else nothing is known.
  func join(_ other: TensorType) -> AbstractValue {
    guard element == other.element, shape.rank == other.shape.rank else { return .unknown }
    let dimensions = zip(shape.dimensions, other.shape.dimensions).map { $0 == $1 ? $0 : .unknown }
    return .tensor(TensorType(element, Shape(dimensions)))
  }
}

/// The kind of a value, exact or not.
package enum KindOfValue {
  case unknown, none, number, bool, string, list, tuple, record, range, function, layer, optimizer
  case data, hook
  case tensor(TensorType)
}

extension AbstractValue {
  package var kindOfValue: KindOfValue {
    switch self {
    case .unset, .unknown: .unknown
    case .number: .number
    case .bool: .bool
    case .string: .string
    case .tensor(let type): .tensor(type)
    case .traced(let traced): .tensor(traced.type)
    case .list, .listOf: .list
    case .tuple: .tuple
    case .record: .record
    case .range: .range
    case .function, .derivative: .function
    case .layer: .layer
    case .optimizer: .optimizer
    case .data: .data
    case .hook: .hook
    case .known(let value): value.kindOfValue
    }
  }

  package var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

extension Value {
  package var kindOfValue: KindOfValue {
    switch self {
    case .unset: .unknown
    case .none: .none
    case .bool: .bool
    case .number: .number
    case .string: .string
    case .list: .list
    case .tuple: .tuple
    case .record: .record
    case .range: .range
    case .tensor(let tensor): .tensor(tensor.type)
    case .traced(let traced): .tensor(traced.type)
    case .parameter(let parameter): .tensor(TensorType(.f32, parameter.shape))
    case .function, .builtin: .function
    case .layer: .layer
    case .optimizer: .optimizer
    case .data: .data
    case .hook: .hook
    }
  }
}
