// Signatures and parameters as documentation shows them.

extension Signature {
  /// `in, out, bias=true`
  package var text: String { parameters.map(\.usage).joined(separator: ", ") }
}

extension ParameterDefinition {
  /// `in`, `bias=true`, `target=none`, `layers…`
  package var usage: String {
    if case .none? = defaultValue, !isVariadic { return "\(name)=none" }
    return usageText
  }

  /// `a whole number, at least 1: numbers per example that come in`. A verb takes what is not given
  /// from variables of these names.
  package func documentation(ofVerb: Bool) -> String {
    let bounds = range.map { ", \($0.text)" } ?? ""
    let scope = isImplicit && ofVerb ? "; without it, the variable `\(name)`" : ""
    return "\(kind.text)\(bounds): \(summary)\(scope)"
  }
}
