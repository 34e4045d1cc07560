// Signatures and parameters as documentation shows them.
import AdamFormulas
import AdamIR

extension Signature {
  /// `in, out, bias=true`
  package var text: String { parameters.map(\.usageText).joined(separator: ", ") }
}

extension ParameterDefinition {
  /// `a whole number, at least 1: numbers per example that come in`
  package var documentation: String {
    let bounds = range.map { ", \($0.text)" } ?? ""
    let scope = isImplicit ? " (from the scope when left out)" : ""
    return "\(kind.text)\(bounds): \(summary)\(scope)"
  }
}

/// What an optimizer's formula says of itself.
package struct OptimizerDocumentation {
  package let formula: String
  package let source: String

  package init?(_ name: String) {
    guard let rule = OptimizerRules.named(name) else { return nil }
    formula = rule.formula
    source = rule.reference
  }
}
