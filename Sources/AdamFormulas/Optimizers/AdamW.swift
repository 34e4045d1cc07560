// AdamW: Adam with weight decay applied to the weights themselves.

public enum AdamW: OptimizerRule {
  public static var name: String { "adamw" }
  public static var summary: String { "adam whose weight decay does not pass through the averages" }
  public static var reference: String {
    "Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2"
  }
  public static var formula: String { "p = p·(1 − lr·weight_decay), then adam" }
  public static var hyperparameters: [Hyperparameter] { adamHyperparameters(decay: 1e-2) }

  public static func slotNames(_ hyper: [Double]) -> [String] { adamSlots(hyper) }
  public static var scalarNames: [String] { adamScalarNames }
  public static func options(_ hyper: [Double]) -> Int { adamOptions(hyper) }
  /// The decay scalar is the factor 1 − lr·weight_decay.
  public static func scalars(_ hyper: [Double], step: Int) -> [Double] {
    adamScalars(hyper, step: step, decay: 1 - hyper[0] * hyper[4])
  }

  public static func fillScalars(
    _ hyper: [Double], from step: Int, count: Int, rates: [Double]? = nil, into rows: UnsafeMutablePointer<Float>
  ) {
    fillAdamScalars(
      hyper, from: step, count: count, rates: rates, decay: { 1 - $0 * hyper[4] }, into: rows)
  }

  @_transparent
  public static func step<L: Lanes>(
    _ x: inout OptimizerLanes<L>, _ s: OptimizerScalars<L>, options: Int
  ) {
    if options & AdamOption.maximize != 0 { x.gradient = -x.gradient }
    if options & AdamOption.decay != 0 { x.parameter = x.parameter * s.s6 }
    adamStep(&x, s, options: options)
  }
}
