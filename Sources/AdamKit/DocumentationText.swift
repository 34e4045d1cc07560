// A page as text for people, at most 80 columns wide, and as JSON for editors.
import AdamLibrary
import AdamSource

extension Documentation {
  /// The page in full.
  public var text: String {
    var blocks = [forms.map { PageText.wrapped($0, hanging: name.count + 1) }.joined()]
    let details = page.details.isEmpty ? "" : " " + page.details
    blocks.append(PageText.wrapped("\(summary)\(details)"))
    if !parameters.isEmpty { blocks.append(argumentRows) }
    let facts = facts.map { PageText.row($0.title, $0.text, width: 9, indent: 0) }.joined()
    if !facts.isEmpty { blocks.append(facts) }
    if !example.isEmpty { blocks.append("Example:\n" + example.split(separator: "\n").map { "  \($0)\n" }.joined()) }
    if !related.isEmpty { blocks.append(PageText.wrapped("See also: " + related.joined(separator: ", "), hanging: 10)) }
    return blocks.joined(separator: "\n")
  }

  private var argumentRows: String {
    let width = parameters.map(\.name.count).max() ?? 0
    return parameters.map { PageText.row($0.name, $0.documentation(ofVerb: group == "verb"), width: width) }.joined()
  }

  private var facts: [(title: String, text: String)] {
    [
      ("Kind", group), ("Shape", text(\.shape)), ("Formula", text(\.formula)), ("Source", text(\.source)),
      ("Deviation", text(\.deviation)),
    ].filter { !$0.1.isEmpty }
  }

  /// One object on a line; fields are added, never renamed, under one schema number.
  public var json: String {
    let quoted = JSONText.quoted
    let arguments = parameters.map { parameter in
      JSONText.object([
        ("name", quoted(parameter.name)), ("usage", quoted(parameter.usage)),
        ("about", quoted(parameter.documentation(ofVerb: group == "verb"))),
      ])
    }
    return JSONText.object([
      ("schema", "1"), ("name", quoted(name)), ("group", quoted(group)), ("forms", JSONText.array(forms.map(quoted))),
      ("summary", quoted(summary)), ("details", quoted(page.details)), ("arguments", JSONText.array(arguments)),
      ("shape", quoted(text(\.shape))), ("formula", quoted(text(\.formula))), ("source", quoted(text(\.source))),
      ("deviation", quoted(text(\.deviation))), ("example", quoted(example)),
      ("see", JSONText.array(related.map(quoted))),
    ]) + "\n"
  }
}

/// Lines of a page.
enum PageText {
  static let width = 80

  /// Words in lines; the second line and those behind it begin with `hanging` spaces.
  static func wrapped(_ text: String, hanging: Int = 0, first: String = "") -> String {
    var lines: [String] = []
    var line = first
    var isEmpty = true
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }

  /// A name and what it is, in two columns.
  static func row(_ name: String, _ text: String, width: Int, indent: Int = 2) -> String {
    let padding = String(repeating: " ", count: max(0, width - name.count) + 2)
    return wrapped(
      text, hanging: indent + width + 2, first: String(repeating: " ", count: indent) + name + padding)
  }

  /// The first sentence, or as much of it as fits.
  static func brief(_ text: String, _ room: Int) -> String {
    guard text.count > room else { return text }
    let words = text.prefix(room - 2).split(separator: " ").dropLast()
    return words.joined(separator: " ") + " …"
  }
}
