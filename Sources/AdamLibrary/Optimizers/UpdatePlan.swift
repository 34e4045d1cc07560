// One update of some parameters, ready to be bound and run.
import AdamFormulas
import AdamIR
import AdamRuntime

final class UpdatePlan {
  struct Places {
    var weight: Int
    var gradient: Int
    var slots: [Int]
    var scalars: Int
  }
  let plan: Plan
  let parameters: [LayerParameter]
  let options: Int
  let slots: [String]
  /// The optimizer's settings, and how often they had been changed.
  let hyper: [Double]
  let changes: Int
  /// Where each parameter's tensors are bound.
  let places: [Places]
  var scalars = StepScalars()
  /// The model that has these parameters, and their names there; nil when they are those of several.
  private var model: (layer: Pin<Layer>, names: [String])?

  init(
    _ plan: Plan, _ parameters: [LayerParameter], options: Int, slots: [String], of optimizer: Optimizer,
    places known: [Places]? = nil
  ) {
    self.plan = plan
    self.parameters = parameters
    self.options = options
    self.slots = slots
    hyper = optimizer.hyper
    changes = optimizer.changes
    places = known ?? parameters.indices.map { index in
      func place(_ name: String) -> Int { plan.parameterIndex("p\(index)\(name)") ?? -1 }
      return Places(
        weight: place(""), gradient: place(".g"), slots: slots.map { place(".\($0)") }, scalars: place(".scalars"))
    }
  }

  /// The same update with other settings.
  func changed(_ optimizer: Optimizer) -> UpdatePlan {
    UpdatePlan(plan, parameters, options: options, slots: slots, of: optimizer, places: places)
  }

  /// Notes whose parameters these are, for `pairs`.
  func remember(_ gradients: Value) {
    guard model == nil, case .record(let box) = gradients, box.kind == RecordBox.gradients,
      let layer = box[RecordBox.modelOfGradients]?.asLayer
    else { return }
    let named = layer.namedParameters.filter { !$0.parameter.isFrozen }
    guard named.count == parameters.count, zip(named, parameters).allSatisfy({ $0.parameter === $1 }) else { return }
    model = (Pin(layer), named.map(\.name))
  }

  /// The gradients of the remembered model as `grad` gives them, each with its parameter; empty for
  /// anything else.
  func pairs(of gradients: Value) -> [(LayerParameter, Tensor)] {
    guard let model, case .record(let box) = gradients, box.kind == RecordBox.gradients,
      box.fields.count == parameters.count + 1, let last = box.fields.last, last.name == RecordBox.modelOfGradients,
      case .layer(let layer) = last.value, model.layer.holds(layer)
    else { return [] }
    var result: [(LayerParameter, Tensor)] = []
    result.reserveCapacity(parameters.count)
    for (index, parameter) in parameters.enumerated() {
      let field = box.fields[index]
      guard field.name == model.names[index], !parameter.isFrozen, case .tensor(let tensor) = field.value,
        tensor.element == .f32, tensor.type.shape == parameter.shape
      else { return [] }
      result.append((parameter, tensor))
    }
    return result
  }

  func isOf(_ pairs: [(LayerParameter, Tensor)]) -> Bool {
    guard pairs.count == parameters.count else { return false }
    return parameters.indices.allSatisfy { parameters[$0] === pairs[$0].0 }
  }
}

/// The scalars of updates by their number. Parameters that were updated equally often share them: they
/// cost powers of the betas, so those of the next updates are made at once.
struct StepScalars {
  private struct Rows {
    var first: Int
    var scalars: [Float]
    func holds(_ updates: Int) -> Bool {
      updates >= first && (updates - first + 1) * OptimizerRules.scalarCount <= scalars.count
    }
  }
  private var rows: [Rows] = []
  private var hasNewRow = false
  /// So many updates are made ready where the rate stays.
  static let ahead = 64

  /// What a schedule gave holds for one update.
  mutating func forget() { rows.removeAll(keepingCapacity: true) }

  /// Writes the scalars of the update after so many, and makes them where no row holds them.
  /// - Parameter rates: those of the next updates, at least of one.
  mutating func write(
    _ updates: Int, _ formula: any OptimizerRule.Type, _ hyper: [Double], _ rates: StepRates,
    to place: UnsafeMutablePointer<Float>
  ) {
    let row = rows.first { $0.holds(updates) } ?? make(updates, formula, hyper, rates)
    let start = (updates - row.first) * OptimizerRules.scalarCount
    for index in 0..<OptimizerRules.scalarCount { place[index] = row.scalars[start + index] }
  }

  private mutating func make(
    _ updates: Int, _ formula: any OptimizerRule.Type, _ hyper: [Double], _ rates: StepRates
  ) -> Rows {
    var scalars = [Float](repeating: 0, count: OptimizerRules.scalarCount * rates.count)
    scalars.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      rates.fill(formula, hyper, from: updates + 1, into: base)
    }
    let row = Rows(first: updates, scalars: scalars)
    rows.append(row)
    hasNewRow = true
    return row
  }

  /// Drops the rows that no parameter needs next, after all parameters of a step had theirs: they may have
  /// been updated any number of times more or less than each other.
  mutating func drop(unneededBy states: [Optimizer.ParameterState]) {
    guard hasNewRow else { return }
    hasNewRow = false
    rows.removeAll { row in !states.contains { row.holds($0.updates) } }
  }
}
