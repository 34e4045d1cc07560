// What the documentation of a name says beyond what its registry knows. It stands in the entry's own
// definition; signature, defaults, ranges, formula and shape rule are derived where they can be.

/// The written part of a page. Whatever is empty is derived, or left out.
package struct Page: Hashable, Sendable {
  /// Sentences behind the summary.
  package var details: String
  /// `[batch, in] → [batch, out]`; instead of the rule that the registry derives.
  package var shape: String
  /// Instead of the formula of the op with this name.
  package var formula: String
  /// torch's name, or the paper with its year.
  package var source: String
  /// What is not as in torch.
  package var deviation: String
  /// Names to see also; the neighbours in the registry without it.
  package var related: [String]

  package init(
    _ details: String = "", shape: String = "", formula: String = "", source: String = "",
    deviation: String = "", see related: [String] = []
  ) {
    self.details = details
    self.shape = shape
    self.formula = formula
    self.source = source
    self.deviation = deviation
    self.related = related
  }
}

/// A word of the language that is no function: a statement, an operator, a constant.
package struct LanguageWord: Sendable {
  package let name: String
  /// Heading in the list: `statement`, `operator`, `constant`.
  package let group: String
  /// How it is written, one form a line.
  package let forms: [String]
  package let summary: String
  package let example: String
  package let page: Page

  package init(
    _ name: String, _ group: String, forms: [String], _ summary: String, example: String, page: Page = Page()
  ) {
    self.name = name
    self.group = group
    self.forms = forms
    self.summary = summary
    self.example = example
    self.page = page
  }
}
