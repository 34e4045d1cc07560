// `adam doc NAME` and `?NAME`: what the registries and the pages say of a name.
import AdamLibrary
import AdamSource
import AdamSyntax

/// A page about a name of the language.
public struct Documentation: Sendable {
  public let name: String
  /// `layer`, `loss`, `verb`, `statement` ….
  public let group: String
  let forms: [String]
  let summary: String
  let page: Page
  let parameters: [ParameterDefinition]
  public let example: String
  /// What a registry knows beside the definition.
  let derived: Page

  /// nil when nothing has this name. `grammar` words such as `for` have pages too.
  public init?(of name: String) {
    if let builtin = Environment.standard[name] {
      self.init(builtin)
    } else if let word = LanguageWords.all.first(where: { $0.name == name }) {
      self.init(word)
    } else {
      return nil
    }
  }

  private init(_ builtin: BuiltinDefinition) {
    name = builtin.name
    group = builtin.group
    let family = builtin.family
    forms = family.map { "\($0.name)(\($0.signature.text))" }
    summary = family.map(\.summary).joined(separator: " ")
    page = builtin.page
    var names: Set<String> = []
    parameters = family.flatMap(\.signature.parameters).filter { names.insert($0.name).inserted }
    example = family.map(\.example).joined(separator: "\n")
    derived = Page.derived(of: builtin)
  }

  private init(_ word: LanguageWord) {
    name = word.name
    group = word.group
    forms = word.forms
    summary = word.summary
    page = word.page
    parameters = []
    example = word.example
    derived = Page()
  }

  /// The written part where there is one, else the derived one.
  func text(_ part: KeyPath<Page, String>) -> String {
    page[keyPath: part].isEmpty ? derived[keyPath: part] : page[keyPath: part]
  }

  /// Names to see also: those of the page, else the neighbours.
  public var related: [String] { page.related.isEmpty ? derived.related : page.related }

  // MARK: All names

  /// Every name that has a page, in byte order.
  public static var names: [String] {
    let words = LanguageWords.all.map(\.name).filter { Environment.standard[$0] == nil }
    return (Environment.standard.names + words).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The groups in the order of the list, each with its pages.
  static var groups: [(name: String, pages: [Documentation])] {
    let listed = Environment.registries.flatMap(\.builtins).map(\.name) + LanguageWords.all.map(\.name)
    var groups: [(name: String, pages: [Documentation])] = []
    var seen: Set<String> = []
    for name in listed where seen.insert(name).inserted {
      guard let page = Documentation(of: name) else { continue }
      if let index = groups.firstIndex(where: { $0.name == page.group }) {
        groups[index].pages.append(page)
      } else {
        groups.append((page.group, [page]))
      }
    }
    return groups
  }

  /// All names by group, one line each.
  public static var overview: String {
    groups.map { "\($0.name)\n" + rows($0.pages) }.joined(separator: "\n")
      + "\n`adam doc NAME` shows a page, `adam doc PART` the names with this part.\n"
  }

  /// The name that was most likely meant.
  /// Nobody looks up `none`, `true` or `false` and mistypes it.
  public static func suggestion(for name: String) -> String? {
    nearest(name, in: names.filter { !["none", "true", "false"].contains($0) })
  }

  // MARK: Answers

  /// What a question about a word finds.
  public enum Answer: Sendable {
    /// A page, or the names that contain the word.
    case found(String)
    /// One line that says so, with what was meant if that is likely.
    case unknown(String)
  }

  /// The page of a name; names with this part; what to write here for a word of another language.
  public static func answer(to word: String) -> Answer {
    let others = matches(word).filter { $0.name != word }
    if let page = Documentation(of: word) {
      return .found(page.text + (others.isEmpty ? "" : "\nOther names with `\(word)`:\n" + rows(others)))
    }
    if let page = LanguageWords.leads[word].flatMap(Documentation.init(of:)) {
      return .found("`\(word)` is on the page of `\(page.name)`:\n\n" + page.text)
    }
    if let foreign = Phrasebook.name(word) ?? Phrasebook.member(word) {
      return .found("`\(word)` is of another language or library: \(foreign.help)\n")
    }
    if let option = Phrasebook.option(word) {
      return .found("`\(word)` is of another tool: the option is called `\(option)` here\n")
    }
    if !others.isEmpty { return .found("Names with `\(word)`:\n" + rows(others)) }
    let tip = suggestion(for: word).map { "; did you mean `\($0)`?" } ?? ""
    return .unknown("nothing is called `\(word)`\(tip)")
  }

  /// Pages whose name has the part; without any, those whose summary has it.
  private static func matches(_ part: String) -> [Documentation] {
    let wanted = part.lowercased()
    guard wanted.utf8.count > 1 else { return [] }
    let all = groups.flatMap(\.pages)
    let named = all.filter { $0.name.contains(wanted) }
    return named.isEmpty && wanted.utf8.count > 3 ? all.filter { $0.summary.lowercased().contains(wanted) } : named
  }

  private static func rows(_ pages: [Documentation]) -> String {
    let width = pages.map(\.name.count).max() ?? 0
    return pages.map { PageText.row($0.name, PageText.brief($0.summary, 76 - width), width: width) }.joined()
  }
}
