// Places in source text. Offsets are bytes, because the language is lexed on bytes.

/// Which text of a session a place is in: the script, the n-th REPL entry, the n-th `-e` argument.
public struct SourceID: Hashable, Sendable {
  public var index: UInt32
  public init(_ index: UInt32) { self.index = index }
}

/// A half-open range of byte offsets in one source text.
public struct Span: Hashable, Sendable {
  public var source: SourceID
  public var start: Int32
  public var end: Int32

  public init(_ source: SourceID, _ start: Int32, _ end: Int32) {
    self.source = source
    self.start = start
    self.end = end
  }

  /// Whether all of `other` lies in it.
  public func contains(_ other: Span) -> Bool {
    source == other.source && start <= other.start && other.end <= end
  }

  /// The smallest span that covers both; `other` must be in the same source.
  public func union(_ other: Span) -> Span {
    Span(source, min(start, other.start), max(end, other.end))
  }
}
