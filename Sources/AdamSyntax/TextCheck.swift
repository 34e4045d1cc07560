// What must hold before a text is lexed: its size, and that it is UTF-8 without NUL.
import AdamSource

enum TextCheck {
  /// The first thing that makes the bytes no script; nil when they can be lexed.
  static func problem(in bytes: [UInt8], _ source: SourceID) -> Diagnostic? {
    if bytes.count > SyntaxLimit.textBytes { return .textTooLarge(Span(source, 0, 0), bytes.count) }
    if let kind = signature(of: bytes) { return .notAScript(Span(source, 0, 0), kind) }
    guard let offset = firstBadByte(in: bytes) else { return nil }
    let place = Span(source, Int32(clamping: offset), Int32(clamping: offset + 1))
    return bytes[offset] == 0 ? .nulByte(place, offset) : .invalidUTF8(place, offset)
  }

  /// Files that are something else are named, because their first bad byte says nothing.
  private static func signature(of bytes: [UInt8]) -> String? {
    let known: [([UInt8], String)] = [
      ([0xFF, 0xFE], "is UTF-16; save it as UTF-8"), ([0xFE, 0xFF], "is UTF-16; save it as UTF-8"),
      ([0x89, 0x50, 0x4E, 0x47], "is not a text file: it is a PNG image"),
      ([0x1F, 0x8B], "is not a text file: it is compressed with gzip"),
      ([0x7F, 0x45, 0x4C, 0x46], "is not a text file: it is a program (ELF)"),
      ([0x50, 0x4B, 0x03, 0x04], "is not a text file: it is a zip archive"),
      ([0x25, 0x50, 0x44, 0x46], "is not a text file: it is a PDF"),
    ]
    return known.first { bytes.starts(with: $0.0) }?.1
  }

  /// Offset of the first NUL, or of the first byte of the first ill-formed UTF-8 sequence (over-long
  /// forms, surrogates and values beyond U+10FFFF included; Unicode 15, table 3-7).
  static func firstBadByte(in bytes: [UInt8]) -> Int? {
    var index = 0
    while index < bytes.count {
      let lead = bytes[index]
      if lead &- 1 < 0x7F {
        index += 1
        continue
      }
      guard let (length, second) = shape(lead), index + length <= bytes.count,
        second.contains(bytes[index + 1])
      else { return index }
      for offset in 2..<max(length, 2) where bytes[index + offset] & 0xC0 != 0x80 { return index }
      index += length
    }
    return nil
  }

  /// Length of the sequence that a lead byte starts and the values its second byte may have.
  private static func shape(_ lead: UInt8) -> (Int, ClosedRange<UInt8>)? {
    switch lead {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: (3, 0x80...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: nil
    }
  }
}
