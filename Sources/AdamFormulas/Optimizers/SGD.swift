// Gradient descent, with momentum if wanted.

public enum SGD: OptimizerRule {
  public static var name: String { "sgd" }
  public static var summary: String { "steps against the gradient, with optional momentum" }
  public static var reference: String {
    "Sutskever et al., On the importance of initialization and momentum, 2013, in torch's form"
  }
  public static var formula: String {
    "b = momentum·b + (1−dampening)·g (first step b = g); p = p − lr·(nesterov ? g + momentum·b : b)"
  }
  public static var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter("lr", [1e-3], doc: "learning rate: the size of a step"),
      Hyperparameter("momentum", [0], doc: "how much of the last direction is kept"),
      Hyperparameter("dampening", [0], to: 1, doc: "how much less of the gradient joins it"),
      Hyperparameter("weight_decay", [0], doc: "pull of every weight towards zero"),
      Hyperparameter(flag: "nesterov", doc: "look ahead along the momentum"),
      Hyperparameter(flag: "maximize", doc: "climb instead of descending"),
    ]
  }

  public static func mistake(_ hyper: [Double]) -> String? {
    let isWrong = hyper[4] != 0 && (hyper[1] == 0 || hyper[2] != 0)
    return isWrong ? "`nesterov` needs a `momentum` above 0 and `dampening` 0" : nil
  }

  public static func slotNames(_ hyper: [Double]) -> [String] {
    hyper[1] != 0 ? ["momentum_buffer"] : []
  }
  public static var scalarNames: [String] {
    ["−lr", "momentum", "1 − dampening (first step: 1)", "weight_decay", "", "", "", ""]
  }
  public static func options(_ hyper: [Double]) -> Int {
    (hyper[1] != 0 ? SGDOption.momentum : 0) | (hyper[3] != 0 ? SGDOption.decay : 0)
      | (hyper[4] != 0 ? SGDOption.nesterov : 0) | (hyper[5] != 0 ? SGDOption.maximize : 0)
  }
  /// Torch copies the gradient into the buffer at the first step; a buffer of zeros and a factor
  /// of one give the same number.
  public static func scalars(_ hyper: [Double], step: Int) -> [Double] {
    [-hyper[0], hyper[1], step <= 1 ? 1 : 1 - hyper[2], hyper[3], 0, 0, 0, 0]
  }

  @_transparent
  public static func step<L: Lanes>(
    _ x: inout OptimizerLanes<L>, _ s: OptimizerScalars<L>, options: Int
  ) {
    var direction = x.gradient
    if options & SGDOption.maximize != 0 { direction = -direction }
    if options & SGDOption.decay != 0 { direction = L.fma(s.s3, x.parameter, direction) }
    if options & SGDOption.momentum != 0 {
      x.slot0 = L.fma(s.s2, direction, x.slot0 * s.s1)
      direction =
        options & SGDOption.nesterov != 0 ? L.fma(s.s1, x.slot0, direction) : x.slot0
    }
    x.parameter = L.fma(s.s0, direction, x.parameter)
  }
}

/// Bits of `options`.
public enum SGDOption {
  public static let momentum = 1
  public static let nesterov = 2
  public static let decay = 4
  public static let maximize = 8
}
