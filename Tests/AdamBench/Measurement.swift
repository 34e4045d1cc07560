// What is measured of a workload, and how it is printed.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One workload's figures.
struct Measurement {
  var workload: String
  var threads: Int
  /// Median over seven blocks; the whole process for W0 and W10.
  var secondsPerStep: Double
  var fastest: Double
  /// The loss of the compared step; nil where there is none.
  var lossCheck: Float?
  /// Heap allocations between the steps 10 and 1,010; nil for whole processes.
  var allocations: Int?
  var peakMegabytes: Double
  var flops = 0.0

  /// One JSON object, fields in fixed order.
  var json: String {
    var fields = ["\"workload\":\"\(workload)\"", "\"threads\":\(threads)", "\"sec_per_step\":\(secondsPerStep)"]
    fields.append("\"min_sec_per_step\":\(fastest)")
    fields.append("\"loss_check\":\(lossCheck.map { "\($0)" } ?? "null")")
    fields.append("\"allocations\":\(allocations.map { "\($0)" } ?? "null")")
    fields.append("\"peak_rss_mb\":\(rounded(peakMegabytes, 1))")
    return "{" + fields.joined(separator: ",") + "}"
  }

  static let header = ["workload", "threads", "per step", "fastest", "GFLOP/s", "loss", "allocations", "RSS MB"]

  var cells: [String] {
    [
      workload, "\(threads)", duration(secondsPerStep), duration(fastest),
      flops > 0 ? rounded(flops / secondsPerStep / 1e9, 1) : "–", lossCheck.map { "\($0)" } ?? "–",
      allocations.map { "\($0)" } ?? "–", rounded(peakMegabytes, 1),
    ]
  }
}

/// Columns padded to their widest cell.
func table(_ rows: [[String]]) -> String {
  let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
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

/// Peak resident memory of this process.
func peakMegabytes() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(0), &usage)
  return Double(usage.ru_maxrss) / 1024
}

/// Median and minimum of seven blocks of at least `seconds / 7` each; `body` does n steps.
func time(seconds: Double, _ body: (Int) -> Void) -> (median: Double, fastest: Double) {
  var count = 1
  var elapsed = 0.0
  while elapsed < 0.03 * seconds && count < 1 << 40 {
    let start = now()
    body(count)
    elapsed = now() - start
    if elapsed < 0.03 * seconds { count *= 2 }
  }
  let block = max(1, Int(exactly: (seconds / 7 / (elapsed / Double(count))).rounded(.down)) ?? 1)
  var times = (0..<7).map { _ -> Double in
    let start = now()
    body(block)
    return (now() - start) / Double(block)
  }
  times.sort()
  return (times[3], times[0])
}
