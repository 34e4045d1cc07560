// Reads safetensors files and refuses whatever breaks the format: every size is checked before it is
// used, tensors must cover the data exactly, names must be distinct and printable.
import AdamSource

package struct SafetensorsReader {
  private let path: String
  private let span: Span?

  static let headerLimit = 100_000_000
  static let rankLimit = 64
  /// A file that claims more is refused before it is read.
  static let dataLimit = 1 << 36

  /// Where a tensor's bytes are, relative to the end of the header.
  private struct Entry {
    var name: String
    var element: SafetensorsElement
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  private struct Header {
    var entries: [Entry] = []
    var metadata: [SafetensorsMetadata] = []
    var dataCount: Int { entries.map(\.end).max() ?? 0 }
  }

  private init(path: String, span: Span?) {
    self.path = path
    self.span = span
  }

  /// Reads a whole file through the host. A file that goes on behind its data, or never ends, is
  /// refused after one read too many.
  package static func read(
    path: String, host: Host, span: Span?
  ) throws(Diagnostic) -> SafetensorsFile {
    let source: any ByteSource
    do { source = try host.open(path) } catch { throw .fileAccess(error, at: span) }
    return try read(source, path: path, span: span)
  }

  package static func read(
    _ source: any ByteSource, path: String, span: Span?
  ) throws(Diagnostic) -> SafetensorsFile {
    let reader = SafetensorsReader(path: path, span: span)
    var bytes: [UInt8] = []
    try reader.fill(&bytes, from: source, to: 256)
    let length = try reader.headerLength(bytes)
    try reader.fill(&bytes, from: source, to: 8 + length)
    let header = try reader.header(bytes, length)
    let total = 8 + length + header.dataCount
    try reader.fill(&bytes, from: source, to: total + 1)
    return try reader.file(header, bytes, dataStart: 8 + length)
  }

  package static func decode(
    _ bytes: [UInt8], path: String, span: Span?
  ) throws(Diagnostic) -> SafetensorsFile {
    let reader = SafetensorsReader(path: path, span: span)
    let length = try reader.headerLength(bytes)
    return try reader.file(try reader.header(bytes, length), bytes, dataStart: 8 + length)
  }

  /// Reads until `bytes` holds `count` bytes or the source ends.
  private func fill(
    _ bytes: inout [UInt8], from source: any ByteSource, to count: Int
  ) throws(Diagnostic) {
    while bytes.count < count {
      let limit = min(count - bytes.count, 1 << 22)
      do {
        guard try source.read(into: &bytes, limit: limit) else { return }
      } catch { throw .fileAccess(error, at: span) }
    }
  }

  // MARK: Header

  private func headerLength(_ bytes: [UInt8]) throws(Diagnostic) -> Int {
    if let kind = FileKind(prefix: bytes), kind != .safetensors {
      throw .file(
        .wrongFileKind, "`\(FileText.shown(path))` is \(kind.phrase), not a safetensors file",
        path: path, span: span, help: kind.help)
    }
    guard bytes.count >= 8 else {
      throw damaged("it has \(bytes.count) bytes, too few for the header's length")
    }
    var length: UInt64 = 0
    for index in 0..<8 { length |= UInt64(bytes[index]) << UInt64(8 * index) }
    guard let count = Int(exactly: length), count <= SafetensorsReader.headerLimit else {
      throw damaged("its header claims \(length) bytes, more than 100 MB")
    }
    guard count > 1 else { throw damaged("its header is empty") }
    return count
  }

  private func header(_ bytes: [UInt8], _ length: Int) throws(Diagnostic) -> Header {
    guard bytes.count - 8 >= length else {
      throw damaged("its header claims \(length) bytes and \(bytes.count - 8) are there")
    }
    guard bytes[8] == UInt8(ascii: "{") else { throw damaged("its header does not start with `{`") }
    let value: JSONValue
    do { value = try JSONScanner.parse(Array(bytes[8..<8 + length])) } catch {
      // A name that is there twice is a tensor here.
      let text = error.message.hasPrefix("duplicate name")
        ? "duplicate tensor" + error.message.dropFirst("duplicate name".count) : error.message
      throw damaged("its header is not valid at byte \(error.offset): \(text)")
    }
    guard case .object(let members) = value else { throw damaged("its header is not an object") }
    var header = Header()
    for member in members {
      if member.key == "__metadata__" {
        header.metadata = try metadata(member.value)
      } else {
        header.entries.append(try entry(member.key, member.value))
      }
    }
    try checkCover(header.entries)
    return header
  }

  private func metadata(_ value: JSONValue) throws(Diagnostic) -> [SafetensorsMetadata] {
    guard case .object(let members) = value else { throw damaged("`__metadata__` is no object") }
    var pairs: [SafetensorsMetadata] = []
    for member in members {
      guard let text = member.value.string else {
        throw damaged("metadata `\(FileText.shown(member.key))` is not a string")
      }
      pairs.append(SafetensorsMetadata(member.key, text))
    }
    return pairs
  }

  private func entry(_ name: String, _ value: JSONValue) throws(Diagnostic) -> Entry {
    let shown = FileText.shown(name, limit: 100)
    let isPrintable = name.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
    }
    guard isPrintable, !name.isEmpty else {
      throw damaged("the tensor name `\(shown)` is empty or has control characters")
    }
    guard case .object(let members) = value else { throw damaged("tensor `\(shown)` is no object") }
    let fields = ["dtype", "shape", "data_offsets"]
    if let extra = members.first(where: { !fields.contains($0.key) }) {
      throw damaged("tensor `\(shown)` has an unknown field `\(FileText.shown(extra.key))`")
    }
    var found: [JSONValue] = []
    for field in fields {
      guard let member = members.first(where: { $0.key == field }) else {
        throw damaged("tensor `\(shown)` has no `\(field)`")
      }
      found.append(member.value)
    }
    guard let code = found[0].string, let element = SafetensorsElement(rawValue: code) else {
      let code = FileText.shown(found[0].string ?? "of another kind")
      throw damaged("tensor `\(shown)` has an unknown dtype `\(code)`")
    }
    let shape = try counts(found[1], "shape", shown)
    let offsets = try counts(found[2], "data_offsets", shown)
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw damaged("the data_offsets of tensor `\(shown)` are no range")
    }
    let entry = Entry(
      name: name, element: element, shape: shape, begin: offsets[0], end: offsets[1])
    try checkSize(entry, shown)
    return entry
  }

  private func counts(
    _ value: JSONValue, _ field: String, _ name: String
  ) throws(Diagnostic) -> [Int] {
    guard case .array(let items) = value else {
      throw damaged("the \(field) of tensor `\(name)` is no list")
    }
    guard items.count <= SafetensorsReader.rankLimit else {
      throw damaged("the \(field) of tensor `\(name)` has \(items.count) entries, more than 64")
    }
    var result: [Int] = []
    for item in items {
      guard let count = item.count else {
        throw damaged("the \(field) of tensor `\(name)` has an entry that is no whole number ≥ 0")
      }
      result.append(count)
    }
    return result
  }

  private func checkSize(_ entry: Entry, _ name: String) throws(Diagnostic) {
    var size = entry.element.byteCount
    if entry.shape.contains(0) { size = 0 }
    for count in entry.shape where size != 0 {
      let (product, overflows) = size.multipliedReportingOverflow(by: count)
      guard !overflows else { throw damaged("the shape of tensor `\(name)` is too large") }
      size = product
    }
    guard size == entry.end - entry.begin else {
      throw damaged(
        "tensor `\(name)` of shape \(entry.shape) needs \(size) bytes and has "
          + "\(entry.end - entry.begin)")
    }
    guard entry.end <= SafetensorsReader.dataLimit else {
      throw damaged("tensor `\(name)` ends at byte \(entry.end), more than 64 GB")
    }
  }

  /// The tensors must lie back to back from 0: no hole, no overlap.
  private func checkCover(_ entries: [Entry]) throws(Diagnostic) {
    var place = 0
    for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      let shown = FileText.shown(entry.name, limit: 100)
      if entry.begin < place { throw damaged("tensor `\(shown)` overlaps the one before it") }
      if entry.begin > place {
        throw damaged("\(entry.begin - place) bytes before tensor `\(shown)` belong to no tensor")
      }
      place = entry.end
    }
  }

  // MARK: Data

  private func file(
    _ header: Header, _ bytes: [UInt8], dataStart: Int
  ) throws(Diagnostic) -> SafetensorsFile {
    let found = bytes.count - dataStart
    if found < header.dataCount {
      throw damaged("it is cut off: \(header.dataCount) bytes of data are declared, \(found) there")
    }
    if found > header.dataCount {
      throw damaged("it goes on behind its last tensor")
    }
    let tensors = header.entries.map { entry in
      SafetensorsTensor(
        name: entry.name, element: entry.element, shape: entry.shape,
        bytes: Array(bytes[dataStart + entry.begin..<dataStart + entry.end]))
    }
    return SafetensorsFile(tensors: tensors, metadata: header.metadata)
  }

  private func damaged(_ message: String) -> Diagnostic {
    .file(
      .damagedTensors, "`\(FileText.shown(path))` is not a sound safetensors file: \(message)",
      path: path, span: span)
  }
}
