// Times the workloads, beside other programs when asked to. `scripts/dev/bench` builds and calls it.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import CAllocationCount

/// Writes at once: a reader sees each line when its workload is done.
func put(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count <= 0 { return }
    bytes = bytes.dropFirst(count)
  }
}

func complain(_ message: String) { put("bench: \(message)\n", to: 2) }

/// Pairs of ours and a peer's.
let alternations = 5

func measureProcess(_ workload: Workload, _ arguments: [String], _ options: Options) throws
  -> Measurement
{
  setenv("ADAM_THREADS", "\(options.threads)", 1)
  var megabytes = 0.0
  let (times, results) = try alternating(workload, options) {
    guard let found = WholeProcess.measure([options.program] + arguments, runs: options.processRuns) else {
      throw BenchError("\(options.program) failed")
    }
    megabytes = max(megabytes, found.megabytes)
    return (found.median, found.fastest)
  }
  return Measurement(
    workload: workload, threads: options.threads, secondsPerStep: median(times.map(\.median)),
    fastest: times.map(\.fastest).min() ?? .nan, peakMegabytes: megabytes,
    peers: comparisons(workload, times, results, lossCheck: nil))
}

func measureNetwork(_ workload: Workload, _ network: Network, _ options: Options) throws
  -> Measurement
{
  let data = try network.data(workload, folder: options.data)
  func training() throws -> NetworkTraining {
    try NetworkTraining(
      workload, network, data: data, threads: options.threads, folder: options.data)
  }
  let loss = try training().loss(ofStep: network.checkStep)
  let allocations = try training().allocations()
  let timed = try training()
  try timed.train(1)
  let (times, results) = try alternating(workload, options) {
    try time(seconds: options.seconds) { try timed.train($0) }
  }
  return Measurement(
    workload: workload, threads: options.threads, secondsPerStep: median(times.map(\.median)),
    fastest: times.map(\.fastest).min() ?? .nan, lossCheck: loss, allocations: allocations,
    peakMegabytes: peakMegabytes(), work: .flops(network.flops),
    peers: comparisons(workload, times, results, lossCheck: loss))
}

func measureStatement(_ workload: Workload, _ statement: TimedStatement, _ options: Options) throws
  -> Measurement
{
  let loop = try StatementLoop(statement, threads: options.threads)
  try loop.run(3)
  let (times, results) = try alternating(workload, options, mark: statement.peersMark) {
    try time(seconds: options.seconds) { try loop.run($0) }
  }
  return Measurement(
    workload: workload, part: statement.name, threads: options.threads,
    secondsPerStep: median(times.map(\.median)), fastest: times.map(\.fastest).min() ?? .nan,
    peakMegabytes: peakMegabytes(), work: statement.work,
    peers: comparisons(workload, times, results, lossCheck: nil))
}

typealias Times = (median: Double, fastest: Double)

/// Ours and each peer in turn, or ours once where there are no peers.
/// - Parameter mark: what the peers' line says that is meant; nil: they print one.
func alternating(_ workload: Workload, _ options: Options, mark: String? = nil, _ ours: () throws -> Times)
  throws -> ([Times], [[PeerResult?]])
{
  guard options.peers != nil else { return ([try ours()], []) }
  let peers = Peer.all.filter { $0.workloads.contains(workload) }
  var times: [Times] = []
  var results: [[PeerResult?]] = []
  for _ in 0..<alternations {
    times.append(try ours())
    results.append(peers.map { $0.measure(workload, options, mark: mark) })
  }
  return (times, results)
}

/// - Parameter results: of the workload's peers, a row for each alternation.
func comparisons(_ workload: Workload, _ times: [Times], _ results: [[PeerResult?]], lossCheck: Float?)
  -> [Comparison]
{
  Peer.all.filter { $0.workloads.contains(workload) }.enumerated().compactMap { column, peer in
    let pairs = zip(times, results).map { (ours: $0.median, theirs: $1[column]) }
    return Comparison(peer, workload, lossCheck: lossCheck, pairs)
  }
}

/// A workload's parts.
func measure(_ workload: Workload, _ options: Options) throws -> [Measurement] {
  forgetPeak()
  if let network = workload.network { return [try measureNetwork(workload, network, options)] }
  if let arguments = workload.arguments { return [try measureProcess(workload, arguments, options)] }
  return try workload.statements.map {
    forgetPeak()
    return try measureStatement(workload, $0, options)
  }
}

/// The calls of a network's step, each with the shortest of its times.
func showCalls(_ workload: Workload, _ network: Network, _ options: Options) throws {
  let data = try network.data(workload, folder: options.data)
  let training = try NetworkTraining(workload, network, data: data, threads: options.threads, folder: options.data)
  let calls = try training.callTimes(500)
  let sum = calls.reduce(0) { $0 + $1.nanoseconds }
  put("\(workload.rawValue): \(calls.count) calls, \(sum) ns\n", to: 1)
  for call in calls { put("\(call.nanoseconds) ns  \(call.label)\n", to: 1) }
}

/// One thread stays on one core, as the peers do. Whole processes do not: they would start where the
/// benchmark is, and differently with one thread than with two.
func keepOnCore(_ options: Options) {
  guard options.threads == 1 else { return }
  adam_keep_on_core(getenv("PERF_CORE").flatMap { Int32(String(cString: $0)) } ?? 1)
}

func run(_ options: Options) throws {
  keepOnCore(options)
  if options.showsCalls {
    for workload in options.workloads {
      if let network = workload.network { try showCalls(workload, network, options) }
    }
    return
  }
  var rows = [Measurement.header]
  var comparisons = [Comparison.header]
  let baseline = try options.baseline.map { try Baseline($0) }
  let machine = options.workloads.isEmpty ? nil : Machine.measured(threads: options.threads, seconds: options.seconds)
  if let machine { put((options.isJSON ? machine.json : machine.text) + "\n", to: 1) }
  if let known = baseline?.processor, known != machine?.processor { complain("the baseline is of another machine, \(known)") }
  for workload in options.workloads {
    workload.arguments == nil ? keepOnCore(options) : adam_leave_core()
    for var measurement in try measure(workload, options) {
      measurement.share = measurement.work.flatMap { machine?.share($0, measurement.secondsPerStep) }
      measurement.change = baseline?.change(measurement)
      if options.isJSON { put(measurement.json + "\n", to: 1) }
      rows.append(measurement.cells)
      comparisons += measurement.comparisonRows
    }
  }
  for rows in [rows, comparisons] where !options.isJSON && rows.count > 1 { put(table(rows) + "\n", to: 1) }
  try runLanguage(options)
}

func runLanguage(_ options: Options) throws {
  var rows = [Figure.header]
  for workload in options.language {
    for figure in try measureLanguage(workload, options) {
      if options.isJSON { put(figure.json + "\n", to: 1) }
      rows.append(figure.cells)
    }
  }
  if !options.isJSON, rows.count > 1 { put(table(rows) + "\n", to: 1) }
}

if let program = WholeProcess.askedForPeak(CommandLine.arguments) {
  guard let found = WholeProcess.measure(program, runs: 3) else { exit(1) }
  put("\(found.megabytes)\n", to: 1)
  exit(0)
}
guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
  put(Options.usage, to: 2)
  exit(2)
}
do {
  try run(options)
} catch {
  complain("\(error)")
  exit(1)
}
