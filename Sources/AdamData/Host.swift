// Everything outside the library comes through one value: output, files, clock, cancel. The
// library prints nothing, installs no signal handler, reads no environment and never exits.

/// Why the host could not do what was asked; `reason` is the system's words.
public struct HostError: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case cannotOpen, cannotRead, cannotWrite, notPermitted }
  public var kind: Kind
  public var path: String
  /// `No such file or directory`
  public var reason: String
  public init(_ kind: Kind, path: String, reason: String) {
    self.kind = kind
    self.path = path
    self.reason = reason
  }
}

/// An open file read front to back. Reading a header must not wait for the rest (a FIFO may give
/// its header and then nothing).
public protocol ByteSource: AnyObject {
  /// Whether the file can be opened again from its start (a regular file).
  var isReopenable: Bool { get }
  /// Appends at least one byte to `buffer`, or returns false at the end. `limit` bounds one read.
  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool
}

/// What a training run reports while it runs; the front end decides how it looks.
public enum ProgressEvent: Sendable {
  case trainStarted(TrainHeader)
  /// `loss` is the row-weighted mean of the epoch's step losses.
  case epoch(index: Int, total: Int, loss: Double, validationLoss: Double?, seconds: Double)
  case trainEnded(TrainSummary)

  public struct TrainHeader: Sendable {
    public var total: Int
    /// `epochs` or `steps`.
    public var unit: String
    public var stepsPerEpoch: Int
    public var examples: Int
    public var parameters: Int
    public var seed: UInt64
    public init(total: Int, unit: String, stepsPerEpoch: Int, examples: Int, parameters: Int, seed: UInt64) {
      self.total = total
      self.unit = unit
      self.stepsPerEpoch = stepsPerEpoch
      self.examples = examples
      self.parameters = parameters
      self.seed = seed
    }
  }

  public struct TrainSummary: Sendable {
    public var epochs: Int
    public var steps: Int
    public var seconds: Double
    public var losses: [Double]
    public var examples: Int
    public var seed: UInt64
    /// `completed`, `interrupted`, `break`, `nan`.
    public var stopped: String
    public init(
      epochs: Int, steps: Int, seconds: Double, losses: [Double], examples: Int, seed: UInt64,
      stopped: String
    ) {
      self.epochs = epochs
      self.steps = steps
      self.seconds = seconds
      self.losses = losses
      self.examples = examples
      self.seed = seed
      self.stopped = stopped
    }
  }
}

/// The outside world of one session.
public struct Host: Sendable {
  /// What the script prints. Must reach the descriptor before it returns or at `flush`.
  public var write: @Sendable ([UInt8]) throws(HostError) -> Void
  public var flush: @Sendable () throws(HostError) -> Void
  public var progress: @Sendable (ProgressEvent) -> Void
  public var open: @Sendable (String) throws(HostError) -> any ByteSource
  /// Replaces the file as one atomic step: at every instant the old or the new content is there.
  public var replaceFile: @Sendable (String, [UInt8]) throws(HostError) -> Void
  /// Seconds of a monotonic clock; shown to the user only, never part of a result.
  public var now: @Sendable () -> Double
  /// Polled at loop back-edges and between training steps.
  public var isCancelled: @Sendable () -> Bool
  /// The terminal that `write` reaches; nil where it reaches none.
  public var terminal: @Sendable () -> Terminal?

  /// How wide a terminal is and whether it shows colours.
  public struct Terminal: Hashable, Sendable {
    public var columns: Int
    public var hasColor: Bool
    public init(columns: Int, hasColor: Bool) {
      self.columns = columns
      self.hasColor = hasColor
    }
  }

  public init(
    write: @escaping @Sendable ([UInt8]) throws(HostError) -> Void,
    flush: @escaping @Sendable () throws(HostError) -> Void,
    progress: @escaping @Sendable (ProgressEvent) -> Void,
    open: @escaping @Sendable (String) throws(HostError) -> any ByteSource,
    replaceFile: @escaping @Sendable (String, [UInt8]) throws(HostError) -> Void,
    now: @escaping @Sendable () -> Double,
    isCancelled: @escaping @Sendable () -> Bool,
    terminal: @escaping @Sendable () -> Terminal? = { nil }
  ) {
    self.write = write
    self.flush = flush
    self.progress = progress
    self.open = open
    self.replaceFile = replaceFile
    self.now = now
    self.isCancelled = isCancelled
    self.terminal = terminal
  }
}
