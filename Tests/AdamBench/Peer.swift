// Other programs that do the same work: started in turn with ours, compared by ratios.

/// A program that does the work of some workloads.
struct Peer {
  /// How it is timed.
  enum Way {
    /// A script of the peers' folder, which prints one JSON object a line with `sec_per_step` and `loss_check`.
    case steps(script: String, variant: String)
    /// An interpreter of Lua as a whole process: it runs the folder's script of W0, or nothing.
    case process(String)
  }

  let name: String
  let way: Way
  let workloads: Set<Workload>

  /// The fastest of each workload that were found, and C by hand: what a day of work by an engineer gives.
  static let all = [
    Peer(
      name: "c", way: .steps(script: "bench_c.py", variant: "hand"),
      workloads: [.W1, .W2, .W3, .W4, .W5, .W6, .W7]),
    Peer(name: "jax-unroll", way: .steps(script: "bench_jax.py", variant: "unroll"), workloads: [.W1]),
    Peer(name: "jax-scan", way: .steps(script: "bench_jax.py", variant: "scan"), workloads: [.W2, .W3, .W4]),
    Peer(
      name: "torch-fused", way: .steps(script: "bench_torch.py", variant: "fused"),
      workloads: [.W1, .W2, .W3, .W4, .W5, .W6, .W7, .W8]),
    Peer(name: "torch-compile", way: .steps(script: "bench_torch.py", variant: "compilefull"), workloads: [.W8]),
    Peer(name: "luajit", way: .process("luajit"), workloads: [.W0, .W10]),
    Peer(name: "lua5.4", way: .process("lua5.4"), workloads: [.W0, .W10]),
  ]

  /// One measurement; nil when the program is missing or fails.
  /// - Parameter mark: stands in the line that is meant.
  func measure(_ workload: Workload, _ options: Options, mark: String? = nil) -> PeerResult? {
    guard let folder = options.peers else { return nil }
    switch way {
    case .steps(let script, let variant):
      return steps(
        [
          options.python, "\(folder)/\(script)", workload.rawValue, "--variant", variant,
          "--threads", "\(options.threads)", "--seconds", "\(options.seconds)",
        ], mark: mark)
    case .process(let lua):
      let arguments = workload == .W0 ? ["\(folder)/seeds/seed.lua"] : ["-e", ""]
      let found = WholeProcess.measure([lua] + arguments, runs: options.processRuns)
      return found.map { PeerResult(secondsPerStep: $0.median, lossCheck: nil) }
    }
  }

  private func steps(_ command: [String], mark: String?) -> PeerResult? {
    let lines = WholeProcess.output(of: command)?.split(separator: "\n").map(String.init) ?? []
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
  var peer: String
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
    self.peer = peer.name
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

  static let header = ["workload", "threads", "ours", "peer", "theirs", "ours/theirs", "loss"]

  var cells: [String] {
    [peer, duration(secondsPerStep), rounded(ratio, 2), agrees.map { $0 ? "agrees" : "differs" } ?? "-"]
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}
