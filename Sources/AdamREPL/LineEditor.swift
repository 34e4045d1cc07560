// What the loop needs of a line editor; GNU readline and a plain reader are the two there are.

/// The answer to one prompt.
public enum LineInput: Sendable {
  case line([UInt8])
  /// Ctrl-C: the line is dropped.
  case interrupted
  /// Ctrl-D on an empty line, or the end of the input.
  case end
}

/// Reads lines from the terminal.
public protocol LineEditor: AnyObject {
  /// `isContinuation` tells that the text so far is incomplete.
  func readLine(prompt: String, isContinuation: Bool) -> LineInput
  /// Makes an entry recallable. The file is `HistoryFile`'s business.
  func remember(_ entry: [UInt8])
}
