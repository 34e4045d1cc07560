// The workloads, by the names that performance comparisons use.

/// A network that is trained for timing: the shapes, the loss and the step whose loss is compared.
struct Network {
  var sizes: [Int]
  var activation: String
  var loss: String
  var batch: Int
  /// Batches of the data set, visited in order.
  var batches: Int
  /// Step (from 1) whose loss proves that peers do the same work.
  var checkStep: Int

  var layers: [String] {
    var layers: [String] = []
    for index in 1..<sizes.count {
      layers.append("linear(\(sizes[index - 1]), \(sizes[index]))")
      if index + 1 < sizes.count { layers.append(activation) }
    }
    return layers
  }

  /// Multiply-adds count two; the first layer has no input gradient.
  var flops: Double {
    (1..<sizes.count).reduce(0) { sum, index in
      sum + 2 * Double(batch * sizes[index - 1] * sizes[index]) * (index == 1 ? 2 : 3)
    }
  }
}

enum Workload: String, CaseIterable {
  /// The whole process on the ten-line script.
  case W0
  case W1, W2, W3, W4
  /// The start of the process, nothing done.
  case W10

  var network: Network? {
    switch self {
    case .W1:
      Network(
        sizes: [2, 16, 1], activation: "relu", loss: "mse", batch: 1, batches: 1, checkStep: 50)
    case .W2:
      Network(
        sizes: [1, 64, 64, 1], activation: "tanh", loss: "mse", batch: 256, batches: 1,
        checkStep: 200)
    case .W3:
      Network(
        sizes: [32, 128, 128, 10], activation: "relu", loss: "cross_entropy", batch: 64,
        batches: 100, checkStep: 200)
    case .W4:
      Network(
        sizes: [784, 512, 256, 10], activation: "relu", loss: "cross_entropy", batch: 128,
        batches: 468, checkStep: 50)
    case .W0, .W10: nil
    }
  }

  /// What the program is started with; nil for networks.
  var arguments: [String]? {
    switch self {
    case .W0: ["-e", Self.notebook]
    case .W10: ["-e", ""]
    default: nil
    }
  }

  /// How far a peer's loss may lie from ours, relative: other sums, other roundings.
  var lossTolerance: Float { self == .W4 ? 1e-3 : 1e-4 }

  private static let notebook = """
    seed 0; model = seq(linear(2,16), relu, linear(16,1)); data = ([[1, 2]], [[1]])
    loss = mse(); opt = adam(lr=1e-3)
    on epoch every 5 { print "Epoch {epoch:02d}: loss = {loss:.6f}" }
    train 50
    """
}
