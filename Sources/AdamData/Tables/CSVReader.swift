// Reads csv files in two sittings: the header when the script is checked, the rows when they are
// needed. Between the two the open source is kept where it stands.
import AdamSource

/// One csv file being read. `readHeader` asks for no byte beyond the header's line end (a FIFO may
/// give its header and then nothing).
package final class CSVReader {
  package let path: String
  package let delimiter: UInt8
  /// The script's place, for messages.
  let span: Span?
  private let source: any ByteSource
  private var buffer: [UInt8] = []
  /// Bytes of `buffer` that are done with.
  private var consumed = 0
  private var isAtEnd = false
  /// The last line end was a CR; an LF that follows belongs to it.
  private var skipsLineFeed = false
  /// Line of the file at `consumed`, from 1.
  private var line = 1
  private var columns: [String]?

  /// Columns of a table at most; the header of a table that large is tens of megabytes.
  static let columnLimit = 1 << 20
  private static let firstRead = 1 << 16
  private static let largestRead = 1 << 22

  package init(
    source: any ByteSource, path: String, span: Span?, delimiter: UInt8 = UInt8(ascii: ",")
  ) {
    self.source = source
    self.path = path
    self.span = span
    self.delimiter = delimiter
  }

  /// Opens `path` through the host.
  package convenience init(
    path: String, host: Host, span: Span?, delimiter: UInt8 = UInt8(ascii: ",")
  ) throws(Diagnostic) {
    let source: any ByteSource
    do { source = try host.open(path) } catch { throw .fileAccess(error, at: span) }
    self.init(source: source, path: path, span: span, delimiter: delimiter)
  }

  // MARK: Header

  /// The column names. Later calls give the same without reading.
  package func readHeader() throws(Diagnostic) -> [String] {
    if let columns { return columns }
    try checkBeginning()
    while true {
      guard let record = try nextRecord() else {
        throw fault(.noRows, "the file is empty", help: "its first line should name the columns")
      }
      if isBlank(record) {
        finish(record)
        continue
      }
      let names = try buffer.withUnsafeBufferPointer { bytes throws(Diagnostic) in
        try columnNames(bytes, record)
      }
      finish(record)
      columns = names
      return names
    }
  }

  /// Looks at the first bytes: another kind of file, a byte order mark.
  private func checkBeginning() throws(Diagnostic) {
    while buffer.count < 4, !isAtEnd, !buffer.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
      try readMore()
    }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { consumed = 3 }
    if let kind = FileKind(prefix: buffer) {
      throw fault(
        .wrongFileKind, "`\(FileText.shown(path))` is \(kind.phrase), not csv", help: kind.help)
    }
    if let zero = buffer.prefix(1024).firstIndex(of: 0) {
      throw fault(
        .wrongFileKind,
        "`\(FileText.shown(path))` is not text: its byte \(zero + 1) is NUL",
        help: "csv files are UTF-8 text")
    }
  }

  private func columnNames(
    _ bytes: UnsafeBufferPointer<UInt8>, _ record: Record
  ) throws(Diagnostic) -> [String] {
    var names: [String] = []
    var seen: [String: Int] = [:]
    var cursor = FieldCursor(
      bytes: bytes, end: record.end, delimiter: delimiter, index: record.start)
    let place = FilePlace(path: path, line: line, column: 1)
    while cursor.hasMore {
      let field = cursor.next()
      guard let name = text(field.content) else {
        throw fault(.wrongFileKind, "the header is not UTF-8", place: place)
      }
      let number = names.count + 1
      if name.isEmpty {
        throw fault(
          .columnNames, "column \(number) of \(path) has no name", place: place,
          help: "name it in the first line, or remove it")
      }
      if let first = seen[name] {
        throw fault(
          .columnNames,
          "columns \(first) and \(number) are both named `\(FileText.shown(name))`", place: place,
          help: "give each column a name of its own in the first line")
      }
      seen[name] = number
      names.append(name)
      if names.count > CSVReader.columnLimit {
        throw fault(
          .malformedTable, "the header has more than \(CSVReader.columnLimit) columns",
          place: place)
      }
    }
    try checkDelimiter(names, place)
    return names
  }

  /// One column whose name holds another common delimiter was not meant as one column.
  private func checkDelimiter(_ names: [String], _ place: FilePlace) throws(Diagnostic) {
    guard names.count == 1, let name = names.first else { return }
    let others: [(Character, String)] = [(";", "';'"), ("\t", "a tab"), ("|", "'|'")]
    for (character, shown) in others
    where character != Character(UnicodeScalar(delimiter)) && name.contains(character) {
      let own = UnicodeScalar(delimiter) == "," ? "commas" : "`\(UnicodeScalar(delimiter))`"
      let written = character == "\t" ? "\\t" : String(character)
      throw fault(
        .malformedTable, "found \(shown) between the columns, where \(own) are expected",
        place: place, help: "set delimiter=\"\(written)\", or save the file with \(own)")
    }
  }

  // MARK: Rows

  /// The rest of the file. Reads to its end; a second call finds no rows.
  package func readRows(_ uses: [ColumnUse]) throws(Diagnostic) -> Table {
    let columns = try readHeader()
    var rows = CSVRows(
      table: Table(path: path, columns: columns, uses: uses), span: span, delimiter: delimiter)
    while true {
      let hasMore = try parseBuffered(&rows)
      if !hasMore { break }
    }
    return try rows.finished()
  }

  /// Parses the whole records of the buffer in one go, then reads more; false at the end.
  private func parseBuffered(_ rows: inout CSVRows) throws(Diagnostic) -> Bool {
    while let record = try bufferedRecord() {
      if record.start == record.end || isBlank(record) {
        rows.skipBlank()
      } else {
        try buffer.withUnsafeBufferPointer { bytes throws(Diagnostic) in
          try rows.append(bytes, record.start, record.end, line: line)
        }
      }
      finish(record)
    }
    if isAtEnd { return false }
    try readMore()
    return true
  }

  // MARK: Records

  private struct Record {
    var start: Int
    var end: Int
    var next: Int
    var lines: Int
  }

  private func nextRecord() throws(Diagnostic) -> Record? {
    while true {
      if let record = try bufferedRecord() { return record }
      if isAtEnd { return nil }
      try readMore()
    }
  }

  /// The next record if the buffer holds all of it.
  private func bufferedRecord() throws(Diagnostic) -> Record? {
    if skipsLineFeed, consumed < buffer.count {
      if buffer[consumed] == 0x0A { consumed += 1 }
      skipsLineFeed = false
    }
    guard consumed < buffer.count else { return nil }
    let start = consumed
    let cutter = RecordCutter(delimiter: delimiter)
    let result = buffer.withUnsafeBufferPointer { cutter.cut($0, from: start, isEnd: isAtEnd) }
    switch result {
    case .needsMore: return nil
    case .record(let end, let lineEnd, let newlines):
      return Record(start: start, end: end, next: end + lineEnd, lines: newlines)
    case .openQuote(let offset):
      throw fault(
        .malformedTable, "the quote opened here is never closed", place: place(offset, from: start))
    case .longField(let offset):
      throw fault(
        .malformedTable, "a field is longer than 1 MB", place: place(offset, from: start),
        help: "look for a quote that is not closed, or for a file that is not csv")
    }
  }

  private func finish(_ record: Record) {
    if record.next > record.end {
      skipsLineFeed = buffer[record.end] == 0x0D
      line += 1
    }
    line += record.lines
    consumed = record.next
  }

  private func isBlank(_ record: Record) -> Bool {
    buffer[record.start..<record.end].allSatisfy { $0 == 0x20 }
  }

  private func readMore() throws(Diagnostic) {
    if consumed > 0 {
      buffer.removeFirst(consumed)
      consumed = 0
    }
    // Doubling keeps a record that spans many reads from being scanned again and again.
    let limit = min(max(CSVReader.firstRead, buffer.count), CSVReader.largestRead)
    do { isAtEnd = try !source.read(into: &buffer, limit: limit) } catch {
      throw .fileAccess(error, at: span)
    }
  }

  // MARK: Messages

  private func place(_ offset: Int, from start: Int) -> FilePlace {
    buffer.withUnsafeBufferPointer {
      FilePlace(path: path, line: line, recordStart: start, offset: offset, in: $0)
    }
  }

  private func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }

  private func fault(
    _ code: DiagnosticCode, _ message: String, place: FilePlace? = nil, help: String? = nil
  ) -> Diagnostic {
    .file(code, message, path: path, place: place, span: span, help: help)
  }
}
