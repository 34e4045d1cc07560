// Formatting for programs that embed the interpreter, and for `adam fmt`.
import AdamSource
import AdamSyntax

/// The one layout of scripts.
public enum ScriptFormatter {
  /// Why a text was not formatted.
  public enum Failure: Error, Hashable, Sendable {
    /// Its diagnostics have been reported.
    case syntaxErrors
    /// The result was read again and is another program: a mistake of the formatter.
    case changesMeaning
  }

  /// The text with its white space put in order: the same tokens and comments in the same order, the same
  /// meaning. Formatting the result again changes nothing. Lines end as the first line does (LF or CRLF);
  /// a byte order mark goes. `name` is what diagnostics show.
  public static func format(
    _ text: [UInt8], name: String, report: (Diagnostic, SourceMap) -> Void
  ) throws(Failure) -> [UInt8] {
    var sources = SourceMap()
    let source = SourceText(name: name, bytes: text)
    let result = parse(source, id: sources.add(source))
    for diagnostic in result.diagnostics { report(diagnostic, sources) }
    if result.diagnostics.contains(where: { $0.severity == .error }) { throw .syntaxErrors }
    guard let formatted = Formatter.format(source, result.tree) else { throw .changesMeaning }
    return formatted
  }
}
