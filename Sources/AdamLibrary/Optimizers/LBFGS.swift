// lbfgs: steps along a direction made of the last changes of gradient and weights (Liu and Nocedal
// 1989), torch's `optim.LBFGS` with its defaults and tests for stopping.
import AdamIR
import AdamRuntime
import AdamSource

/// Why a step ended without weights to keep.
enum SearchFailure: Error {
  case runtime(RuntimeError)
  /// The loss that was not finite; the weights are those before the step.
  case notFinite(Float)
}

/// The loss and its gradient at some weights.
struct LossPoint {
  var loss: Double
  var gradient: [Float]
}

enum LBFGS {
  static let name = "lbfgs"
  private static let searches = ["none", "strong_wolfe"]

  private static let signature = Signature([
    ParameterDefinition(
      "lr", .schedule, "the length of a step that nothing shortens", range: NumberRange(from: 0),
      default: .number(1)),
    count("max_iter", "directions tried in a step", 20),
    ParameterDefinition(
      "max_eval", .integer, "evaluations of the loss in a step; max_iter·5/4 without",
      range: NumberRange(from: 1, to: 1e9), default: .some(.none), isKeywordOnly: true),
    tolerance("tolerance_grad", "stops where no gradient is larger", 1e-7),
    tolerance("tolerance_change", "stops where neither loss nor weights change more", 1e-9),
    count("history_size", "changes that are remembered", 100),
    ParameterDefinition(
      "line_search", .string, "`none` takes lr, `strong_wolfe` looks for a good length", default: .string("none"),
      isKeywordOnly: true),
  ])

  private static func count(_ name: String, _ summary: String, _ standard: Double) -> ParameterDefinition {
    ParameterDefinition(
      name, .integer, summary, range: NumberRange(from: 1, to: 1e9), default: .number(standard), isKeywordOnly: true)
  }

  private static func tolerance(_ name: String, _ summary: String, _ standard: Double) -> ParameterDefinition {
    ParameterDefinition(
      name, .number, summary, range: NumberRange(from: 0), default: .number(standard), isKeywordOnly: true)
  }

  static let builtin = BuiltinDefinition(
    name: name, group: "optimizer",
    summary: "A quasi-Newton method: steps along a direction of the last changes of gradient and weights.",
    signature: signature, example: "opt = lbfgs()\nprint opt.max_iter  # prints: 20",
    page: Page(
      "One step evaluates the loss many times on one batch; small problems without batches gain most.",
      formula: "p = p + t·d, d = −H·g, H from the last changes of gradient and weights",
      source: "Liu and Nocedal 1989; torch.optim.LBFGS",
      deviation: "sums in f64; where the loss is not finite the line search takes it as infinite"),
    check: { context, arguments in
      let optimizer = optimizer(arguments)
      optimizer.rateFunction = arguments.rateFunction
      if let mistake = mistake(optimizer, arguments) { context.report(mistake) }
      return .optimizer(optimizer)
    },
    run: { _, arguments throws(Diagnostic) in
      let optimizer = optimizer(arguments)
      if let mistake = mistake(optimizer, arguments) { throw mistake }
      return .optimizer(optimizer)
    })

  private static func optimizer<V: ArgumentValue>(_ arguments: BoundArguments<V>) -> Optimizer {
    let settings = signature.parameters.map { parameter -> RecordBox.Field in
      let name = parameter.name
      if name == "lr", let schedule = arguments.schedule { return .init(name, schedule) }
      if let text = arguments.string(name) { return .init(name, .string(StringBox(text))) }
      if let number = arguments.number(name) { return .init(name, .number(number)) }
      if name == "max_eval" { return .init(name, .none) }
      return .init(name, parameter.defaultValue.map { Value.constant($0) } ?? .none)
    }
    return Optimizer(rule: name, settings: settings, span: arguments.span)
  }

  private static func mistake<V: ArgumentValue>(
    _ optimizer: Optimizer, _ arguments: BoundArguments<V>
  ) -> Diagnostic? {
    if let search = arguments.string("line_search"), !searches.contains(search) {
      return .unknownChoice(
        "line_search", of: name, found: search, choices: searches, at: arguments.place(of: "line_search"))
    }
    return optimizer.mistake(arguments.span)
  }
}

