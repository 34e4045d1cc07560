// Tables: records of columns of one length, by name. `table.loss` is a column, `table[0]` a row.
import AdamSource

enum Table {
  /// The kind of record that a table is.
  static let kind = "table"

  static func rowCount(_ box: RecordBox) -> Int { box.fields.first?.value.elements?.count ?? 0 }

  /// Row `index` as a record.
  static func row(_ box: RecordBox, _ index: Int) -> Value {
    .record(
      RecordBox(
        box.fields.map { field in
          let column = field.value.elements ?? []
          return .init(field.name, column.indices.contains(index) ? column[index] : .none)
        }))
  }

  /// Columns side by side, numbers in six significant digits.
  static func text(_ box: RecordBox) -> String {
    let columns = box.fields.map { field in
      [field.name] + (field.value.elements ?? []).map { cell($0) }
    }
    let widths = columns.map { $0.map(\.count).max() ?? 0 }
    var text = ""
    for row in 0...rowCount(box) {
      let cells = zip(columns, widths).map { column, width in
        let cell = column.indices.contains(row) ? column[row] : ""
        return String(repeating: " ", count: width - cell.count) + cell
      }
      text += cells.joined(separator: "  ") + "\n"
    }
    return text
  }

  private static func cell(_ value: Value) -> String {
    switch value {
    case .none: "-"
    case .string(let box): box.text
    default: number(value) ?? value.text(depth: 1)
    }
  }

  private static func number(_ value: Value) -> String? {
    guard let x = value.exactNumber else { return nil }
    if x == x.rounded() { return messageText(x) }
    return try? value.formatted(".6g", at: Span(SourceID(0), 0, 0))
  }
}
