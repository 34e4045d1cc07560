// What is measured of a workload, and how it is printed.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One workload's figures.
struct Measurement {
  var workload: Workload
  /// One of several parts of a workload.
  var part: String?
  var threads: Int
  /// Median over seven blocks; the whole process for W0 and W10.
  var secondsPerStep: Double
  var fastest: Double
  /// The loss of the compared step; nil where there is none.
  var lossCheck: Float?
  /// Heap allocations between the steps 10 and 1,010; nil for whole processes.
  var allocations: Int?
  var peakMegabytes: Double
  var work: Work?
  var peers: [Comparison] = []
  /// Of the machine's limit, for work that has one.
  var share: Double?
  /// Against an earlier run.
  var change: String?

  /// One JSON object, fields in fixed order.
  var json: String {
    var fields = [
      "\"workload\":\"\(workload.rawValue)\"", "\"threads\":\(threads)",
      "\"sec_per_step\":\(secondsPerStep)", "\"min_sec_per_step\":\(fastest)",
      "\"loss_check\":\(lossCheck.map { "\($0)" } ?? "null")",
      "\"allocations\":\(allocations.map { "\($0)" } ?? "null")",
      "\"peak_rss_mb\":\(rounded(peakMegabytes, 1))",
    ]
    if let network = workload.network {
      fields.append("\"check_step\":\(network.checkStep)")
      fields.append("\"samples_per_s\":\((Double(network.batch) / secondsPerStep).rounded())")
    }
    if let share { fields.append("\"share_of_limit\":\(rounded(share, 3))") }
    if let part { fields.append("\"part\":\"\(part)\"") }
    if let (name, count) = work?.field { fields.append("\"\(name)\":\(rounded(count / secondsPerStep / 1e9, 2))") }
    return "{" + (fields + peers.flatMap(\.fields)).joined(separator: ",") + "}"
  }

  static let header = [
    "workload", "threads", "per step", "fastest", "rate", "of limit", "loss", "allocations", "RSS MB", "change",
  ]

  var cells: [String] {
    [
      name, "\(threads)", duration(secondsPerStep), duration(fastest),
      work?.rate(secondsPerStep) ?? "-", share.map { "\(rounded($0 * 100, 1)) %" } ?? "-", lossCheck.map { "\($0)" } ?? "-",
      allocations.map { "\($0)" } ?? "-", rounded(peakMegabytes, 1), change ?? "-",
    ]
  }

  /// A row for each peer that gave a figure.
  var comparisonRows: [[String]] {
    peers.map { [name, "\(threads)", duration(secondsPerStep)] + $0.cells }
  }

  private var name: String { workload.rawValue + (part.map { " \($0)" } ?? "") }
}

/// Columns padded to their widest cell; short rows end early.
func table(_ rows: [[String]]) -> String {
  let widths = (rows.first ?? []).indices.map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
  }.joined(separator: "\n")
}

func rounded(_ value: Double, _ digits: Int) -> String {
  let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
  return "\((value * scale).rounded() / scale)"
}

func duration(_ seconds: Double) -> String {
  if seconds < 1e-6 { return rounded(seconds * 1e9, 1) + " ns" }
  if seconds < 1e-3 { return rounded(seconds * 1e6, 3) + " µs" }
  return rounded(seconds * 1e3, 3) + " ms"
}

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Forgets the peak so far, for the next workload and for the programs it starts (a new process
/// begins with its parent's peak). Nothing happens where the system has no such thing.
func forgetPeak() {
  let descriptor = open("/proc/self/clear_refs", O_WRONLY)
  if descriptor < 0 { return }
  var command = UInt8(ascii: "5")
  write(descriptor, &command, 1)
  close(descriptor)
}

/// Peak resident memory of this process.
func peakMegabytes() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(0), &usage)
  return Double(usage.ru_maxrss) / 1024
}

/// Median and minimum of seven blocks of at least `seconds / 7` each; `body` does n steps.
func time(
  seconds: Double, _ body: (Int) throws -> Void
) rethrows -> (median: Double, fastest: Double) {
  var count = 1
  var elapsed = 0.0
  while elapsed < 0.03 * seconds && count < 1 << 40 {
    let start = now()
    try body(count)
    elapsed = now() - start
    if elapsed < 0.03 * seconds { count *= 2 }
  }
  let block = max(1, Int(exactly: (seconds / 7 / elapsed * Double(count)).rounded(.down)) ?? 1)
  var times = try (0..<7).map { _ -> Double in
    let start = now()
    try body(block)
    return (now() - start) / Double(block)
  }
  times.sort()
  return (times[3], times[0])
}
