// Calls builtins as the interpreter does, on a host in memory, without a script in between.
import AdamData
import AdamIR
import AdamSource
import AdamTestSupport
import Synchronization

@testable import AdamLibrary
@testable import AdamRuntime

/// Files and events of one test.
final class MemoryWorld: Sendable {
  struct State {
    var files: [String: [UInt8]] = [:]
    var output: [UInt8] = []
    var events: [ProgressEvent] = []
    var cancelsAfter = Int.max
  }
  let state = Mutex(State())

  var host: Host {
    Host(
      write: { bytes in self.state.withLock { $0.output += bytes } }, flush: {},
      progress: { event in self.state.withLock { $0.events.append(event) } },
      open: { path throws(HostError) in
        guard let bytes = self.state.withLock({ $0.files[path] }) else {
          throw HostError(.cannotOpen, path: path, reason: "No such file or directory")
        }
        return MemorySource(bytes)
      },
      replaceFile: { path, bytes in self.state.withLock { $0.files[path] = bytes } },
      now: { 0 },
      isCancelled: {
        self.state.withLock { state in
          state.cancelsAfter -= 1
          return state.cancelsAfter < 0
        }
      })
  }
}

final class MemorySource: ByteSource {
  var rest: [UInt8]
  init(_ bytes: [UInt8]) { rest = bytes }
  var isReopenable: Bool { true }
  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool {
    if rest.isEmpty { return false }
    let count = min(limit, rest.count)
    buffer += rest[..<count]
    rest.removeFirst(count)
    return true
  }
}

final class LibraryBench: ExecutionContext, CheckContext {
  let world = MemoryWorld()
  let session: SessionState
  var reported: [Diagnostic] = []
  let isTracing = false
  /// Stands for the blocks of a script.
  var onCall: ([Value]) -> Value = { _ in .none }

  init(seed: UInt64 = 0) throws {
    let log = Log()
    session = SessionState(host: world.host, environment: .standard) { log.add($0) }
    session.generator = Generator(seed: seed)
    session.seed = seed
    self.log = log
  }

  func tentatively<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result? { try body() }
  func mistakes(_ body: () throws(Diagnostic) -> Void) -> [Diagnostic] {
    do throws(Diagnostic) { try body() } catch { return [error] }
    return []
  }

  /// What the session reported.
  final class Log {
    var diagnostics: [Diagnostic] = []
    func add(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }
  }
  let log: Log

  func call(_ callee: Value, _ arguments: [Value], at span: Span) throws(Diagnostic) -> Value {
    onCall(arguments)
  }
  func run(_ hook: Hook, _ arguments: [Value]) throws(Diagnostic) -> Bool {
    try call(.function(hook.closure), arguments, at: hook.span).exactBool == true
  }
  var variableChanges: Int { 0 }
  func poll() throws(Diagnostic) {}
  var variables: [(name: String, value: AbstractValue)] { [] }
  func assignment(of name: String) -> Span? { nil }
  func report(_ diagnostic: Diagnostic) { reported.append(diagnostic) }
  func call(_ callee: AbstractValue, _ arguments: [AbstractValue], at span: Span) -> AbstractValue {
    .unknown
  }

  /// Runs a builtin: positional arguments, then keywords.
  @discardableResult
  func run(
    _ name: String, _ arguments: [Value] = [], _ keywords: KeyValuePairs<String, Value> = [:],
    at span: Span = testSpan
  ) throws -> Value {
    let builtin = try #require(session.environment[name]?.taking(arguments.first))
    let given =
      arguments.map { GivenArgument(value: $0, span: span) }
      + keywords.map { GivenArgument(name: $0.key, value: $0.value, span: span) }
    return try builtin.run(self, bind(given, to: builtin.signature, of: name, at: span))
  }

  func layer(_ name: String, _ sizes: Double...) throws -> Value {
    try run(name, sizes.map { .number($0) })
  }

  /// `seq(linear(sizes[0], sizes[1]), act, linear(…), …)`
  func network(_ sizes: [Int], _ activation: String) throws -> Layer {
    var layers: [Value] = []
    for i in 1..<sizes.count {
      if i > 1 { layers.append(try run(activation)) }
      layers.append(try layer("linear", Double(sizes[i - 1]), Double(sizes[i])))
    }
    return try #require(try run("seq", layers).asLayer)
  }
}

import Testing

let testSpan = Span(SourceID(0), 0, 0)

/// Rows of numbers as a value of the language.
func rows(_ values: [[Double]]) -> Value {
  .list(ListBox(values.map { .list(ListBox($0.map { .number($0) })) }))
}

extension Value {
  subscript(field: String) -> Value? {
    if case .record(let box) = self { return box[field] }
    return nil
  }

  var numbers: [Double] {
    if case .list(let box) = self { return box.elements.compactMap(\.exactNumber) }
    return []
  }
}
