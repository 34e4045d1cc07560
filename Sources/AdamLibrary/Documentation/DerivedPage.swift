// What the registries know of a name without being told: shape rules of layers, losses and elementwise
// ops, formulas of ops and optimizers, torch's names of ops, neighbours.
import AdamFormulas
import AdamIR

extension Page {
  /// The derived part of a builtin's page.
  package static func derived(of builtin: BuiltinDefinition) -> Page {
    let name = builtin.name
    var page = Page(see: neighbours(of: builtin))
    if let op = OpRegistry.standard[name] { page.describe(op) }
    if let layer = LayerRegistry[name] {
      let rule = layer.shapeRule.replacing("->", with: "→")
      page.shape = rule.hasPrefix("x ") ? String(rule.dropFirst(2)) : rule
    }
    if let rule = OptimizerRules.named(name) {
      page.formula = rule.formula
      page.source = rule.reference
    }
    if let loss = LossRegistry[name] { page.shape = loss.target.shapeText }
    if MetricRegistry[name] != nil { page.shape = "pred [batch, ..], target [batch, ..] → a number" }
    return page
  }

  /// Names are torch's; of a formula the gradient (`x' = …`) is left out.
  private mutating func describe(_ op: OpDefinition) {
    source = "torch.\(op.name)"
    let parts = op.formula.split(separator: "; ").filter { !($0.split(separator: "=").first ?? $0).contains("'") }
    formula = parts.joined(separator: "; ")
    guard op.traits.contains(.elementwise) else { return }
    shape = op.operandCount.upperBound == 1 ? "[..] → [..]" : "[..], [..] → the shape that both stretch to"
  }

  /// The nearest others of the group, in the registry's order.
  private static func neighbours(of builtin: BuiltinDefinition) -> [String] {
    let all = Environment.registries.flatMap(\.builtins).map(\.definition)
    let family = all.filter { $0.group == builtin.group }.map(\.name)
    guard let place = family.firstIndex(of: builtin.name) else { return [] }
    let near = family.indices.filter { $0 != place }.sorted { abs($0 - place) < abs($1 - place) }.prefix(5)
    return near.sorted().map { family[$0] }
  }
}

extension LossTarget {
  /// Shapes of prediction and target.
  fileprivate var shapeText: String {
    switch self {
    case .real: "pred [..], target [..] → a number"
    case .classes: "pred [batch, classes], target [batch] → a number"
    case .binary: "pred [..], target [..] of 0 and 1 → a number"
    }
  }
}
