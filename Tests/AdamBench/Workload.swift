// The workloads, by the names that performance comparisons use.

/// A network that is trained for timing: the layers, the loss and the step whose loss is compared.
struct Network {
  var layers: [String]
  /// Sizes of one sample.
  var input: [Int]
  var outputs: Int
  var loss: String
  var batch: Int
  /// Batches of the data set, visited in order.
  var batches: Int
  /// Step (from 1) whose loss proves that peers do the same work.
  var checkStep: Int
  /// Of one step: the products and convolutions alone, a multiply-add counts two, and the first layer
  /// has no input gradient.
  var flops: Double
  /// The parameters in the order of the peers' file.
  var weights: [StoredArray]
  /// Zeros around each image in the peers' file.
  var storedMargin = 0
  var optimizer = "adam(lr=1e-3)"
  /// Layers of the script's own.
  var definitions = ""
  /// Inputs and targets are whole numbers below it.
  var symbols: Int?

  /// Linear layers with an activation between.
  static func perceptron(
    _ sizes: [Int], _ activation: String, _ loss: String, batch: Int, batches: Int = 1, checkStep: Int
  ) -> Network {
    let pairs = Array(zip(sizes, sizes.dropFirst()))
    let flops = pairs.enumerated().reduce(0.0) { sum, layer in
      sum + 2 * Double(batch * layer.element.0 * layer.element.1) * (layer.offset == 0 ? 2 : 3)
    }
    let layers = pairs.map { "linear(\($0.0), \($0.1))" }
    return Network(
      layers: Array(layers.map { [$0] }.joined(separator: [activation])), input: [sizes[0]],
      outputs: pairs.last?.1 ?? 1, loss: loss, batch: batch, batches: batches, checkStep: checkStep, flops: flops,
      weights: pairs.flatMap { [StoredArray([$0.0, $0.1], order: [1, 0]), StoredArray([$0.1])] })
  }

  /// A small language model: 64 symbols, sequences of 64, two blocks of causal attention with four heads.
  static var transformer: Network {
    let attention = "residual(layer_norm(64), multihead_attention(64, 4, causal=true))"
    let inner = "residual(layer_norm(64), linear(64, 256), gelu(approximate=\"tanh\"), linear(256, 64))"
    let block = [
      StoredArray([64]), StoredArray([64]), StoredArray([64, 192], order: [1, 0]), StoredArray([192]),
      StoredArray([64, 64], order: [1, 0]), StoredArray([64]), StoredArray([64]), StoredArray([64]),
      StoredArray([64, 256], order: [1, 0]), StoredArray([256]), StoredArray([256, 64], order: [1, 0]),
      StoredArray([64]),
    ]
    let ends = [StoredArray([64]), StoredArray([64]), StoredArray([64, 64], order: [1, 0]), StoredArray([64])]
    // Of a token: projections, the two linear layers, and all pairs of places.
    let projections = 64.0 * (192 + 64 + 2 * 256)
    return Network(
      layers: [
        "embedding(64, 64)", "positions(64, 64)", attention, inner, attention, inner, "layer_norm(64)",
        "linear(64, 64)",
      ], input: [64], outputs: 64, loss: "fn(p, y) cross_entropy(p.reshape(_, 64), int(y).reshape(_))", batch: 16,
      batches: 100, checkStep: 10, flops: 16 * 64 * 6 * (2 * projections + 64 * 64 + 2 * 2 * 64 * 64),
      weights: [StoredArray([64, 64]), StoredArray([64, 64])] + block + block + ends,
      optimizer: "adamw(lr=1e-3, weight_decay=0.01)",
      definitions: "layer positions(n, d) { param weight[n, d] = normal(std=0.02); fn(x) x + weight }", symbols: 64)
  }

  /// Two convolutions with pooling and a linear layer, on images of 28 × 28.
  static var convolutional: Network {
    let layers = [
      "conv2d(1, 16, 3, padding=1)", "relu", "max_pool2d(2)",
      "conv2d(16, 32, 3, padding=1)", "relu", "max_pool2d(2)", "flatten", "linear(1568, 10)",
    ]
    let first = 2.0 * 9 * 16 * 784 * 2
    let second = 2.0 * 9 * 16 * 32 * 196 * 3
    let last = 2.0 * 1568 * 10 * 3
    return Network(
      layers: layers, input: [1, 28, 28], outputs: 10, loss: "cross_entropy()", batch: 64, batches: 100,
      checkStep: 20, flops: 64 * (first + second + last),
      weights: [
        StoredArray([9, 16], order: [1, 0]), StoredArray([16]),
        StoredArray([9, 16, 32], order: [2, 1, 0]), StoredArray([32]),
        StoredArray([10, 49, 32], order: [0, 2, 1]), StoredArray([10], padding: 6),
      ], storedMargin: 1)
  }
}

/// An array of the peers' files: its sizes there, and which of its axes are ours from the first on.
struct StoredArray {
  var sizes: [Int]
  var order: [Int]
  /// Elements behind it that mean nothing.
  var padding: Int

  init(_ sizes: [Int], order: [Int]? = nil, padding: Int = 0) {
    self.sizes = sizes
    self.order = order ?? Array(sizes.indices)
    self.padding = padding
  }

  var count: Int { sizes.reduce(1, *) }

  /// The elements in our order.
  func arranged(_ stored: [Float]) -> [Float] {
    var strides = [Int](repeating: 1, count: sizes.count)
    for axis in sizes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * sizes[axis + 1] }
    let offsets = order.reduce([0]) { offsets, axis in
      offsets.flatMap { offset in (0..<sizes[axis]).map { offset + $0 * strides[axis] } }
    }
    return offsets.map { stored[$0] }
  }
}

enum Workload: String, CaseIterable {
  /// The whole process on the ten-line script.
  case W0
  case W1, W2, W3, W4, W5
  /// The update of the parameters alone.
  case W6
  /// Products of matrices.
  case W7
  /// A language model of symbols.
  case W8
  /// The start of the process, nothing done.
  case W10

  var network: Network? {
    switch self {
    case .W1: .perceptron([2, 16, 1], "relu", "mse()", batch: 1, checkStep: 50)
    case .W2: .perceptron([1, 64, 64, 1], "tanh", "mse()", batch: 256, checkStep: 200)
    case .W3: .perceptron([32, 128, 128, 10], "relu", "cross_entropy()", batch: 64, batches: 100, checkStep: 200)
    case .W4: .perceptron([784, 512, 256, 10], "relu", "cross_entropy()", batch: 128, batches: 468, checkStep: 50)
    case .W5: .convolutional
    case .W8: .transformer
    case .W0, .W6, .W7, .W10: nil
    }
  }

  /// What is timed by itself.
  var statements: [TimedStatement] {
    switch self {
    case .W6: [.update]
    case .W7: [64, 128, 256, 512, 1024].map { .product($0, $0, $0) } + [.product(128, 784, 512)]
    default: []
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
  var lossTolerance: Float { self == .W4 || self == .W5 ? 1e-3 : 1e-4 }

  private static let notebook = """
    seed 0; model = seq(linear(2,16), relu, linear(16,1)); data = ([[1, 2]], [[1]])
    loss = mse(); opt = adam(lr=1e-3)
    on epoch every 5 { print "Epoch {epoch:02d}: loss = {loss:.6f}" }
    train 50
    """
}
