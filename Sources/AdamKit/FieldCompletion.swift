// Completion behind a dot: what the value there holds, and the functions that take it first.
import AdamIR
import AdamLibrary
import AdamSource

extension Session {
  /// Fields and methods of the value that the text before the dot names, whose names begin with `word`.
  func fieldCompletions(_ head: ArraySlice<UInt8>, _ word: String) -> [Completion] {
    guard let value = value(namedAtTheEndOf: head.dropLast()) else { return [] }
    let fields = value.fieldNames.filter { $0.hasPrefix(word) }.map { Completion(text: $0, suffix: "") }
    let taken = Set(fields.map(\.text))
    let methods = builtins.values.filter {
      $0.name.hasPrefix(word) && $0.isMethod(of: value) && !taken.contains($0.name)
    }
    return fields + methods.map(\.name).sorted().map { Completion(text: $0, suffix: "(") }
  }

  /// The value of `model.0` or `xs[1]` at the end of a text: names, fields and whole numbers, nothing that
  /// would have to be computed.
  func value(namedAtTheEndOf text: ArraySlice<UInt8>) -> Value? {
    let path = text.reversed().prefix { Session.isWordByte($0) || [0x2E, 0x5B, 0x5D, 0x2D].contains($0) }.reversed()
    let parts = path.split { [0x2E, 0x5B, 0x5D].contains($0) }.map { String(decoding: $0, as: UTF8.self) }
    guard let name = parts.first, path.first != 0x2E, var value = variable(name) else { return nil }
    for part in parts.dropFirst() {
      guard let next = value.part(part) else { return nil }
      value = next
    }
    return value
  }

  /// `model.0`, a name or a path: what it is, with its shape. For `:shape` of a prompt; nil when nothing has
  /// this name.
  public func shapeText(of path: String) -> String? {
    guard let value = value(namedAtTheEndOf: Array(path.utf8)[...]) else { return nil }
    return value.tableText(interpreter?.session).map { $0 } ?? value.foundText + "\n"
  }
}

extension Value {
  /// A field by name, or an element by number.
  fileprivate func part(_ name: String) -> Value? {
    if let field = fieldIfPresent(name) { return field }
    if case .data(let data) = self { return try? data.field(name, at: Span(SourceID(0), 0, 0)) }
    guard let elements, let index = Int(name) else { return nil }
    let place = index < 0 ? index + elements.count : index
    return elements.indices.contains(place) ? elements[place] : nil
  }

  /// Groups of the list of names whose functions take anything and are meant for this kind of value.
  fileprivate var groups: Set<String> {
    switch self {
    case .list, .tuple, .range: ["list"]
    case .string: ["text", "list"]
    case .record: ["record"]
    case .layer: ["model"]
    case .data: ["data"]
    case .tensor, .parameter: ["tensor"]
    default: []
    }
  }
}

extension BuiltinDefinition {
  /// Whether `value.name(…)` is likely meant: the first parameter takes the value.
  fileprivate func isMethod(of value: Value) -> Bool {
    guard !name.hasPrefix("__"), group != "verb", let first = signature.parameters.first, !first.isKeywordOnly else {
      return false
    }
    switch value {
    case .number, .bool, .none, .unset, .builtin, .function: return false
    case .layer where first.isVariadic || first.kind == .function: return false
    default: return first.kind == .any ? value.groups.contains(group) : value.fit(first.kind) == .yes
    }
  }
}
