// One diagnostic as text: for people, in one line, or for programs.

/// Renders diagnostics. The text never depends on the machine, and never mentions a command line.
public struct DiagnosticRenderer: Sendable {
  public enum Style: Sendable {
    /// First line, source lines with carets and labels, notes and helps.
    case human
    /// The first line only.
    case short
    /// One JSON object a line.
    case json
  }

  public var style: Style
  /// ANSI escapes in the human and short styles.
  public var usesColor: Bool

  public init(style: Style, usesColor: Bool) {
    self.style = style
    self.usesColor = usesColor
  }

  /// The text of one diagnostic with its final newline.
  public func render(_ diagnostic: Diagnostic, _ sources: SourceMap) -> String {
    switch style {
    case .human: HumanRendering(diagnostic, sources, Palette(isOn: usesColor)).text
    case .short: firstLine(diagnostic, sources, Palette(isOn: usesColor)) + "\n"
    case .json: JSONRendering(diagnostic, sources).text
    }
  }

  /// So many errors of a run are shown; more would hide the first.
  public static let limit = 20

  /// A list: all warnings and notes, the first twenty errors, then how many more there are and, when
  /// there are several, their number. JSON has every diagnostic and no closing line.
  public func render(_ diagnostics: [Diagnostic], _ sources: SourceMap) -> String {
    var text = ""
    var errors = 0
    for diagnostic in diagnostics {
      if diagnostic.severity == .error { errors += 1 }
      let isShown = style == .json || diagnostic.severity != .error
        || errors <= DiagnosticRenderer.limit
      if isShown { text += render(diagnostic, sources) }
    }
    if style == .json { return text }
    return text + DiagnosticRenderer.closing(errors: errors)
  }

  /// `found 3 errors` with its newline, after `and 2 more` when not all were shown; empty below two.
  public static func closing(errors: Int) -> String {
    guard errors > 1 else { return "" }
    return (errors > limit ? "and \(errors - limit) more\n" : "") + "found \(errors) errors\n"
  }
}

/// `net.adam:2:33: error[E0301]: layer 3 takes 8 inputs but layer 2 produces 16`
func firstLine(_ diagnostic: Diagnostic, _ sources: SourceMap, _ palette: Palette) -> String {
  var place = ""
  if let span = diagnostic.span, let source = sources[span.source] {
    let position = source.position(of: span.start)
    place = "\(source.name):\(position.line):\(position.column): "
  }
  let name = diagnostic.code.name.map { " \($0)" } ?? ""
  let level = palette.level(
    "\(diagnostic.severity.rawValue)[\(diagnostic.code.text)\(name)]", diagnostic.severity)
  return palette.bold(place) + level + palette.bold(": \(diagnostic.message)")
}

/// Colours, or none.
struct Palette {
  var isOn: Bool

  func level(_ text: String, _ severity: Severity) -> String {
    switch severity {
    case .error: wrap(text, "1;31")
    case .warning: wrap(text, "1;33")
    case .note: wrap(text, "1;36")
    }
  }
  func bold(_ text: String) -> String { wrap(text, "1") }
  func dim(_ text: String) -> String { wrap(text, "34") }

  private func wrap(_ text: String, _ code: String) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
