// The embeddable façade: text in, results and diagnostics out.
import AdamData
import AdamInterpreter
import AdamSource

/// A session: variables, generator, hooks. Not thread-safe; any number of sessions may live side by side.
public final class Session {
  public struct Options: Sendable {
    /// Notes become errors.
    public var isStrict = false
    /// Replaces the number of the first top-level `seed` and the default seed 0.
    public var seed: UInt64?
    /// Operations before an execution is stopped; nil for no limit.
    public var operationBudget: Int?
    /// Threads for kernels, 1 … 64; nil: as many as the process may use. Changes no bit.
    public var threads: Int?
    /// `base`, `v3` or `v4`; nil: the best the processor has. Changes no bit.
    public var instructionSet: String?
    public init() {}
  }

  /// How an execution ended.
  public enum Outcome: Hashable, Sendable {
    case completed
    /// A diagnostic of level error was reported.
    case failed
    /// Training stopped because the loss was not finite.
    case nonFinite
    case interrupted
    /// Output could not be written.
    case outputFailed
  }

  public init(host: Host, options: Options = Options(), report: @escaping (Diagnostic, SourceMap) -> Void) {}

  /// Checks and runs a text. An error found by the checker runs nothing; a failed statement
  /// changes no binding. `name` is what diagnostics show.
  public func execute(_ text: [UInt8], name: String) -> Outcome { .completed }
  /// Checks without running.
  public func check(_ text: [UInt8], name: String) -> Outcome { .completed }
  /// Whether more lines are needed before the text can be parsed (for a prompt).
  public func isIncomplete(_ text: [UInt8]) -> Bool { false }
  /// The value of the last expression statement as a REPL shows it, or nil.
  public var shownResult: String? { nil }
  /// The session's variables, one a line: name, kind, shape.
  public var variableTable: String { "" }
  /// Completions of the word that ends at `cursor` (byte offset) in `text`.
  public func complete(_ text: [UInt8], cursor: Int) -> [Completion] { [] }
  /// `adam ir`: the text of one stage.
  public func intermediate(_ text: [UInt8], name: String, stage: String) -> (text: String, outcome: Outcome) { ("", .completed) }

  public struct Completion: Hashable, Sendable {
    /// What replaces the word.
    public var text: String
    /// `(` after a function, `=` after a keyword, or empty.
    public var suffix: String
    public init(text: String, suffix: String) {
      self.text = text
      self.suffix = suffix
    }
  }
}
