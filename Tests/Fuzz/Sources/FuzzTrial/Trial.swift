// One input through the whole library: lexer, parser, formatter, checker and a run with little of everything.
import AdamKit
import Glibc
import Synchronization

/// What became of an input.
package struct Verdict {
  package var outcome: Session.Outcome?
  /// A promise that did not hold; nil when all did.
  package var broken: String?
  /// Statements that were run one by one, and those that came to their end.
  package var statements = 0
  package var completed = 0
}

package enum Trial {
  private static let operations = 50_000
  private static let memory = 256 << 20
  /// Seconds after which a run is cancelled; an input is run twice and may take 2.
  fileprivate static let patience = 0.5

  /// `inPieces` runs it once more statement by statement, `comparesMachines` and that on another machine.
  package static func run(_ text: [UInt8], inPieces: Bool, comparesMachines: Bool) -> Verdict {
    if let broken = formatting(text) { return Verdict(outcome: nil, broken: broken) }
    let first = Execution(text, options())
    if let broken = first.broken { return Verdict(outcome: first.outcome, broken: broken) }
    guard inPieces else { return Verdict(outcome: first.outcome) }
    let pieces = Execution(pieces: statementPieces(text), options())
    if let broken = pieces.broken { return Verdict(outcome: first.outcome, broken: broken) }
    var verdict = Verdict(outcome: first.outcome, statements: pieces.statements, completed: pieces.completed)
    guard comparesMachines, !pieces.usedItsTime else { return verdict }
    var other = options()
    other.instructionSet = "base"
    other.threads = 2
    let second = Execution(pieces: statementPieces(text), other)
    let differs = !second.usedItsTime && (pieces.outcome != second.outcome || pieces.output != second.output)
    if differs { verdict.broken = "another machine, another output" }
    return verdict
  }

  private static func options() -> Session.Options {
    var options = Session.Options()
    options.operationBudget = operations
    options.memoryBudget = memory
    options.threads = 1
    return options
  }

  /// Formatting keeps all that is no white space, and a second time changes nothing.
  private static func formatting(_ text: [UInt8]) -> String? {
    do throws(ScriptFormatter.Failure) {
      let once = try ScriptFormatter.format(text, name: "fuzz.adam") { _, _ in }
      let body = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
      if once.filter({ $0 > 0x20 }) != body.filter({ $0 > 0x20 }) { return "fmt changes more than white space" }
      let twice = try ScriptFormatter.format(once, name: "fuzz.adam") { _, _ in }
      return twice == once ? nil : "fmt changes its own result"
    } catch {
      return error == .changesMeaning ? "fmt changes the meaning" : nil
    }
  }

  fileprivate static func seconds() -> Double { StandardHost.now() }
}

/// A run whose world is memory: no output leaves it, no file is written, two tables can be read.
private struct Execution {
  var outcome: Session.Outcome
  var output: [UInt8]
  var broken: String?
  var usedItsTime: Bool
  var statements = 0
  var completed = 0

  init(_ text: [UInt8], _ options: Session.Options) { self.init(pieces: [text], options) }

  init(pieces: [[UInt8]], _ options: Session.Options) {
    let collected = Collected()
    let deadline = Trial.seconds() + Trial.patience
    let host = Host(
      write: { (bytes) throws(HostError) in collected.add(bytes) }, flush: { () throws(HostError) in },
      progress: { _ in }, open: { (path) throws(HostError) in try TableSource.open(path) },
      replaceFile: { (_, _) throws(HostError) in }, now: { 0 }, isCancelled: { Trial.seconds() > deadline })
    let renderer = DiagnosticRenderer(style: .human, usesColor: false)
    var errors = 0
    let session = Session(host: host, options: options) { diagnostic, sources in
      if diagnostic.severity == .error { errors += 1 }
      if errors < 4 { collected.add(Array(renderer.render(diagnostic, sources).utf8)) }
    }
    outcome = .completed
    for piece in pieces {
      let before = errors
      outcome = session.execute(piece, name: "fuzz.adam")
      statements += 1
      if outcome == .completed { completed += 1 }
      if outcome == .failed, errors == before { broken = "failed without an error" }
      if outcome == .completed, errors > before { broken = "completed with an error" }
      if outcome == .unusable { broken = "unusable" }
    }
    output = collected.bytes
    usedItsTime = Trial.seconds() > deadline
  }
}

/// What a run writes, up to a limit.
private final class Collected: Sendable {
  private let content = Mutex<[UInt8]>([])
  var bytes: [UInt8] { content.withLock { $0 } }
  func add(_ bytes: [UInt8]) {
    content.withLock { if $0.count < 1 << 20 { $0 += bytes } }
  }
}

/// The files of that world.
private final class TableSource: ByteSource {
  private var rest: [UInt8]
  let isReopenable = true
  private init(_ text: String) { rest = Array(text.utf8) }

  static func open(_ path: String) throws(HostError) -> TableSource {
    switch path {
    case "t.csv": return TableSource("a,b,c\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n")
    case "a": return TableSource("x,y\n1,\n\"q\"\"uote\",nan\n1e400,-\n")
    default: throw HostError(.cannotOpen, path: path, reason: "No such file or directory")
    }
  }

  func read(into buffer: inout [UInt8], limit: Int) throws(HostError) -> Bool {
    let part = rest.prefix(max(0, limit))
    buffer += part
    rest.removeFirst(part.count)
    return !part.isEmpty
  }
}
