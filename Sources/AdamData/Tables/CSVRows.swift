// Turns csv records into the numbers and texts of a table.
import AdamSource

extension FilePlace {
  /// The place of `offset` in a record that starts at `recordStart` on `line`.
  init(
    path: String, line: Int, recordStart: Int, offset: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) {
    var place = FilePlace(path: path, line: line, column: 1)
    for index in recordStart..<min(offset, bytes.count) {
      let byte = bytes[index]
      let isCRLF = byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
      if byte == 0x0A || (byte == 0x0D && !isCRLF) {
        place.line += 1
        place.column = 1
      } else if byte & 0xC0 != 0x80 {
        place.column += 1
      }
    }
    self = place
  }
}

/// Collects rows. A row in messages is what a spreadsheet shows: the header is row 1.
struct CSVRows {
  private(set) var table: Table
  let span: Span?
  let delimiter: UInt8
  /// By column: whether it is read as numbers.
  private let numberColumns: [Bool]
  /// Records so far, blank lines and the header counted.
  private var record = 1
  /// Codes of the texts of each text column.
  private var codes: [Int: [[UInt8]: Int32]] = [:]
  /// Rows with missing cells, by column, and how many there are.
  private var missing: [Int: (rows: [Int], first: FilePlace, count: Int)] = [:]
  private static let shownRows = 8

  init(table: Table, span: Span?, delimiter: UInt8) {
    self.table = table
    self.span = span
    self.delimiter = delimiter
    numberColumns = table.uses.map { $0 == .number }
    for (column, use) in table.uses.enumerated() where use == .text {
      addTextColumn(column)
    }
  }

  private mutating func addTextColumn(_ column: Int) {
    table.texts[column] = Table.TextColumn()
    codes[column] = [:]
  }

  mutating func skipBlank() { record += 1 }

