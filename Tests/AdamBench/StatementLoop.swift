// Times statements of a script by themselves: what a loop of the user's own does again and again.
import AdamKit
import AdamSource

/// How much one time does.
enum Work {
  /// A multiply-add counts two.
  case flops(Double)
  /// Read and written.
  case bytes(Double)

  func rate(_ seconds: Double) -> String {
    switch self {
    case .flops(let count): "\(rounded(count / seconds / 1e9, 1)) GFLOP/s"
    case .bytes(let count): "\(rounded(count / seconds / 1e9, 1)) GB/s"
    }
  }

  var field: (name: String, count: Double) {
    switch self {
    case .flops(let count): ("gflops", count)
    case .bytes(let count): ("gbps", count)
    }
  }
}

struct TimedStatement {
  /// Behind the workload's name; nil where it has one statement only.
  var name: String?
  var setup: String
  var text: String
  var work: Work
  /// What the peers' line of this statement says; nil where they print one line.
  var peersMark: String?

  /// The update of ten million parameters by Adam: gradient read, parameter and both moments read and
  /// written.
  static let update = TimedStatement(
    setup: """
      seed 0
      model = linear(4000, 2500, bias=false)
      opt = adam(lr=1e-3)
      g = grad(fn(m) sum(m.weight * 0.001), model)
      """,
    text: "step(opt, g)", work: .bytes(28e7))

  /// The product of [m, k] and [k, n].
  static func product(_ m: Int, _ k: Int, _ n: Int) -> TimedStatement {
    TimedStatement(
      name: "\(m)x\(k)x\(n)", setup: "seed 0; a = rand(\(m), \(k)); b = rand(\(k), \(n))", text: "c = a @ b",
      work: .flops(2 * Double(m) * Double(k) * Double(n)), peersMark: "[\(m), \(k), \(n)]")
  }
}

/// A session that runs one statement as often as wanted.
final class StatementLoop {
  private let session: Session
  private let statement: TimedStatement

  init(_ statement: TimedStatement, threads: Int) throws {
    self.statement = statement
    session = .timed(threads: threads)
    try session.complete(statement.setup)
  }

  func run(_ times: Int) throws { try session.complete("for i in 0..<\(times) { \(statement.text) }") }
}

extension Session {
  /// A session without files; what goes wrong is written to stderr.
  static func timed(
    threads: Int, write: @escaping @Sendable ([UInt8]) -> Void = { _ in },
    progress: @escaping @Sendable (ProgressEvent) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> Session {
    var options = Session.Options()
    options.threads = threads
    let host = Host(
      write: { write($0) }, flush: {}, progress: progress,
      open: { path throws(HostError) in throw HostError(.cannotOpen, path: path, reason: "") },
      replaceFile: { _, _ in }, now: { now() }, isCancelled: isCancelled)
    return Session(host: host, options: options) { diagnostic, _ in
      if diagnostic.severity == .error { complain(diagnostic.message) }
    }
  }

  /// Runs a text to its end, or throws.
  func complete(_ text: String) throws {
    guard execute(Array(text.utf8), name: "bench") == .completed else {
      throw BenchError("the workload's script failed")
    }
  }
}
