// Figures of an earlier run, as `--json` wrote them, beside those of this one.

struct Baseline {
  private struct Figure {
    var seconds: Double
    var fastest: Double
  }
  private var figures: [String: Figure] = [:]
  /// The processor that it was measured on.
  private(set) var processor: String?

  init(_ path: String) throws {
    for line in try textOfFile(path).split(separator: "\n") {
      let line = JSONLine(String(line))
      if let machine = line.string("machine") { processor = machine }
      guard let workload = line.string("workload"), let threads = line.number("threads"),
        let seconds = line.number("sec_per_step"), let fastest = line.number("min_sec_per_step")
      else { continue }
      figures[Self.key(workload, line.string("part"), Int(threads))] = Figure(seconds: seconds, fastest: fastest)
    }
  }

  private static func key(_ workload: String, _ part: String?, _ threads: Int) -> String {
    "\(workload) \(part ?? "") \(threads)"
  }

  /// How much longer or shorter a step takes now; "same" when the two differ by no more than each of them
  /// varied in itself (and by no less than 3 %); nil where there is nothing to compare with.
  func change(_ now: Measurement) -> String? {
    guard let before = figures[Self.key(now.workload.rawValue, now.part, now.threads)] else { return nil }
    let ratio = now.secondsPerStep / before.seconds
    let noise = max(now.secondsPerStep / now.fastest, before.seconds / before.fastest, 1.03)
    if ratio < noise, ratio > 1 / noise { return "same" }
    return (ratio > 1 ? "+" : "") + rounded((ratio - 1) * 100, 1) + " %"
  }
}

/// A flat JSON object on one line.
struct JSONLine {
  private let bytes: [UInt8]
  init(_ text: String) { bytes = Array(text.utf8) }

  func number(_ field: String) -> Double? {
    value(field).flatMap { Double(String(decoding: $0.prefix { $0 != 0x2C && $0 != 0x7D }, as: UTF8.self)) }
  }

  func string(_ field: String) -> String? {
    guard let value = value(field), value.first == 0x22 else { return nil }
    return String(decoding: value.dropFirst().prefix { $0 != 0x22 }, as: UTF8.self)
  }

  /// From the field's value on.
  private func value(_ field: String) -> ArraySlice<UInt8>? {
    let key = Array("\"\(field)\":".utf8)
    guard bytes.count > key.count else { return nil }
    let start = (0...(bytes.count - key.count)).first { bytes[$0...].starts(with: key) }
    return start.map { bytes[($0 + key.count)...].drop { $0 == 0x20 } }
  }
}
