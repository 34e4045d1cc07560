// A metric of `train` or `eval`: a registered one, a loss, or a function of the script, `fn(pred, y)`.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

enum TrainingMetric {
  case registered(MetricDefinition)
  /// Called with predictions and targets in the target's units.
  case function(String, Value)

  var name: String {
    switch self {
    case .registered(let metric): metric.name
    case .function(let name, _): name
    }
  }

  /// nil when only the script could tell.
  var isLargerBetter: Bool? {
    switch self {
    case .registered(let metric): metric.isLargerBetter
    case .function(_, .builtin): false
    case .function: nil
    }
  }

  /// The metrics that a list names.
  static func list(_ value: Value?, at span: Span) throws(Diagnostic) -> [TrainingMetric] {
    guard let value, !value.isNone else { return [] }
    var result: [TrainingMetric] = []
    for element in value.elements ?? [value] {
      guard let metric = TrainingMetric(element) else {
        throw Diagnostic(
          .wrongKind, "`metrics` is a list of metrics such as [accuracy, f1] and functions of (pred, y), found "
            + element.foundText, at: span)
      }
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

  private init?(_ value: Value) {
    switch value {
    case .builtin(let builtin):
      if let metric = MetricRegistry[builtin.definition.name] {
        self = .registered(metric)
      } else if LossRegistry[builtin.definition.name] != nil {
        self = .function(builtin.definition.name, value)
      } else {
        return nil
      }
    case .function: self = .function(value.layerFunction?.name ?? "fn", value)
    default: return nil
    }
  }

  /// Of a model's outputs on a data set.
  func value(
    of outputs: Tensor, on data: DataSet, _ context: any ExecutionContext, at span: Span
  ) throws(Diagnostic) -> Double {
    switch self {
    case .registered(let metric): return try metric.value(of: outputs, on: data, at: span)
    case .function(let name, let function):
      guard let targets = data.targets else { throw .metricTarget(name, "no target", at: span) }
      let units = data.description.targetKind == .real ? data.units : DataUnits()
      let arguments = try [outputs, targets].map { tensor throws(Diagnostic) in
        Value.tensor(try units.real(tensor, at: span).asRows())
      }
      let result = try context.call(function, arguments, at: span)
      guard let number = result.exactNumber else {
        var diagnostic = Diagnostic(
          .wrongKind, "a metric is a single number, and `\(name)` gives \(result.foundText)", at: span)
        diagnostic.helps = [Help("take the mean of it: `mean(…)`")]
        throw diagnostic
      }
      return number
    }
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
