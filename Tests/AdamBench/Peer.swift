// Other programs that do the same work: started in turn with ours, compared by ratios.

/// A program of the peers' folder. It prints one JSON object with `sec_per_step` and `loss_check`.
enum Peer: String, CaseIterable {
  case c, torch

  private var script: String {
    switch self {
    case .c: "bench_c.py"
    case .torch: "bench_torch.py"
    }
  }

  private var variant: String { self == .c ? "hand" : "eager" }

  /// One measurement; nil when the program is missing or fails.
  /// - Parameter mark: stands in the line that is meant.
  func measure(_ workload: Workload, _ options: Options, mark: String? = nil) -> PeerResult? {
    guard let folder = options.peers else { return nil }
    let output = WholeProcess.output(of: [
      options.python, "\(folder)/\(script)", workload.rawValue, "--variant", variant,
      "--threads", "\(options.threads)", "--seconds", "\(options.seconds)",
    ])
    let lines = output?.split(separator: "\n").map(String.init) ?? []
    let line = lines.first { $0.has(mark) }.map { JSONLine($0) }
    guard let line, let seconds = line.number("sec_per_step") else { return nil }
    return PeerResult(secondsPerStep: seconds, lossCheck: line.number("loss_check").map { Float($0) })
  }
}

extension String {
  /// Whether the mark stands in it, when there is one.
  fileprivate func has(_ mark: String?) -> Bool {
    guard let mark else { return true }
    let (text, wanted) = (Array(utf8), Array(mark.utf8))
    return text.indices.contains { text[$0...].starts(with: wanted) }
  }
}

struct PeerResult {
  var secondsPerStep: Double
  var lossCheck: Float?
}

/// Ours against one peer, over all alternations.
struct Comparison {
  var peer: Peer
  /// Median of ours / theirs, pair by pair; below 1: we are faster.
  var ratio: Double
  /// Median of the peer's own times.
  var secondsPerStep: Double
  var lossCheck: Float?
  /// Both losses of the compared step lie within the workload's tolerance; nil where there is no loss.
  var agrees: Bool?

  /// nil when the peer gave no figure.
  init?(
    _ peer: Peer, _ workload: Workload, lossCheck: Float?,
    _ pairs: [(ours: Double, theirs: PeerResult?)]
  ) {
    let whole = pairs.compactMap { pair in pair.theirs.map { (pair.ours, $0) } }
    guard let last = whole.last else { return nil }
    self.peer = peer
    ratio = median(whole.map { $0.0 / $0.1.secondsPerStep })
    secondsPerStep = median(whole.map { $0.1.secondsPerStep })
    self.lossCheck = last.1.lossCheck
    if let ours = lossCheck, let theirs = last.1.lossCheck {
      agrees = (ours - theirs).magnitude <= workload.lossTolerance * theirs.magnitude
    } else {
      agrees = lossCheck == nil ? nil : false
    }
  }

  var fields: [String] {
    [
      "\"\(peer)_sec_per_step\":\(secondsPerStep)", "\"ratio_\(peer)\":\(rounded(ratio, 3))",
      "\"\(peer)_loss_check\":\(lossCheck.map { "\($0)" } ?? "null")",
      "\"loss_agrees_\(peer)\":\(agrees.map { "\($0)" } ?? "null")",
    ]
  }

  static let header = Peer.allCases.flatMap { ["\($0)", "ours/\($0)", "loss"] }

  var cells: [String] {
    [duration(secondsPerStep), rounded(ratio, 2), agrees.map { $0 ? "agrees" : "differs" } ?? "-"]
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}
