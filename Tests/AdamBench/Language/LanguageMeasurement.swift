// Measures the figures of the language, in turn with the peers. All times are the processor's: another
// program on the machine changes them little.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import AdamData
import AdamKit
import AdamSource
import AdamSyntax

/// Seconds of this thread on a processor.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The least of several runs.
func fewestSeconds(runs: Int, _ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<runs {
    let start = processorSeconds()
    try body()
    best = min(best, processorSeconds() - start)
  }
  return best
}

/// A session for scripts that must not fail.
struct LanguageSession {
  let session: Session

  init() {
    let host = Host(
      write: { _ in }, flush: {}, progress: { _ in },
      open: { path throws(HostError) in throw HostError(.cannotOpen, path: path, reason: "") },
      replaceFile: { _, _ in }, now: { now() }, isCancelled: { false })
    var options = Session.Options()
    options.threads = 1
    session = Session(host: host, options: options) { diagnostic, _ in
      if diagnostic.severity == .error { complain(diagnostic.message) }
    }
  }

  func execute(_ text: String) throws {
    guard session.execute(Array(text.utf8), name: "bench") == .completed else {
      throw BenchError("a script of the benchmark failed")
    }
  }
}

extension LanguageWorkload {
  /// Our figures; each is the least of the runs of this call.
  func measure(_ options: Options) throws -> [Figure] {
    switch self {
    case .L1: try parse(options)
    case .L2: try check(options)
    case .L3: try LanguageScripts.loops.map { try run($0) }
    case .L4: try LanguageScripts.tensorOperations.map { try operate($0) }
    case .L5: [try plan()]
    case .L6: try sizes(options)
    }
  }

  private func parse(_ options: Options) throws -> [Figure] {
    let text = try LanguageScripts.repeated(options.scripts ?? "", bytes: 4_000_000)
    let source = SourceText(name: "bench", bytes: text)
    let seconds = fewestSeconds(runs: 5) { _ = AdamSyntax.parse(source, id: SourceID(0)) }
    return [
      Figure(
        workload: self, name: "parse", unit: .megabytesPerSecond, seconds: seconds / Double(text.count),
        target: 20)
    ]
  }

  private func check(_ options: Options) throws -> [Figure] {
    let text = try LanguageScripts.repeated(options.scripts ?? "", lines: 1000)
    let seconds = try fewestSeconds(runs: 7) {
      guard LanguageSession().session.check(text, name: "bench") == .completed else {
        throw BenchError("the script to check is wrong")
      }
    }
    return [Figure(workload: self, name: "check 1,000 lines", unit: .milliseconds, seconds: seconds, target: 50)]
  }

  private func run(_ loop: LanguageScripts.Loop) throws -> Figure {
    let bench = LanguageSession()
    let isFunction = loop.text.hasPrefix("fn")
    try bench.execute("n = \(loop.turns)" + (isFunction ? "\n" + loop.text : ""))
    let call = isFunction ? "f(n);" : loop.text
    let seconds = try fewestSeconds(runs: 15) { try bench.execute(call) }
    return Figure(
      workload: self, name: loop.name, unit: .millionsPerSecond, seconds: seconds / Double(loop.turns),
      count: loop.operations, target: loop.isSimple ? 150 : nil, ofLua: 0.5)
  }

  private func operate(_ operation: String) throws -> Figure {
    let bench = LanguageSession()
    let turns = 20_000
    try bench.execute(LanguageScripts.tensors)
    let seconds = try fewestSeconds(runs: 15) {
      try bench.execute("for i in 0..<\(turns) { z = \(operation) }")
    }
    return Figure(
      workload: self, name: operation.filter { $0 != " " }, unit: .nanoseconds, seconds: seconds / Double(turns),
      target: 300)
  }

  /// Every width is another plan.
  private func plan() throws -> Figure {
    var width = 16
    var best = Double.infinity
    for _ in 0..<15 {
      let bench = LanguageSession()
      try bench.execute(LanguageScripts.network(width: width))
      best = min(best, try fewestSeconds(runs: 1) { try bench.execute("train 1 steps") })
      width += 1
    }
    return Figure(workload: self, name: "trace, plan, first step", unit: .milliseconds, seconds: best, target: 2)
  }

  private func sizes(_ options: Options) throws -> [Figure] {
    var figures = [
      Figure(
        workload: self, name: "program", unit: .megabytes,
        seconds: Double(try fileSize(options.program)) / 1e6)
    ]
    for (name, workload) in [("memory at start", Workload.W10), ("memory of the notebook", .W0)] {
      guard let megabytes = WholeProcess.peakMegabytes([options.program] + (workload.arguments ?? [])) else { continue }
      figures.append(Figure(workload: self, name: name, unit: .megabytes, seconds: megabytes, target: 10))
    }
    return figures
  }
}

/// Ours and the peers' in turn; of each figure the least.
func measureLanguage(_ workload: LanguageWorkload, _ options: Options) throws -> [Figure] {
  var figures = try workload.measure(options)
  let peers = LanguagePeer.all(options).filter { $0.workloads.contains(workload) }
  var times = PeerTimes()
  for round in 0..<alternations {
    if round > 0 {
      for (index, figure) in try workload.measure(options).enumerated() {
        figures[index].seconds = min(figures[index].seconds, figure.seconds)
      }
    }
    for peer in peers { times.add(peer, workload, options) }
  }
  for index in figures.indices { figures[index].peers = times.times(of: figures[index].name) }
  return figures
}
