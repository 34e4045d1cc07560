// The registered names as generators need them: what each takes, by its page.
import AdamKit

/// What a value may be, as far as choosing one for a place is concerned.
enum ValueKind: CaseIterable {
  case number, whole, bool, string, tensor, list, layer, function, optimizer, data, record

  /// Of a parameter, from what its page says: `a tensor or a list of numbers`.
  static func kinds(of parameter: Documentation.Parameter) -> [ValueKind] {
    switch parameter.name {
    case "data": return [.data]
    case "model": return [.layer]
    case "loss": return [.function]
    case "metrics": return [.list]
    default: break
    }
    let found = words.filter { parameter.kind.contains($0.0) }.map(\.1)
    return found.isEmpty ? [.number, .tensor, .list, .string, .tensor] : found
  }

  private static let words: [(String, ValueKind)] = [
    ("a whole number", .whole), ("a number", .number), ("true or false", .bool), ("a string", .string),
    ("a tensor", .tensor), ("a list", .list), ("a layer", .layer), ("a function", .function),
    ("an optimizer", .optimizer), ("a data set", .data), ("a record", .record), ("numbers", .list),
  ]
}

/// One registered name.
struct CatalogEntry {
  var name: String
  var group: String
  var parameters: [Documentation.Parameter]
}

/// All registered names, read once.
struct NameCatalog {
  static let standard = NameCatalog()
  let entries: [CatalogEntry]
  let examples: [String]
  private let groups: [String: [CatalogEntry]]

  private init() {
    let pages = Documentation.names.compactMap { Documentation(of: $0) }
    entries = pages.filter { !$0.signature.isEmpty && $0.group != "internal" }
      .map { CatalogEntry(name: $0.name, group: $0.group, parameters: $0.signature) }
    examples = pages.map(\.example)
    groups = Dictionary(grouping: entries, by: \.group)
  }

  /// The names of some groups; all names when there is none.
  func entries(_ names: [String]) -> [CatalogEntry] {
    let found = names.flatMap { groups[$0] ?? [] }
    return found.isEmpty ? entries : found
  }
}