  /// One record of `bytes`; it is complete.
  mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, line: Int
  ) throws(Diagnostic) {
    record += 1
    let width = table.columns.count
    var cursor = FieldCursor(bytes: bytes, end: end, delimiter: delimiter, index: start)
    var column = 0
    while cursor.hasMore {
      // Plain numbers, one after the other: nearly every cell of nearly every file.
      numberRun(&cursor, &column)
      guard cursor.hasMore else { break }
      guard column < width else {
        while cursor.hasMore, column < CSVReader.columnLimit {
          _ = cursor.next()
          column += 1
        }
        break
      }
      let field = cursor.next()
      // The place is worked out only when it is needed.
      let cell = Cell(bytes: bytes, recordStart: start, line: line, column: column, field: field)
      table.values.append(try slowValue(cell))
      column += 1
    }
    if column != width { throw raggedRow(column, FilePlace(path: table.path, line: line, column: 1)) }
    table.lines.append(line)
  }

  private mutating func numberRun(_ cursor: inout FieldCursor, _ column: inout Int) {
    let end = cursor.end
    let bytes = cursor.bytes
    var place = cursor.index
    var hasMore = true
    numberColumns.withUnsafeBufferPointer { isNumber in
      while hasMore, column < isNumber.count, isNumber[column],
        let value = NumberText.fastValue(bytes, &place, end, delimiter)
      {
        table.values.append(value)
        column += 1
        if place < end { place += 1 } else { hasMore = false }
      }
    }
    cursor.index = place
    cursor.hasMore = hasMore
  }

  // MARK: Cells

  private struct Cell {
    var bytes: UnsafeBufferPointer<UInt8>
    var recordStart: Int
    var line: Int
    var column: Int
    var field: FieldCursor.Field
  }

  private func place(_ cell: Cell) -> FilePlace {
    FilePlace(
      path: table.path, line: cell.line, recordStart: cell.recordStart, offset: cell.field.start,
      in: cell.bytes)
  }

  /// The number of a cell that is not plain digits; NaN for text, missing and ignored cells.
  private mutating func slowValue(_ cell: Cell) throws(Diagnostic) -> Double {
    let content = cell.field.content
    if cell.field.hasTail {
      throw fault(.malformedTable, "text follows the closing quote", cell)
    }
    try checkText(cell)
    let use = table.uses[cell.column]
    if use == .ignored { return .nan }
    if let value = NumberText.value(content) {
      guard Float(value).isFinite else {
        throw fault(
          .notANumber, "`\(FileText.shown(content))` is too large for a 32-bit number", cell)
      }
      if use == .text { addText(content, cell.column, isNumber: true) }
      return value
    }
    if NumberText.isMissing(content) {
      noteMissing(cell)
      if use == .text { addText(content, cell.column, isNumber: true) }
      return .nan
    }
    guard use == .text else { throw NumberText.isInfinite(content) ? infinite(cell) : notANumber(cell) }
    addText(content, cell.column, isNumber: false)
    return .nan
  }

  private func infinite(_ cell: Cell) -> Diagnostic {
    fault(
      .notANumber, "`\(FileText.shown(cell.field.content))` is not a finite number", cell,
      help: "remove the row, or write the number that is meant")
  }

  private mutating func addText(_ content: [UInt8], _ column: Int, isNumber: Bool) {
    let next = Int32(clamping: table.texts[column]?.texts.count ?? 0)
    let code = codes[column]?[content] ?? next
    if code == next {
      codes[column]?[content] = code
      table.texts[column]?.texts.append(String(decoding: content, as: UTF8.self))
    }
    table.texts[column]?.codes.append(code)
    if !isNumber { table.texts[column]?.isNumeric = false }
  }

  /// NUL and bytes that are not UTF-8 are refused wherever they stand.
  private func checkText(_ cell: Cell) throws(Diagnostic) {
    let content = cell.field.content
    if content.contains(0) { throw fault(.wrongFileKind, "the cell holds a NUL byte", cell) }
    if content.contains(where: { $0 >= 0x80 }), String(validating: content, as: UTF8.self) == nil {
      throw fault(
        .wrongFileKind, "the cell is not UTF-8 text", cell, help: "save the file as UTF-8")
    }
  }

  private mutating func noteMissing(_ cell: Cell) {
    let known = missing[cell.column]
    var entry = known ?? (rows: [], first: place(cell), count: 0)
    if entry.rows.count < CSVRows.shownRows { entry.rows.append(record) }
    entry.count += 1
    missing[cell.column] = entry
  }

  // MARK: End and messages

  /// The table, once the file is at its end.
  func finished() throws(Diagnostic) -> Table {
    guard table.rowCount > 0 else {
      throw .file(
        .noRows, "`\(FileText.shown(table.path))` has a header and no rows", path: table.path,
        span: span)
    }
    guard let column = missing.keys.min(), let entry = missing[column] else { return table }
    let rows = entry.rows.map(String.init).joined(separator: ", ")
    let more = entry.count > entry.rows.count ? " and \(entry.count - entry.rows.count) more" : ""
    let cells = entry.count == 1 ? "a missing value" : "\(entry.count) missing values"
    var diagnostic = Diagnostic.file(
      .missingValues,
      "column `\(name(column))` has \(cells), in row\(entry.count == 1 ? "" : "s") \(rows)\(more)",
      path: table.path, place: entry.first, span: span,
      help: "fill or remove these rows; adam does not guess values")
    let others = missing.keys.filter { $0 != column }.sorted().prefix(8).map { "`\(name($0))`" }
    if !others.isEmpty {
      diagnostic.notes.append("missing values also in \(others.joined(separator: ", "))")
    }
    diagnostic.notes.append("the header is row 1")
    diagnostic.arguments.append(Diagnostic.Argument("rows", rows))
    throw diagnostic
  }

  private func name(_ column: Int) -> String {
    table.columns.indices.contains(column) ? FileText.shown(table.columns[column], limit: 40) : ""
  }

  private func raggedRow(_ found: Int, _ place: FilePlace) -> Diagnostic {
    let width = table.columns.count
    let fields = found == 1 ? "1 field" : "\(found) fields"
    var diagnostic = Diagnostic.file(
      .malformedTable, "row \(record) has \(fields), header has \(width)", path: table.path,
      place: place, span: span)
    diagnostic.arguments += [
      Diagnostic.Argument("row", "\(record)"), Diagnostic.Argument("expected", "\(width)"),
      Diagnostic.Argument("found", "\(found)"),
    ]
    return diagnostic
  }

  /// A first row that is no number makes the whole column text; later ones are bad cells.
  private func notANumber(_ cell: Cell) -> Diagnostic {
    let shown = FileText.shown(cell.field.content)
    let column = name(cell.column)
    if table.rowCount == 0 {
      return fault(
        .notANumber, "`\(shown)` is not a number; the column is text", cell,
        help: "use label=\"\(column)\" if it names the class, or leave the column out")
    }
    return fault(
      .notANumber, "`\(shown)` is not a number", cell,
      help: cell.field.content.contains(0x2C) ? "write numbers with a point, without commas" : nil)
  }

  private func fault(
    _ code: DiagnosticCode, _ message: String, _ cell: Cell, help: String? = nil
  ) -> Diagnostic {
    var diagnostic = Diagnostic.file(
      code, "row \(record), column `\(name(cell.column))`: \(message)", path: table.path,
      place: place(cell), span: span, help: help)
    diagnostic.arguments += [
      Diagnostic.Argument("row", "\(record)"), Diagnostic.Argument("name", name(cell.column)),
    ]
    return diagnostic
  }
}
