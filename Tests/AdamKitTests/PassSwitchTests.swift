// Passes change no bit: every recorded script and the gallery give the same output, the same errors, the
// same files and the same weights whatever optional passes are left out.
import AdamIR
import AdamLibrary
import AdamPasses
import AdamRuntime
import AdamTestSupport
import Foundation
import Synchronization
import Testing

@testable import AdamKit

/// All that can be seen of a run.
private struct Trace: Equatable {
  var outcome: Session.Outcome
  var output = ""
  var messages: [String] = []
  var files: [String: [UInt8]] = [:]
  /// Variables with the bits of their tensors.
  var variables: [String] = []
}

private final class Written: Sendable {
  private let state = Mutex((output: "", files: [String: [UInt8]]()))
  func print(_ bytes: [UInt8]) { state.withLock { $0.output += String(decoding: bytes, as: UTF8.self) } }
  func save(_ path: String, _ bytes: [UInt8]) { state.withLock { $0.files[path] = bytes } }
  var output: String { state.withLock { $0.output } }
  var files: [String: [UInt8]] { state.withLock { $0.files } }
}

private func run(
  _ script: String, without disabled: [String] = [], keepsTraces: Bool = true,
  show: (@Sendable (String, String) -> Void)? = nil
) -> Trace {
  let written = Written()
  let standard = StandardHost.make(isCancelled: { false })
  let host = Host(
    write: { bytes throws(HostError) in written.print(bytes) }, flush: { () throws(HostError) in },
    progress: { _ in },
    open: { path throws(HostError) in try standard.open(ProjectFiles.root.path + "/" + path) },
    replaceFile: { path, bytes throws(HostError) in written.save(path, bytes) }, now: { 0 },
    isCancelled: { false })
  var options = Session.Options()
  options.operationBudget = 5_000
  options.threads = 1
  options.disabledPasses = disabled
  options.shownPasses = show == nil ? [] : ["all"]
  options.showPass = show
  var messages: [String] = []
  let session = Session(host: host, options: options) { diagnostic, sources in
    messages.append(DiagnosticRenderer(style: .human, usesColor: false).render(diagnostic, sources))
  }
  session.interpreter?.session.traces.isEnabled = keepsTraces
  let outcome = session.execute(Array(script.utf8), name: "test.adam")
  var trace = Trace(outcome: outcome)
  trace.output = written.output
  trace.messages = messages
  trace.files = written.files
  trace.variables = (session.interpreter?.variables ?? []).map { "\($0.name) \(bits(of: $0.value))" }
  return trace
}

/// The weights of a model and the elements of a tensor bit for bit; other values as they are shown.
private func bits(of value: Value) -> String {
  switch value {
  case .layer(let layer):
    layer.namedParameters.map { named in
      let words: [UInt32] = named.parameter.tensor.map { bits($0) } ?? []
      return "\(named.name) \(words)"
    }.joined(separator: " ")
  case .tensor(let tensor): "\(bits(tensor))"
  default: value.shown
  }
}

private func bits(_ tensor: Tensor) -> [UInt32] {
  let words = tensor.pointer.assumingMemoryBound(to: UInt32.self)
  return (0..<tensor.elementCount).map { words[$0] }
}

/// Every script of the recorded runs and of the gallery, trained for a few steps only.
private let scripts: [String] = {
  let folders = ["Tests/Golden/run", "Tests/Golden/constructs", "scripts"]
  return folders.flatMap { folder -> [String] in
    let url = ProjectFiles.root.appendingPathComponent(folder)
    let files = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return files.filter { $0.hasSuffix(".adam") }.sorted().flatMap { file -> [String] in
      let text = (try? String(contentsOf: url.appendingPathComponent(file), encoding: .utf8)) ?? ""
      return text.components(separatedBy: "---\n").map {
        folder == "scripts" ? $0.replacing(/train \d+/, with: "train 3") : $0
      }
    }
  }
}()

/// A run with all passes, and those whose text differed from the one shown before: any other pass left
/// everything as it was.
private func runWatched(_ script: String) -> (trace: Trace, working: Set<String>) {
  let shown = Mutex((last: "", working: Set<String>()))
  let trace = run(script, show: { pass, text in
    shown.withLock {
      if $0.last != text { $0.working.insert(pass) }
      $0.last = text
    }
  })
  return (trace, shown.withLock { $0.working })
}

private let withAll = scripts.map { runWatched($0) }
private let optional = Session.passes.filter { !$0.isRequired }.map(\.name)

