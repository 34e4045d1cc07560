// A metric of `train` or `eval`: a registered one, a loss, or a function of the script, `fn(pred, y)`.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

/// - Parameter Function: a value where it is computed, what is known of one in the checker.
struct TrainingMetric<Function> {
  /// What computes it.
  enum Body {
    case registered(MetricDefinition)
    /// A loss, or a function of the script, called with predictions and targets in the target's units.
    case function(Function)
  }
  let body: Body
  let name: String
  /// nil when only the script could tell.
  let isLargerBetter: Bool?

  /// The registered metric; nil for a loss or a function of the script.
  var definition: MetricDefinition? { if case .registered(let metric) = body { metric } else { nil } }

  private init(_ body: Body, _ name: String, isLargerBetter: Bool?) {
    (self.body, self.name, self.isLargerBetter) = (body, name, isLargerBetter)
  }

  init(_ metric: MetricDefinition) {
    self.init(.registered(metric), metric.name, isLargerBetter: metric.isLargerBetter)
  }

  /// The same metric, computed by this function if it is no registered one.
  fileprivate func computed<Other>(by function: Other) -> TrainingMetric<Other> {
    switch body {
    case .registered(let metric): TrainingMetric<Other>(metric)
    case .function: TrainingMetric<Other>(.function(function), name, isLargerBetter: isLargerBetter)
    }
  }
}

extension TrainingMetric<AbstractValue> {
  /// The metrics that a list names; nil when they are not known.
  static func list(_ value: AbstractValue?, at span: Span) throws(Diagnostic) -> [TrainingMetric]? {
    guard let value, !value.isNone else { return [] }
    var result: [TrainingMetric] = []
    if case .list = value.kindOfValue, value.asElements == nil { return nil }
    for element in value.asElements ?? [value] {
      if element.isUnknown { return nil }
      guard let metric = TrainingMetric(element) else { throw .noMetric(element, at: span) }
      if metric.name == "fn" {
        var diagnostic = Diagnostic(.wrongKind, "a metric needs a name", at: span)
        diagnostic.helps = [Help("declare it: `fn worst(pred, y) max(abs(pred - y))`, then `metrics=[worst]`")]
        throw diagnostic
      }
      guard metric.name != "loss", !result.contains(where: { $0.name == metric.name }) else {
        throw Diagnostic(.argumentGivenTwice, "there are two numbers called `\(metric.name)`", at: span)
      }
      result.append(metric)
    }
    return result
  }

  private init?(_ value: AbstractValue) {
    if case .known(.builtin(let builtin)) = value {
      let name = builtin.definition.name
      if let metric = MetricRegistry[name] {
        self.init(metric)
      } else if LossRegistry[name] != nil {
        self.init(.function(value), name, isLargerBetter: false)
      } else {
        return nil
      }
    } else if let own = value.layerFunction {
      self.init(.function(value), own.name, isLargerBetter: nil)
    } else {
      return nil
    }
  }

  var isOfScript: Bool { if case .function(let function) = body { function.layerFunction != nil } else { false } }

  /// Throws when a function of the script certainly gives no single number for such predictions and targets.
  func check(_ operands: [AbstractValue], _ context: any CheckContext, at span: Span) throws(Diagnostic) {
    guard isOfScript, case .function(let function) = body else { return }
    let result = context.call(function, operands, at: span)
    switch result.kindOfValue {
    case .unknown, .number: return
    case .tensor(let type) where type.shape.rank == 0 && type.element != .bool: return
    default: throw .metricIsNoNumber(name, result.foundText, at: span)
    }
  }
}

extension TrainingMetric<Value> {
  /// The metrics that a list names.
  static func list(_ value: Value?, at span: Span) throws(Diagnostic) -> [TrainingMetric] {
    guard let value, !value.isNone else { return [] }
    let known = try TrainingMetric<AbstractValue>.list(.known(value), at: span) ?? []
    return zip(known, value.elements ?? [value]).map { $0.computed(by: $1) }
  }

  /// Of a model's outputs on a data set.
  func value(
    of outputs: Tensor, on data: DataSet, _ context: any ExecutionContext, at span: Span
  ) throws(Diagnostic) -> Double {
    let function: Value
    switch body {
    case .registered(let metric): return try metric.value(of: outputs, on: data, at: span)
    case .function(let own): function = own
    }
    guard let targets = data.targets else { throw .metricTarget(name, "no target", at: span) }
    let units = data.description.targetKind == .real ? data.units : DataUnits()
    let arguments = try [outputs, targets].map { tensor throws(Diagnostic) in
      Value.tensor(try units.real(tensor, at: span).asRows())
    }
    let result = try context.call(function, arguments, at: span)
    guard let number = result.exactNumber else { throw .metricIsNoNumber(name, result.foundText, at: span) }
    return number
  }
}

extension Diagnostic {
  fileprivate static func noMetric(_ found: AbstractValue, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .wrongKind, "`metrics` is a list of metrics such as [accuracy, f1] and functions of (pred, y), found "
        + found.foundText, at: span)
    if let name = found.exactString, MetricRegistry[name] != nil || LossRegistry[name] != nil {
      diagnostic.helps = [Help("write `\(name)` without quotes")]
    }
    return diagnostic
  }
}

extension Diagnostic {
  fileprivate static func metricIsNoNumber(_ name: String, _ found: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.wrongKind, "a metric is a single number, and `\(name)` gives \(found)", at: span)
    diagnostic.helps = [Help("take the mean of it: `mean(…)`")]
    return diagnostic
  }
}

extension DataUnits {
  /// Real targets or predictions in the file's units.
  fileprivate func real(_ tensor: Tensor, at span: Span) throws(Diagnostic) -> Tensor {
    guard let scaling = targets, scaling.columnCount > 0, tensor.element == .f32 else { return tensor }
    let values = tensor.floats.enumerated().map { place, value in
      flushedFloat(scaling.undo(Double(value), column: place % scaling.columnCount))
    }
    do throws(AllocationError) { return try Tensor(tensor.sizes, floats: values) } catch {
      throw .outOfMemory(error, at: span)
    }
  }
}
