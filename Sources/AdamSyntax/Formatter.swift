// The one layout of scripts: spaces, line starts and indentation; never a token.
import AdamSource

/// Rewrites the white space of texts that parse. Lines break where the writer broke them, except that
/// a block is either on one line or has its braces at line ends, and that `{` and `else` join the line
/// before. Statements that share a line by `;` keep sharing it, long lines stay as they are, and what
/// the writer lined up in columns stays lined up.
package enum Formatter {
  /// The formatted text of a tree without errors; formatting it again changes nothing. nil when the
  /// result would not mean the same, which is a mistake of the formatter.
  package static func format(_ text: SourceText, _ tree: SyntaxTree) -> [UInt8]? {
    var input = FormatInput(text, tree)
    let bytes = layout(&input)
    return means(bytes, sameAs: text, tree, input) ? bytes : nil
  }

  /// The result of `format` without the proof that it means the same.
  package static func unproved(_ text: SourceText, _ tree: SyntaxTree) -> [UInt8] {
    var input = FormatInput(text, tree)
    return layout(&input)
  }

  private static func layout(_ input: inout FormatInput) -> [UInt8] {
    FormatRoles.assign(&input)
    FormatBreaks.assign(&input)
    return join(FormatLayout.lines(input, padding: FormatAssignments.padding(input)), input)
  }

  private static func join(_ lines: [FormatLine], _ input: FormatInput) -> [UInt8] {
    let columns = FormatComments.columns(lines)
    let lineEnd = lineEnd(of: input.bytes)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(input.bytes.count + input.bytes.count / 8)
    for (line, column) in zip(lines, columns) {
      for _ in 0..<line.blanks { bytes += lineEnd }
      append(line, column, input, to: &bytes)
      bytes += lineEnd
    }
    return bytes
  }

  private static func append(_ line: FormatLine, _ column: Int?, _ input: FormatInput, to bytes: inout [UInt8]) {
    var width = 0
    if !line.text.isEmpty {
      bytes += spaces(line.indent) + line.text
      width = line.indent + FormatComments.width(line.text)
    }
    guard let comment = line.comment else { return }
    bytes += spaces((column ?? (line.text.isEmpty ? line.indent : width)) - width)
    bytes += input.bytes[comment]
  }

  private static func spaces(_ count: Int) -> [UInt8] { Array(repeating: 0x20, count: max(0, count)) }

  /// CRLF when the first line ends so, else LF.
  private static func lineEnd(of bytes: [UInt8]) -> [UInt8] {
    guard let end = bytes.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return [0x0A] }
    let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
    return isPair ? [0x0D, 0x0A] : [0x0A]
  }

  /// Reads the result again: the same tokens, comments and tree. No text is worth a changed program.
  private static func means(
    _ bytes: [UInt8], sameAs text: SourceText, _ tree: SyntaxTree, _ input: FormatInput
  ) -> Bool {
    let formatted = SourceText(name: text.name, bytes: bytes)
    let result = parse(formatted, id: tree.source)
    guard !result.diagnostics.contains(where: { $0.severity == .error }) else { return false }
    let again = FormatInput(formatted, result.tree)
    return again.tokens.elementsEqual(input.tokens) { a, b in
      a.kind == b.kind && bytes[a.text] == input.bytes[b.text]
    }
      && again.comments.elementsEqual(input.comments) { bytes[$0.start..<$0.end] == input.bytes[$1.start..<$1.end] }
      && result.tree.print(formatted) == tree.print(text)
  }
}
