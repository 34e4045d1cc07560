// What parsing gives: always a tree, with what is wrong beside it.
import AdamSource

/// The tree of a text and its diagnostics in source order. Where the parser recovered the tree holds
/// `.invalid` nodes; nothing may be executed unless `diagnostics` is free of errors.
package struct ParseResult: Sendable {
  package var tree: SyntaxTree
  package var diagnostics: [Diagnostic]
  /// The text is right as far as it goes and further lines could complete it: an unclosed bracket or
  /// block, an operator or comma at the end. A prompt reads on. False for every other mistake.
  package var isIncomplete: Bool
}
