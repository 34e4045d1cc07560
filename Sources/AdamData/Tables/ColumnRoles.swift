// Which columns are inputs and which are targets, decided from the header alone.
import AdamSource

/// What a script says about targets.
package enum TargetSelection: Hashable, Sendable {
  case none
  /// `target=`: real columns.
  case real([String])
  /// `label=`: one class column.
  case label(String)
}

package struct ColumnRoles: Hashable, Sendable {
  package var inputs: [Int]
  package var targets: [Int]
  package var isLabel: Bool

  /// Finds the named columns; the rest are inputs in file order. `span` is the whole call and
  /// `targetSpan` the argument that names the targets.
  package init(
    columns: [String], target: TargetSelection, path: String, span: Span?, targetSpan: Span? = nil
  ) throws(Diagnostic) {
    let names: [String] =
      switch target {
      case .none: []
      case .real(let names): names
      case .label(let name): [name]
      }
    var targets: [Int] = []
    for name in names {
      guard let index = columns.firstIndex(of: name) else {
        throw .unknownColumn(name, columns: columns, path: path, span: targetSpan ?? span)
      }
      if targets.contains(index) {
        throw .file(
          .columnNames, "column `\(FileText.shown(name))` is named twice as a target", path: path,
          span: targetSpan ?? span)
      }
      targets.append(index)
    }
    inputs = columns.indices.filter { !targets.contains($0) }
    guard !inputs.isEmpty else {
      throw .file(
        .columnNames, "every column of the file is a target; none is left as input", path: path,
        span: targetSpan ?? span)
    }
    self.targets = targets
    if case .label = target { isLabel = true } else { isLabel = false }
  }

  /// How each of `count` columns is to be read. Targets may be text: a text target becomes a label.
  package func uses(count: Int) -> [ColumnUse] {
    var uses = [ColumnUse](repeating: .ignored, count: max(count, 0))
    for index in inputs where uses.indices.contains(index) { uses[index] = .number }
    for index in targets where uses.indices.contains(index) { uses[index] = .text }
    return uses
  }
}

extension Diagnostic {
  /// A name that no column has, with the nearest that one has.
  package static func unknownColumn(
    _ name: String, columns: [String], path: String, span: Span?
  ) -> Diagnostic {
    let near = nearest(name, in: columns)
    let shown = FileText.shown(name)
    var diagnostic = Diagnostic.file(
      .columnNames, "`\(FileText.shown(path))` has no column `\(shown)`", path: path, span: span)
    if let near { diagnostic.label = "did you mean `\(FileText.shown(near))`?" }
    let listed = columns.prefix(12).map { FileText.shown($0) }.joined(separator: ", ")
    let more = columns.count > 12 ? ", … (\(columns.count) columns)" : ""
    diagnostic.notes = ["columns: \(listed)\(more)"]
    return diagnostic
  }
}