@Suite struct PassSwitchTests {
  @Test(arguments: optional.map { [$0] } + [optional])
  func `leaving passes out changes nothing that can be seen`(disabled: [String]) {
    for (script, wanted) in zip(scripts, withAll) {
      let isSeen = disabled.contains { $0 == MemoryPlan.inPlaceName || wanted.working.contains($0) }
      guard isSeen else { continue }
      #expect(run(script, without: disabled) == wanted.trace, "without \(disabled):\n\(script)")
    }
  }

  @Test func `tracing every call anew changes nothing that can be seen`() {
    for (script, wanted) in zip(scripts, withAll) where script.contains("grad") {
      #expect(run(script, keepsTraces: false) == wanted.trace, "\(script)")
    }
  }

  @Test func `the scripts train, save and fail`() {
    #expect(withAll.count > 60)
    #expect(withAll.contains { !$0.trace.files.isEmpty })
    #expect(withAll.contains { $0.trace.outcome == .failed })
    #expect(withAll.contains { $0.trace.variables.contains { $0.hasPrefix("model 0.weight [") } })
  }

  @Test func `every optional pass but the one for memory is seen to work on some script`() {
    for name in optional where name != MemoryPlan.inPlaceName {
      #expect(withAll.contains { $0.working.contains(name) }, "\(name)")
    }
  }

  @Test func `an unknown pass is named with its neighbour`() {
    let trace = run("print 1", without: ["simplfy"])
    #expect(trace.outcome == .unusable)
    #expect(trace.messages.joined().contains("there is no pass `simplfy`"))
    #expect(trace.messages.joined().contains("did you mean `simplify`?"))
    #expect(trace.output == "")
  }

  @Test(arguments: Session.passes.filter(\.isRequired).map(\.name))
  func `a required pass says why it stays`(name: String) {
    let trace = run("print 1", without: [name])
    #expect(trace.outcome == .unusable)
    #expect(trace.messages.joined().contains("the pass `\(name)` cannot be disabled: without it"))
  }
}

@Suite struct ProgramPassTests {
  private func errors(_ script: String, budget: Int? = nil, without disabled: [String]) -> [String] {
    let record = ScriptRecord()
    var options = Session.Options()
    options.operationBudget = budget
    options.disabledPasses = disabled
    let session = Session.recorded(record, options: options)
    _ = session.execute(Array(script.utf8), name: "test.adam")
    return [record.output] + record.messages
  }

  @Test func `an inlined call counts as an operation`() {
    let script = "fn f(x) x + 1\nn = 0\nwhile true { n = f(n); print n }"
    for budget in 1...12 {
      let plain = errors(script, budget: budget, without: optional)
      #expect(errors(script, budget: budget, without: []) == plain, "\(budget)")
      #expect(plain.count == 2)
    }
  }

  @Test func `an inlined call is as deep as a call`() {
    for depth in 195...203 {
      let script = "fn leaf(x) x + 1\nfn f(n) { if n == 0 { leaf(n) } else { f(n - 1) } }\nprint f(\(depth))"
      #expect(errors(script, without: []) == errors(script, without: optional), "\(depth)")
    }
  }

  @Test func `a name that was bound anew means what it is bound to`() {
    let record = ScriptRecord()
    let session = Session.recorded(record)
    for text in ["fn f(x) x + 1\nfn g(x) f(x) * 2\nprint g(1)", "fn f(x) x + 10\nprint g(1)", "f = tanh\nprint g(0)"] {
      _ = session.execute(Array(text.utf8), name: "test.adam")
    }
    #expect(record.output == "4\n22\n0\n")
  }

  @Test func `passes keep programs sound and readable`() throws {
    for script in scripts {
      guard let program = try? lowered(script) else { continue }
      _ = ProgramPipeline.standard.run(program) { pass, result in
        #expect(result.verify() == [], "\(pass)\n\(script)")
        let text = result.printed()
        let read = try? Program.parse(text)
        #expect(read?.printed() == text, "\(pass)\n\(script)")
        #expect(read?.functions.map(\.instructions.count) == result.functions.map(\.instructions.count))
      }
    }
  }

  private func lowered(_ script: String) throws -> Program? {
    let session = Session.recorded(ScriptRecord())
    guard let (_, result) = session.parsed(Array(script.utf8), "test.adam") else { return nil }
    return session.checked(result.tree, "test.adam")
  }
}
