// Lists of what a script can name, of which a start makes nothing.

/// A line of a registry: a name, and what it stands for, made when it is asked for. A test holds that the
/// definition has this name.
package struct Listed<Definition>: Sendable {
  package let name: String
  private let make: @Sendable () -> Definition

  package init(_ name: String, _ definition: @escaping @autoclosure @Sendable () -> Definition) {
    self.name = name
    make = definition
  }

  package var definition: Definition { make() }

  /// The same line with what is made of its definition.
  package func map<Other>(_ change: @escaping @Sendable (Definition) -> Other) -> Listed<Other> {
    Listed<Other>(name, change(definition))
  }
}

extension Array {
  /// The definition of this name in a registry.
  package func named<Definition>(_ name: String) -> Definition? where Element == Listed<Definition> {
    first { $0.name == name }?.definition
  }
}
