// The learning rates of the next steps, and their momentum where a schedule moves it.
import AdamFormulas
import AdamIR
import AdamSource

struct StepRates {
  let count: Int
  /// One for each step; nil: the number of the settings.
  private var rates: [Double]?
  private var momenta: [Double]?
  private var momentumPlace: Int?

  /// `count` steps from `step` on, asked of a schedule; without one the settings say it all.
  init(
    _ optimizer: Optimizer, _ schedule: RateSchedule?, from step: Int, count: Int,
    _ context: any ExecutionContext
  ) throws(Diagnostic) {
    self.count = max(count, 0)
    guard let schedule else { return }
    var rates: [Double] = []
    var momenta: [Double] = []
    momentumPlace = optimizer.momentumPlace
    for row in 0..<self.count {
      rates.append(try schedule.rate(at: step + row, context))
      if momentumPlace != nil, let momentum = schedule.momentum(at: step + row) { momenta.append(momentum) }
    }
    self.rates = rates
    self.momenta = momenta.count == rates.count ? momenta : nil
  }

  /// The rate of the n-th of these steps.
  func rate(_ row: Int, _ optimizer: Optimizer) -> Double {
    if let rates { return rates.indices.contains(row) ? rates[row] : 0 }
    return optimizer.hyper.first ?? 0
  }

  /// Writes the scalars of updates from number `update` on.
  func fill(
    _ formula: any OptimizerRule.Type, _ hyper: [Double], from update: Int, into rows: UnsafeMutablePointer<Float>
  ) {
    guard let momenta, let momentumPlace else {
      return formula.fillScalars(hyper, from: update, count: count, rates: rates, into: rows)
    }
    var hyper = hyper
    for row in 0..<count {
      hyper[momentumPlace] = momenta[row]
      formula.fillScalars(
        hyper, from: update + row, count: 1, rates: rates.map { [$0[row]] },
        into: rows + row * OptimizerRules.scalarCount)
    }
  }
}

extension Optimizer {
  /// The rule is not applied element by element: it looks for a step on the whole vector of weights.
  var searches: Bool { rule == LBFGS.name }

  /// The schedule of one training; nil when `lr` is a number.
  func rateSchedule(
    total: Int?, stepsPerEpoch: Int?, _ context: any ExecutionContext, at span: Span
  ) throws(Diagnostic) -> RateSchedule? {
    guard let schedule else { return nil }
    return try RateSchedule(schedule, total: total, stepsPerEpoch: stepsPerEpoch, context, at: self.span)
  }
}
