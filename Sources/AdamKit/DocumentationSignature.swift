// What a name takes, for programs that show or use it.
import AdamLibrary

extension Documentation {
  /// A parameter as the page shows it.
  public struct Parameter: Hashable, Sendable {
    public let name: String
    /// What it may be: `a whole number`, `a tensor or a list of numbers`.
    public let kind: String
    /// Without a default; a verb takes it from the scope when it can.
    public let isRequired: Bool
    /// Takes all further arguments by position.
    public let isVariadic: Bool
  }

  /// The parameters in order; empty for words that are no functions.
  public var signature: [Parameter] {
    parameters.map { parameter in
      let isRequired = parameter.defaultValue == nil && parameter.defaultNumbers == nil && !parameter.isKeywordOnly
      return Parameter(
        name: parameter.name, kind: parameter.kind.text, isRequired: isRequired && !parameter.isImplicit,
        isVariadic: parameter.isVariadic)
    }
  }
}
