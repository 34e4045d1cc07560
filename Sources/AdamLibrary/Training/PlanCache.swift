// Plans kept between statements: key = the traced function (IR, shapes, structural constants) and
// what turns it into a step. Learning rates and other numbers are inputs and no part of the key.
import AdamIR
import AdamPasses
import AdamRuntime
import AdamSource

package final class PlanCache {
  struct Key: Hashable {
    /// Without its source places: the same step written elsewhere is the same plan.
    let function: TensorFunction
    /// The update op with its structural bits; nil for a function that only evaluates.
    var optimizer: String?
    var options = 0
    /// Scalars of each parameter: parameters that joined later have their own.
    var groups: [Int] = []
    /// The plan has the derivatives of the first result by the others.
    var isDifferentiated = false

    init(
      function: TensorFunction, optimizer: String? = nil, options: Int = 0, groups: [Int] = [],
      isDifferentiated: Bool = false
    ) {
      self.isDifferentiated = isDifferentiated
      self.function = function
      self.optimizer = optimizer
      self.options = options
      self.groups = groups
    }

    static func == (a: Key, b: Key) -> Bool {
      a.optimizer == b.optimizer && a.options == b.options && a.groups == b.groups
        && a.isDifferentiated == b.isDifferentiated && a.function.computesSame(as: b.function)
    }

    /// Enough to tell most steps apart; hashing every type and attribute costs more than comparing one.
    func hash(into hasher: inout Hasher) {
      hasher.combine(optimizer)
      hasher.combine(options)
      hasher.combine(isDifferentiated)
      hasher.combine(function.values.count)
      for operation in function.operations { hasher.combine(operation.op) }
      for parameter in function.parameters { hasher.combine(function.type(parameter.value).shape.dimensions.count) }
    }
  }

  private var plans: [Key: Plan] = [:]
  private static let capacity = 64

  package init() {}

  subscript(key: Key) -> Plan? {
    get { plans[key] }
    set {
      if plans.count >= Self.capacity { plans.removeAll(keepingCapacity: true) }
      plans[key] = newValue
    }
  }
}

extension TensorFunction {
  /// Adds the derivatives of a value by others.
  mutating func differentiated(
    _ value: ValueID, _ targets: [ValueID], at span: Span
  ) throws(Diagnostic) -> [ValueID] {
    do throws(PassError) { return try gradients(of: value, wrt: targets) } catch {
      throw Diagnostic(.shapesDisagree, error.message, at: error.span ?? span)
    }
  }

  /// Equal but for the places in the source that it came from.
  fileprivate func computesSame(as other: TensorFunction) -> Bool {
    values.count == other.values.count && operations.count == other.operations.count
      && parameters == other.parameters && results == other.results
      && zip(values, other.values).allSatisfy { $0.type == $1.type }
      && zip(operations, other.operations).allSatisfy {
        $0.op == $1.op && $0.operands == $1.operands && $0.results == $1.results && $0.attributes == $1.attributes
      }
  }
}

extension SessionState {
  /// A plan of a function that is only evaluated, optimised and kept.
  func plan(for function: TensorFunction, at span: Span) throws(Diagnostic) -> Plan {
    let key = PlanCache.Key(function: function)
    if let known = plans[key] { return known }
    let plan = try makePlan(try optimise(function, by: .standard, at: span), at: span)
    plans[key] = plan
    return plan
  }

  /// A plan of a value and its derivatives. What was traced, the value and the targets say it all, so
  /// a function that is met again is neither differentiated nor planned.
  func gradientPlan(
    of traced: TensorFunction, _ value: ValueID, by targets: [ValueID], at span: Span
  ) throws(Diagnostic) -> Plan {
    var function = traced
    function.results = ([value] + targets).map { FunctionResult($0, "") }
    let key = PlanCache.Key(function: function, isDifferentiated: true)
    if let known = plans[key] { return known }
    let ids = try function.differentiated(value, targets, at: span)
    function.results = ([value] + ids).enumerated().map { FunctionResult($1, "r\($0)") }
    let plan = try makePlan(try optimise(function, by: .standard, at: span), at: span)
    plans[key] = plan
    return plan
  }

  func makePlan(_ function: TensorFunction, at span: Span) throws(Diagnostic) -> Plan {
    do throws(RuntimeError) {
      let inPlace = !disabledPasses.contains(MemoryPlan.inPlaceName)
      return try Plan(function, runtime, random: random, inPlace: inPlace)
    } catch {
      throw .runtime(error, at: span)
    }
  }

  /// What the pipeline's passes make of a function, without those that are switched off.
  func optimise(
    _ function: TensorFunction, by pipeline: Pipeline, at span: Span,
    observer: (String, TensorFunction) -> Void = { _, _ in }
  ) throws(Diagnostic) -> TensorFunction {
    let context = PassContext(disabled: disabledPasses, evaluate: { [engine] in engine.evaluate($0) })
    do throws(PipelineError) {
      return try pipeline.run(function, context) { pass, function in
        observer(pass, function)
        passObserver?(pass) { function.text }
      }
    } catch {
      throw .pipeline(error, at: span)
    }
  }
}

extension Diagnostic {
  static func pipeline(_ error: PipelineError, at span: Span) -> Diagnostic {
    switch error {
    case .refused(let reason, _):
      var diagnostic = Diagnostic(.shapesDisagree, reason.message, at: reason.span ?? span)
      if !reason.hint.isEmpty { diagnostic.helps = [Help(reason.hint)] }
      return diagnostic
    case .broken(let pass, let violations, _):
      let first = violations.first.map { String(describing: $0) } ?? "unknown"
      return Diagnostic(.shapesDisagree, "the pass \(pass) made invalid code: \(first)", at: span)
    }
  }
}
