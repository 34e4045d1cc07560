// Lines, columns and display widths of byte offsets.

/// Line and column from 1. Columns count characters (Unicode scalars), as editors' problem matchers do.
public struct Position: Hashable, Sendable {
  public var line: Int
  public var column: Int
  /// UTF-16 units before the place on its line, as language servers count.
  public var utf16: Int
}

extension SourceText {
  /// Index into `lineStarts` of the line that holds a byte offset; offsets beyond the text belong to
  /// the last line.
  func lineIndex(of offset: Int32) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  public func position(of offset: Int32) -> Position {
    let line = lineIndex(of: offset)
    let start = Int(lineStarts[line])
    let end = max(start, min(Int(offset), bytes.count))
    let before = String(decoding: bytes[start..<end], as: UTF8.self)
    // A byte-order mark is no column.
    let scalars = before.unicodeScalars.filter { $0 != "\u{FEFF}" }
    return Position(line: line + 1, column: scalars.count + 1, utf16: before.utf16.count)
  }

  /// The bytes of a line without its ending.
  func line(_ index: Int) -> ArraySlice<UInt8> {
    guard index >= 0 && index < lineStarts.count else { return [] }
    let start = Int(lineStarts[index])
    var end = index + 1 < lineStarts.count ? Int(lineStarts[index + 1]) : bytes.count
    while end > start && (bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D) { end -= 1 }
    return bytes[start..<end]
  }
}

/// Columns a scalar takes on a terminal: 0 for marks and controls, 2 for wide East Asian and emoji.
func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  let value = scalar.value
  if value < 0x20 || value == 0x7F || value == 0xFEFF || (0x200B...0x200F).contains(value) { return 0 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: break
  }
  let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
  return wide.contains { $0.contains(value) } ? 2 : 1
}
