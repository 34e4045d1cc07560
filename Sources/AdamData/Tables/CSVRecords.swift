// Cuts csv bytes into records and fields. LF, CRLF and CR end a record; a field that begins with a
// quote runs to the closing quote, with `""` for one quote and newlines allowed inside. A quote
// inside a bare field is an ordinary character. Spaces around a field do not belong to it.

/// Finds where records end.
struct RecordCutter {
  var delimiter: UInt8
  /// A field longer than this is refused, so that a file that never ends its line is found early.
  static let fieldLimit = 1 << 20

  enum Result {
    /// Offset just behind the record's last byte, and how many bytes the line end takes.
    case record(end: Int, lineEnd: Int, newlinesInside: Int)
    case needsMore
    /// The quote that was opened at this offset is still open.
    case openQuote(Int)
    case longField(Int)
  }

  /// The record that starts at `start`. `isEnd` says that no bytes follow.
  func cut(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isEnd: Bool) -> Result {
    var index = start
    var newlines = 0
    while true {
      // At the beginning of a field.
      let fieldStart = index
      while index < bytes.count, bytes[index] == 0x20 { index += 1 }
      if index < bytes.count, bytes[index] == 0x22 {
        switch skipQuoted(bytes, &index, &newlines) {
        case true: break
        case false:
          if index - fieldStart > RecordCutter.fieldLimit { return .longField(fieldStart) }
          return isEnd ? .openQuote(fieldStart) : .needsMore
        }
      }
      while index < bytes.count, bytes[index] != delimiter, bytes[index] != 0x0A,
        bytes[index] != 0x0D
      { index += 1 }
      if index - fieldStart > RecordCutter.fieldLimit { return .longField(fieldStart) }
      guard index < bytes.count else {
        return isEnd
          ? .record(end: index, lineEnd: 0, newlinesInside: newlines) : .needsMore
      }
      if bytes[index] == delimiter {
        index += 1
        continue
      }
      // A CR is taken alone; the LF that may follow is skipped when the next record is asked for,
      // so that a header ending in CR needs no further byte.
      return .record(end: index, lineEnd: 1, newlinesInside: newlines)
    }
  }

  /// From an opening quote past the closing one; false when the bytes end first.
  private func skipQuoted(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ newlines: inout Int
  ) -> Bool {
    index += 1
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x22 {
        // At the very end the next byte could still be a second quote; the caller asks again with
        // more bytes because the record is not ended either.
        guard index < bytes.count, bytes[index] == 0x22 else { return true }
        index += 1
      } else if byte == 0x0A || (byte == 0x0D && !(index < bytes.count && bytes[index] == 0x0A)) {
        newlines += 1
      }
    }
    return false
  }
}

/// Walks the fields of one complete record.
struct FieldCursor {
  let bytes: UnsafeBufferPointer<UInt8>
  let end: Int
  let delimiter: UInt8
  var index: Int
  /// False once the record's last field has been taken.
  var hasMore = true

  struct Field {
    /// Where the field begins, for messages.
    var start: Int
    /// Without quotes and the spaces around.
    var content: [UInt8]
    var isQuoted: Bool
    /// Bytes stand between the closing quote and the end of the field.
    var hasTail: Bool
  }

  mutating func next() -> Field {
    let start = index
    while index < end, bytes[index] == 0x20 { index += 1 }
    if index < end, bytes[index] == 0x22 { return quoted(start) }
    let first = index
    while index < end, bytes[index] != delimiter { index += 1 }
    var last = index
    while last > first, bytes[last - 1] == 0x20 { last -= 1 }
    step()
    return Field(start: start, content: Array(bytes[first..<last]), isQuoted: false, hasTail: false)
  }

  private mutating func quoted(_ start: Int) -> Field {
    index += 1
    var content: [UInt8] = []
    while index < end {
      let byte = bytes[index]
      index += 1
      if byte == 0x22 {
        guard index < end, bytes[index] == 0x22 else { break }
        index += 1
      }
      content.append(byte)
    }
    var hasTail = false
    while index < end, bytes[index] != delimiter {
      if bytes[index] != 0x20 { hasTail = true }
      index += 1
    }
    step()
    return Field(start: start, content: content, isQuoted: true, hasTail: hasTail)
  }

  /// Over the delimiter, or to the end of the record.
  mutating func step() {
    if index < end { index += 1 } else { hasMore = false }
  }
}
