// Adam: running averages of the gradient and its square give each element its own step.

public enum Adam: OptimizerRule {
  public static var name: String { "adam" }
  public static var summary: String {
    "steps by the average gradient over its root mean square, both corrected for their zero start"
  }
  public static var reference: String {
    "Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1"
  }
  public static var formula: String {
    "m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²; p = p − lr·(m/(1−β1^t)) / (sqrt(v/(1−β2^t)) + eps)"
  }
  public static var hyperparameters: [Hyperparameter] { adamHyperparameters(decay: 0) }

  public static func slotNames(_ hyper: [Double]) -> [String] { adamSlots(hyper) }
  public static var scalarNames: [String] { adamScalarNames }
  public static func options(_ hyper: [Double]) -> Int { adamOptions(hyper) }
  public static func scalars(_ hyper: [Double], step: Int) -> [Double] {
    adamScalars(hyper, step: step, decay: hyper[4])
  }

  public static func fillScalars(
    _ hyper: [Double], from step: Int, count: Int, rates: [Double]? = nil, into rows: UnsafeMutablePointer<Float>
  ) {
    fillAdamScalars(hyper, from: step, count: count, rates: rates, decay: { _ in hyper[4] }, into: rows)
  }

  /// Weight decay is coupled: it joins the gradient, as in torch.
  @_transparent
  public static func step<L: Lanes>(
    _ x: inout OptimizerLanes<L>, _ s: OptimizerScalars<L>, options: Int
  ) {
    if options & AdamOption.maximize != 0 { x.gradient = -x.gradient }
    if options & AdamOption.decay != 0 { x.gradient = L.fma(s.s6, x.parameter, x.gradient) }
    adamStep(&x, s, options: options)
  }
}

/// Bits of `options`, common to adam and adamw.
public enum AdamOption {
  public static let amsgrad = 1
  public static let maximize = 2
  public static let decay = 4
  /// 1 − β1 ≥ 0.5: the average is taken from its other end (numerics rule 4, lerp).
  public static let farLerp = 8
}

/// m, v and the step, shared by adam and adamw. Numerics rule 6 names every rounding:
/// m = lerp(m, g, 1−β1); v = fma((1−β2)·g, g, v·β2); p + (step·m)/(sqrt(v)/root + eps).
@usableFromInline @_transparent
func adamStep<L: Lanes>(
  _ x: inout OptimizerLanes<L>, _ s: OptimizerScalars<L>, options: Int
) {
  let g = x.gradient
  let difference = g - x.slot0
  let m: L
  if options & AdamOption.farLerp != 0 {
    m = L.fma(-difference, L(lanes: 1) - s.s0, g)
  } else {
    m = L.fma(s.s0, difference, x.slot0)
  }
  let v = L.fma(s.s1 * g, g, x.slot1 * s.s2)
  var size = v
  if options & AdamOption.amsgrad != 0 {
    size = L.larger(x.slot2, v)
    x.slot2 = size
  }
  let denominator = quotient(size.squareRoot(), s.s4, inverse: s.inverse4) + s.s5
  x.slot0 = m
  x.slot1 = v
  x.parameter = x.parameter + (s.s3 * m) / denominator
}

/// a/b for a ≥ 0 and one b of many a, to the last bit without the divider, which the root and the other
/// division keep busy. The inverse is 1/b rounded, so that q and, after one correction, a number within an ulp of
/// a/b follow; of that the next correction makes the rounded quotient (Markstein, Computation of elementary
/// functions on the IBM RISC System/6000 processor, 1990). a is 0 or far above the smallest normal number;
/// infinity and NaN stay.
@inlinable @_transparent
public func quotient<L: Lanes>(_ a: L, _ b: L, inverse: L) -> L {
  let q = a * inverse
  let near = L.fma(L.fma(-q, b, a), inverse, q)
  let exact = L.fma(L.fma(-near, b, a), inverse, near)
  return L.select(L.less(a, L(lanes: .infinity)), exact, a)
}

func adamHyperparameters(decay: Double) -> [Hyperparameter] {
  [
    Hyperparameter("lr", [1e-3], doc: "learning rate: the size of a step"),
    Hyperparameter(
      "betas", [0.9, 0.999], to: 1, excludesMaximum: true,
      doc: "how slowly the averages of the gradient and of its square forget"),
    Hyperparameter("eps", [1e-8], doc: "added to the root, so that nothing is divided by zero"),
    Hyperparameter("weight_decay", [decay], doc: "pull of every weight towards zero"),
    Hyperparameter(flag: "amsgrad", doc: "divide by the largest average square seen so far"),
    Hyperparameter(flag: "maximize", doc: "climb instead of descending"),
  ]
}

func adamSlots(_ hyper: [Double]) -> [String] {
  hyper[5] != 0 ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"]
}

let adamScalarNames = [
  "1 − β1", "1 − β2", "β2", "−lr / (1 − β1^t)", "sqrt(1 − β2^t)", "eps", "decay", "",
]

func adamOptions(_ hyper: [Double]) -> Int {
  (hyper[5] != 0 ? AdamOption.amsgrad : 0) | (hyper[6] != 0 ? AdamOption.maximize : 0)
    | (hyper[4] != 0 ? AdamOption.decay : 0) | (1 - hyper[1] >= 0.5 ? AdamOption.farLerp : 0)
}

/// As `adamScalars` for many steps. A row depends on its step alone.
func fillAdamScalars(
  _ hyper: [Double], from step: Int, count: Int, rates: [Double]?, decay: (_ lr: Double) -> Double,
  into rows: UnsafeMutablePointer<Float>
) {
  let β1 = hyper[1], β2 = hyper[2]
  var first = PowerSequence(β1)
  var second = PowerSequence(β2)
  for row in 0..<max(count, 0) {
    let lr = rates?[row] ?? hyper[0]
    let place = rows + row * OptimizerRules.scalarCount
    place[0] = Float(1 - β1)
    place[1] = Float(1 - β2)
    place[2] = Float(β2)
    place[3] = Float(-(lr / first.complement(step + row)))
    place[4] = Float(second.complement(step + row).squareRoot())
    place[5] = Float(hyper[3])
    place[6] = Float(decay(lr))
    place[7] = 0
  }
}

func adamScalars(_ hyper: [Double], step: Int, decay: Double) -> [Double] {
  let lr = hyper[0], β1 = hyper[1], β2 = hyper[2]
  let correction1 = 1 - HostMath.power(β1, step)
  let correction2 = 1 - HostMath.power(β2, step)
  return [
    1 - β1, 1 - β2, β2, -(lr / correction1), correction2.squareRoot(), hyper[3], decay, 0,
  ]
}
