// `==`: tensors by element, everything else whole; different kinds are an error at the top and
// simply different inside collections.
import AdamIR
import AdamRuntime
import AdamSource

extension Value {
  /// Compares whole values that are not tensors. nil when the kinds cannot be compared.
  func equals(_ other: Value, depth: Int = 0) -> Bool? {
    if depth > 200 { return nil }
    switch (self, other) {
    case (.none, .none): return true
    case (.none, _), (_, .none): return false
    case (.bool(let a), .bool(let b)): return a == b
    case (.number(let a), .number(let b)): return a == b
    case (.string(let a), .string(let b)): return a.text.utf8.elementsEqual(b.text.utf8)
    case (.list(let a), .list(let b)): return Self.equal(a.elements, b.elements, depth)
    case (.tuple(let a), .tuple(let b)): return Self.equal(a.elements, b.elements, depth)
    case (.record(let a), .record(let b)):
      guard a.fields.map(\.name) == b.fields.map(\.name) else { return false }
      return Self.equal(a.fields.map(\.value), b.fields.map(\.value), depth)
    case (.range(let a), .range(let b)):
      return a.lower == b.lower && a.upper == b.upper && a.isClosed == b.isClosed
    case (.tensor(let a), .tensor(let b)) where depth > 0:
      return a.sizes == b.sizes && (0..<a.elementCount).allSatisfy { a.number(at: $0) == b.number(at: $0) }
    case (.layer(let a), .layer(let b)): return a === b
    case (.optimizer(let a), .optimizer(let b)): return a === b
    case (.data(let a), .data(let b)): return a === b
    case (.function(let a), .function(let b)): return a === b
    case (.hook(let a), .hook(let b)): return a === b
    case (.builtin(let a), .builtin(let b)):
      guard a.definition.name == b.definition.name, a.settings.map(\.name) == b.settings.map(\.name)
      else { return false }
      return Self.equal(a.settings.map(\.value), b.settings.map(\.value), depth)
    default:
      if let a = exactNumber, let b = other.exactNumber { return a == b }
      return depth > 0 ? false : nil
    }
  }

  private static func equal(_ a: [Value], _ b: [Value], _ depth: Int) -> Bool? {
    guard a.count == b.count else { return false }
    for (x, y) in zip(a, b) {
      guard let same = x.equals(y, depth: depth + 1) else { return nil }
      if !same { return false }
    }
    return true
  }
}
