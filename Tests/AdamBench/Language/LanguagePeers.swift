// The peers of the language: programs of the folder `Peers`, started in turn with ours.

/// A program that prints lines `figure seconds` or `peer figure seconds`; `#` starts a remark.
struct LanguagePeer {
  var name: String
  var command: [String]
  var workloads: Set<LanguageWorkload>

  static func all(_ options: Options) -> [LanguagePeer] {
    guard let folder = options.scripts else { return [] }
    return [
      LanguagePeer(name: "lua5.4", command: ["lua5.4", "\(folder)/peer.lua"], workloads: [.L1, .L3]),
      LanguagePeer(
        name: "python", command: [options.python, "\(folder)/peer.py"], workloads: [.L1, .L3, .L4]),
    ]
  }

  /// Seconds by peer and figure; nil when the program is missing or fails.
  func measure(_ workload: LanguageWorkload, _ options: Options) -> [String: [String: Double]]? {
    guard let text = WholeProcess.output(of: command + [workload.rawValue, options.scripts ?? ""]) else { return nil }
    var found: [String: [String: Double]] = [:]
    for line in text.split(separator: "\n") {
      if line.hasPrefix("#") { continue }
      let words = line.split { $0 == " " || $0 == "\t" }
      guard let last = words.last, let seconds = Double(last), words.count >= 2 else { continue }
      found[words.count == 3 ? String(words[0]) : name, default: [:]][String(words[words.count - 2])] = seconds
    }
    return found
  }
}

/// The least that each peer took for each figure over all alternations.
struct PeerTimes {
  private var seconds: [String: [String: Double]] = [:]
  private var missing: Set<String> = []

  mutating func add(_ peer: LanguagePeer, _ workload: LanguageWorkload, _ options: Options) {
    guard let found = peer.measure(workload, options) else {
      if missing.insert(peer.name).inserted { complain("\(peer.command[0]) is not there or failed: skipped") }
      return
    }
    for (name, figures) in found {
      seconds[name, default: [:]].merge(figures) { min($0, $1) }
    }
    for name in Figure.peerNames where workload == .L4 && found[name] == nil && name != "lua5.4" && name != "python" {
      if missing.insert(name).inserted { complain("\(name) is not installed for \(peer.command[0]): skipped") }
    }
  }

  /// Of one figure, by peer.
  func times(of figure: String) -> [String: Double] { seconds.compactMapValues { $0[figure] } }
}
