// Signatures and parameters as documentation and messages show them.
import AdamIR

extension Signature {
  /// `in, out, bias=true`
  package var text: String { parameters.map(\.usage).joined(separator: ", ") }
}

extension ParameterDefinition {
  /// `in`, `bias=true`, `target=none`, `layers…`
  package var usage: String {
    if let shownDefault { return "\(name)=\(shownDefault)" }
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

extension ProgramFunction {
  /// What binding needs of a function of the script: names, and which may be left out.
  package var signature: Signature { signature(defaults: []) }

  /// The same with its defaults as messages show them; nil for one that has no short text.
  package func signature(defaults: [(parameter: Int, text: String?)]) -> Signature {
    let texts = Dictionary(defaults.map { ($0.parameter, $0.text ?? "…") }, uniquingKeysWith: { _, last in last })
    return Signature(
      parameters.enumerated().map { index, parameter in
        var definition = ParameterDefinition(
          parameter.name, .any, "", default: parameter.hasDefault ? Constant.none : nil)
        definition.shownDefault = texts[index]
        return definition
      })
  }
}

extension Value {
  /// A default as a message shows it; nil when it is too long for that.
  package var defaultText: String? {
    switch self {
    case .tensor, .traced, .parameter, .layer, .data, .optimizer, .function, .hook: return nil
    case .string(let box): return box.text.utf8.count < 40 ? quotedText(box.text) : nil
    case .builtin(let builtin) where builtin.settings.isEmpty: return builtin.definition.name
    default:
      let text = printed
      return text.utf8.count < 40 ? text : nil
    }
  }
}
