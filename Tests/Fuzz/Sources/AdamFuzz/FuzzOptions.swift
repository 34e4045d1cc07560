// The command line of the fuzzer.

struct FuzzOptions {
  enum Role: Equatable {
    case supervisor
    /// Runs a slice and keeps its current input in a file that outlives it.
    case worker(stateFile: String)
    case run(file: String)
    case minimise(file: String)
    /// Prints the inputs instead of running them.
    case show
    case help
  }

  enum Mode: String, CaseIterable {
    /// Programs that mostly make sense.
    case programs
    /// Programs that are right in syntax only.
    case syntax
    /// Bytes: random ones and damaged scripts.
    case bytes
  }

  struct Wrong: Error { var message: String }

  var role = Role.supervisor
  var mode = Mode.programs
  var seed: UInt64 = 1
  var start = 0
  var count = 10_000
  var jobs = 2
  /// Where failing inputs are written.
  var folder = "/tmp/adam-fuzz"

  static let help = """
    usage: adam-fuzz [--mode programs|syntax|bytes] [--seed N] [--start N] [--count N] [--jobs N] [--out FOLDER]
           adam-fuzz --show yes …       prints the inputs
           adam-fuzz --run FILE         one input, in this process
           adam-fuzz --minimise FILE    the smallest input with the same end
    An input is decided by mode, seed and number; `--start` begins with another number. Failing inputs are
    written to FOLDER.
    """

  init(_ arguments: [String]) throws(Wrong) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      if name == "--help" || name == "-h" {
        role = .help
        return
      }
      guard let value = rest.popFirst() else { throw Wrong(message: "\(name) needs a value") }
      try set(name, value)
    }
  }

  private mutating func set(_ name: String, _ value: String) throws(Wrong) {
    switch name {
    case "--mode":
      guard let mode = Mode(rawValue: value) else { throw Wrong(message: "there is no mode \(value)") }
      self.mode = mode
    case "--seed": seed = UInt64(try FuzzOptions.number(name, value))
    case "--start": start = try FuzzOptions.number(name, value)
    case "--count": count = try FuzzOptions.number(name, value)
    case "--jobs": jobs = max(1, min(64, try FuzzOptions.number(name, value)))
    case "--out": folder = value
    case "--worker": role = .worker(stateFile: value)
    case "--show": role = .show
    case "--run": role = .run(file: value)
    case "--minimise": role = .minimise(file: value)
    default: throw Wrong(message: "there is no option \(name)")
    }
  }

  private static func number(_ name: String, _ value: String) throws(Wrong) -> Int {
    guard let number = Int(value), number >= 0 else { throw Wrong(message: "\(name) takes a whole number") }
    return number
  }
}