/// One step of a training: up to max_iter directions, the loss evaluated again and again on one batch.
struct LBFGSStep {
  private let rate: Double
  private let maxIterations: Int
  private let maxEvaluations: Int
  private let toleranceGrad: Double
  private let toleranceChange: Double
  private let historySize: Int
  private let searchesLine: Bool

  init(_ optimizer: Optimizer, rate: Double) {
    func number(_ name: String) -> Double? { optimizer.settings.first { $0.name == name }?.value.exactNumber }
    self.rate = rate
    maxIterations = Int(exactly: number("max_iter") ?? 20) ?? 20
    maxEvaluations = number("max_eval").flatMap { Int(exactly: $0) } ?? maxIterations * 5 / 4
    toleranceGrad = number("tolerance_grad") ?? 1e-7
    toleranceChange = number("tolerance_change") ?? 1e-9
    historySize = Int(exactly: number("history_size") ?? 100) ?? 100
    searchesLine = optimizer.settings.first { $0.name == "line_search" }?.value.exactString == "strong_wolfe"
  }

  /// Moves the weights; gives the loss before.
  func run(
    _ history: inout CurvatureHistory, _ weights: WeightVector,
    _ evaluate: @escaping () throws(SearchFailure) -> LossPoint
  ) throws(SearchFailure) -> Double {
    let before = weights.values
    var point = try evaluate()
    let first = point.loss
    var evaluations = 1
    if LongVector.largest(point.gradient) <= toleranceGrad { return first }
    for iteration in 1...maxIterations {
      history.iterations += 1
      updateDirection(&history, point.gradient)
      history.previousGradient = point.gradient
      let previousLoss = point.loss
      history.length =
        history.iterations == 1 ? min(1, 1 / LongVector.sumOfMagnitudes(point.gradient)) * rate : rate
      let slope = LongVector.dot(point.gradient, history.direction)
      if slope > -toleranceChange { break }
      do throws(SearchFailure) {
        if searchesLine {
          let search = StrongWolfe(
            weights, history.direction, toleranceChange: toleranceChange, most: maxEvaluations - evaluations, evaluate)
          let found = try search.run(from: point, slope: slope, length: history.length)
          (point, history.length) = (found.point, found.length)
          evaluations += found.evaluations
          weights.move(by: history.length, along: history.direction)
        } else {
          weights.move(by: history.length, along: history.direction)
          if iteration != maxIterations {
            point = try evaluate()
            evaluations += 1
          }
        }
      } catch {
        weights.restore(before)
        throw error
      }
      let change = LongVector.largest(history.direction) * abs(history.length)
      if iteration == maxIterations || evaluations >= maxEvaluations
        || LongVector.largest(point.gradient) <= toleranceGrad || change <= toleranceChange
        || abs(point.loss - previousLoss) < toleranceChange
      {
        break
      }
    }
    return first
  }

  /// −H·g, H the inverse of the curvature as far as the remembered changes tell (two loops).
  private func updateDirection(_ history: inout CurvatureHistory, _ gradient: [Float]) {
    guard history.iterations > 1 else {
      history.direction = LongVector.scaled(gradient, by: -1)
      return
    }
    remember(&history, gradient)
    var q = LongVector.scaled(gradient, by: -1)
    let count = history.gradientChanges.count
    var weights = [Double](repeating: 0, count: count)
    for i in (0..<count).reversed() {
      weights[i] = LongVector.dot(history.weightChanges[i], q) * history.inverseProducts[i]
      LongVector.add(-weights[i], history.gradientChanges[i], to: &q)
    }
    var r = LongVector.scaled(q, by: history.scale)
    for i in 0..<count {
      let back = LongVector.dot(history.gradientChanges[i], r) * history.inverseProducts[i]
      LongVector.add(weights[i] - back, history.weightChanges[i], to: &r)
    }
    history.direction = r
  }

  private func remember(_ history: inout CurvatureHistory, _ gradient: [Float]) {
    let y = LongVector.difference(gradient, history.previousGradient)
    let s = LongVector.scaled(history.direction, by: history.length)
    let product = LongVector.dot(y, s)
    guard product > 1e-10 else { return }
    if history.gradientChanges.count >= historySize {
      history.gradientChanges.removeFirst()
      history.weightChanges.removeFirst()
      history.inverseProducts.removeFirst()
    }
    history.gradientChanges.append(y)
    history.weightChanges.append(s)
    history.inverseProducts.append(1 / product)
    history.scale = product / LongVector.dot(y, y)
  }
}
