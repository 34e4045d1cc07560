// The names that a script has from the start.
import AdamIR
import Synchronization

/// Everything a script can name without defining it. Definitions are made when they are first asked for: a
/// start makes none.
package struct Environment: Sendable {
  private let builtinLines: Lines
  private let constructLines: Lines
  /// Constants such as `pi`.
  package let constants: [String: Constant]

  /// Several builtins may have one name if the kinds of their first parameters tell them apart; one
  /// that takes any value stands for what the others refuse.
  /// - Parameter constructs: what pieces of syntax become (`param`, `layer`, `check grad`, `_`). No script can
  ///   name them.
  package init(
    builtins: [Listed<BuiltinDefinition>], constructs: [Listed<BuiltinDefinition>] = [],
    constants: [String: Constant] = ["pi": .number(Double.pi)]
  ) {
    builtinLines = Lines(builtins)
    constructLines = Lines(constructs)
    self.constants = constants
  }

  package subscript(name: String) -> BuiltinDefinition? { builtinLines[name] }

  /// What a `verb` instruction runs: a verb, or what a piece of syntax became.
  package func verb(_ name: String) -> BuiltinDefinition? { constructLines[name] ?? builtinLines[name] }

  /// The builtins that a user may name.
  package var names: [String] { builtinLines.names }

  /// All builtins, each once under its name: for help and messages.
  package var builtins: [String: BuiltinDefinition] {
    Dictionary(uniqueKeysWithValues: names.compactMap { name in self[name].map { (name, $0) } })
  }

  /// Whether the method stores its result in the variable it is called on: `xs.append(1)`.
  package func updatesVariable(_ method: String) -> Bool {
    self[method]?.family.contains(where: \.updatesVariable) ?? false
  }
}

/// Lines of registries by name, and the definitions that were asked for.
private final class Lines: Sendable {
  private let lines: [String: Listed<BuiltinDefinition>]
  private let made = Mutex<[String: BuiltinDefinition]>([:])

  init(_ all: [Listed<BuiltinDefinition>]) {
    var lines: [String: Listed<BuiltinDefinition>] = [:]
    lines.reserveCapacity(all.count)
    for line in all {
      guard let first = lines.updateValue(line, forKey: line.name) else { continue }
      lines[line.name] = Listed(line.name, first.definition.sharing(with: line.definition))
    }
    self.lines = lines
  }

  var names: [String] { Array(lines.keys) }

  subscript(name: String) -> BuiltinDefinition? {
    guard let line = lines[name] else { return nil }
    if let known = made.withLock({ $0[name] }) { return known }
    // Made outside of the lock: a definition may ask for others. Who comes second takes what the first left.
    let definition = line.definition
    return made.withLock { made in
      if let known = made[name] { return known }
      made[name] = definition
      return definition
    }
  }
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
