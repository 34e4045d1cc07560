// `adam doc NAME` and `?NAME`: what the registries know of a name, as a page.
import AdamLibrary
import AdamSource

/// A page about a name of the language.
public struct Documentation: Sendable {
  public let text: String

  /// nil when nothing has this name.
  public init?(of name: String) {
    let environment = Environment.standard
    guard !name.hasPrefix("__"), let builtin = environment[name] else { return nil }
    text = Documentation.page(builtin)
  }

  /// Every name that has a page, in byte order.
  public static var names: [String] { Environment.standard.names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// The name that was most likely meant.
  public static func suggestion(for name: String) -> String? { nearest(name, in: names) }

  private static func page(_ builtin: BuiltinDefinition) -> String {
    var lines = ["\(builtin.name)(\(builtin.signature.text))", "\(builtin.group): \(builtin.summary)", ""]
    let rows = builtin.signature.parameters.map { ($0.name, $0.documentation) }
    let width = rows.map(\.0.count).max() ?? 0
    lines += rows.map { "  \($0)\(String(repeating: " ", count: width - $0.count))  \($1)" }
    if !rows.isEmpty { lines.append("") }
    if let layer = LayerRegistry[builtin.name] { lines.append("Shape: \(layer.shapeRule)") }
    if let rule = OptimizerDocumentation(builtin.name) {
      lines += ["Formula: \(rule.formula)", "Source: \(rule.source)"]
    }
    lines.append("Example:")
    lines += builtin.example.split(separator: "\n").map { "  \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }
}
