// The names that a script has from the start.
import AdamIR

/// Everything a script can name without defining it. Immutable; a host may extend a copy.
package struct Environment: Sendable {
  package private(set) var builtins: [String: BuiltinDefinition] = [:]
  /// What pieces of syntax become (`param`, `layer`, `check grad`, `_`). No script can name them.
  package private(set) var constructs: [String: BuiltinDefinition] = [:]
  /// Constants such as `pi`.
  package private(set) var constants: [String: Constant] = [:]

  /// Several builtins may have one name if the kinds of their first parameters tell them apart; one
  /// that takes any value stands for what the others refuse.
  package init(
    builtins: [BuiltinDefinition], constructs: [BuiltinDefinition] = [],
    constants: [String: Constant] = ["pi": .number(Double.pi)]
  ) {
    self.builtins.reserveCapacity(builtins.count)
    for builtin in builtins {
      self.builtins[builtin.name] = self.builtins[builtin.name]?.sharing(with: builtin) ?? builtin
    }
    for construct in constructs { self.constructs[construct.name] = construct }
    self.constants = constants
  }
  package subscript(name: String) -> BuiltinDefinition? { builtins[name] }

  /// What a `verb` instruction runs: a verb, or what a piece of syntax became.
  package func verb(_ name: String) -> BuiltinDefinition? { constructs[name] ?? builtins[name] }

  /// The builtins that a user may name.
  package var names: [String] { Array(builtins.keys) }
}

extension BuiltinDefinition {
  /// What the name means with one more definition.
  fileprivate func sharing(with other: BuiltinDefinition) -> BuiltinDefinition {
    let all = family.map { BuiltinDefinition($0, alternatives: []) } + [other]
    let ordered = all.filter { !$0.takesAnything } + all.filter(\.takesAnything)
    return BuiltinDefinition(ordered[0], alternatives: Array(ordered.dropFirst()))
  }

  private var takesAnything: Bool { signature.parameters.first?.kind == .any }
}
