// Source texts with their names and line tables.

/// One text: a script file, a REPL entry, an `-e` argument or standard input.
public struct SourceText: Sendable {
  /// As shown in diagnostics: `net.adam`, `<repl:3>`, `<-e:1>`, `<stdin>`.
  public let name: String
  public let bytes: [UInt8]
  /// Byte offset of each line's first byte. LF, CRLF and CR each end a line.
  public let lineStarts: [Int32]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    self.lineStarts = SourceText.lineStarts(of: bytes)
  }

  static func lineStarts(of bytes: [UInt8]) -> [Int32] {
    var starts: [Int32] = [0]
    for (i, byte) in bytes.enumerated() {
      let endsLine = byte == 0x0A || (byte == 0x0D && !(i + 1 < bytes.count && bytes[i + 1] == 0x0A))
      if endsLine { starts.append(Int32(clamping: i + 1)) }
    }
    return starts
  }
}

/// All texts of a session, so that a span can be shown.
public struct SourceMap: Sendable {
  public private(set) var texts: [SourceText] = []
  public init() {}

  public mutating func add(_ text: SourceText) -> SourceID {
    texts.append(text)
    return SourceID(UInt32(texts.count - 1))
  }

  public subscript(id: SourceID) -> SourceText? {
    Int(id.index) < texts.count ? texts[Int(id.index)] : nil
  }

  /// What a span holds, as it is written; nil where it is not inside these texts.
  public func text(of span: Span) -> String? {
    guard let bytes = self[span.source]?.bytes, span.start >= 0, span.start <= span.end, Int(span.end) <= bytes.count
    else { return nil }
    return String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
  }
}
