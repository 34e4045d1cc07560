// What is measured of the language, and how it is printed beside its target and its peers.

/// The parts of the language whose speed has a target.
enum LanguageWorkload: String, CaseIterable {
  /// Reading a script of some megabytes.
  case L1
  /// Checking a script of 1,000 lines.
  case L2
  /// Loops of the VM.
  case L3
  /// Single operations on tensors of 16 elements.
  case L4
  /// From `train` to the end of the first step of a network of ten layers.
  case L5
  /// The program's size, and the memory of a process that does nothing and of the notebook.
  case L6
}

/// One figure.
struct Figure {
  enum Unit: String {
    case megabytesPerSecond = "MB/s"
    case millionsPerSecond = "M/s"
    case milliseconds = "ms"
    case nanoseconds = "ns"
    case megabytes = "MB"

    /// More is better.
    var isRate: Bool { self == .megabytesPerSecond || self == .millionsPerSecond }
  }

  var workload: LanguageWorkload
  /// The same as in the peers' output.
  var name: String
  var unit: Unit
  /// What one unit of work (a byte, a turn of a loop, an operation) took; megabytes for sizes.
  var seconds: Double
  /// Operations, bytes or calls in one unit of work.
  var count = 1.0
  /// What must hold, in `unit`.
  var target: Double?
  /// What one unit of work took elsewhere.
  var peers: [String: Double] = [:]
  /// So many times as fast as lua5.4 at least.
  var ofLua: Double?

  var value: Double { value(of: seconds) }

  func value(of seconds: Double) -> Double {
    switch unit {
    case .megabytesPerSecond, .millionsPerSecond: count / seconds / 1e6
    case .milliseconds: seconds * 1e3
    case .nanoseconds: seconds * 1e9
    case .megabytes: seconds
    }
  }

  /// How many times as fast as a peer.
  func ratio(_ peer: String) -> Double? { peers[peer].map { $0 / seconds } }

  /// nil: nothing is asked.
  var holds: Bool? {
    let own = target.map { unit.isRate ? value >= $0 : value < $0 }
    let beside = ofLua.flatMap { wanted in ratio("lua5.4").map { $0 >= wanted } }
    return [own, beside].compactMap(\.self).isEmpty ? nil : own != false && beside != false
  }

  private var targetText: String {
    let own = target.map { "\(unit.isRate ? ">=" : "<") \(rounded($0, 1))" }
    let beside = ofLua.map { ">= \($0) of lua" }
    let parts = [own, beside].compactMap(\.self)
    return parts.isEmpty ? "-" : parts.joined(separator: ", ")
  }

  static let peerNames = ["lua5.4", "python", "numpy", "torch"]
  static let header = ["workload", "figure", "adam", "unit", "target", ""] + peerNames.flatMap { [$0, "adam is"] }

  var cells: [String] {
    [
      workload.rawValue, name, rounded(value, value < 10 ? 2 : 1), unit.rawValue, targetText,
      holds.map { $0 ? "holds" : "MISSED" } ?? "",
    ]
      + Self.peerNames.flatMap { peer in
        [
          peers[peer].map { rounded(value(of: $0), 1) } ?? "-",
          ratio(peer).map { "\(rounded($0, 2)) x" } ?? "-",
        ]
      }
  }

  var json: String {
    var fields = [
      "\"workload\":\"\(workload.rawValue)\"", "\"figure\":\"\(name)\"", "\"value\":\(value)",
      "\"unit\":\"\(unit.rawValue)\"", "\"target\":\(target.map { "\($0)" } ?? "null")",
      "\"holds\":\(holds.map { "\($0)" } ?? "null")",
    ]
    for peer in Self.peerNames {
      if let seconds = peers[peer] { fields.append("\"\(peer)\":\(value(of: seconds))") }
      if let ratio = ratio(peer) { fields.append("\"ratio_\(peer)\":\(rounded(ratio, 3))") }
    }
    return "{" + fields.joined(separator: ",") + "}"
  }
}
