// Derivatives taken without tracing: a call that reaches what an earlier one reached binds its tensors
// to the plan of that one. What the earlier trace depended on is held in full (`CallPattern`), so a hit
// gives the bits that tracing would give, and whatever is not certain is traced.
import AdamIR
import AdamRuntime
import AdamSource

package final class TraceCache {
  /// Off, every call is traced: for tests, which hold that nothing shows the difference.
  package var isEnabled = true
  /// Calls that were answered without tracing.
  package private(set) var hits = 0
  /// The last used one first.
  private var entries: [KeptTrace] = []
  package var count: Int { entries.count }
  private static let capacity = 64
  /// Of one function: calls that all differ do not push everything else out.
  private static let capacityOfOne = 8

  package init() {}

  /// The results of a call that is known, the value first; nil when it must be traced.
  func results(
    of call: DifferentiatedCall, _ reads: CodeReads, _ context: any ExecutionContext, at span: Span
  ) -> (values: [Value], trace: KeptTrace)? {
    guard isEnabled, !reads.isRefused else { return nil }
    for index in entries.indices where entries[index].reads === reads {
      let trace = entries[index]
      var matcher = PatternMatcher(trace.pattern, context, at: span)
      guard matcher.matches(call) else { continue }
      guard let values = trace.results(matcher, context, at: span) else { return nil }
      if index > 0 { entries.insert(entries.remove(at: index), at: 0) }
      reads.noteHit()
      hits += 1
      return (values, trace)
    }
    return nil
  }

  func keep(_ trace: KeptTrace) {
    let own = entries.indices.filter { entries[$0].reads === trace.reads }
    if own.count >= Self.capacityOfOne, let last = own.last {
      entries.remove(at: last)
    } else if entries.count >= Self.capacity {
      entries.removeLast()
    }
    entries.insert(trace, at: 0)
  }
}

/// The plan of a traced call with what it depended on and where its tensors come from.
final class KeptTrace {
  /// Where a parameter of the plan finds its tensor.
  enum Source {
    case leaf(Int)
    case tensor(Int)
    case parameter(Int)
    /// Made of what the pattern holds, so always the same.
    case constant(Tensor)
    /// Class numbers of a tensor, for a prediction of this type.
    case classes(Int, TensorType)
  }

  let reads: CodeReads
  let pattern: CallPattern
  let shape: GradientShape
  let leaves: Int
  /// What tracing counts.
  let operations: Int
  private let plan: Plan
  private let rowChoices: [RowChoice]
  private let bindings: [(parameter: Int, source: Source)]

  init(
    _ reads: CodeReads, _ pattern: CallPattern, _ plan: Plan, _ sources: [(name: String, source: Source)],
    _ rowChoices: [RowChoice], shape: GradientShape, leaves: Int, operations: Int
  ) {
    self.reads = reads
    self.operations = operations
    self.pattern = pattern
    self.plan = plan
    self.rowChoices = rowChoices
    self.shape = shape
    self.leaves = leaves
    bindings = sources.compactMap { item in plan.parameterIndex(item.name).map { ($0, item.source) } }
  }

  /// nil when a tensor is refused: tracing finds out why and says so.
  fileprivate func results(
    _ found: PatternMatcher, _ context: any ExecutionContext, at span: Span
  ) -> [Value]? {
    do {
      for binding in bindings {
        guard let tensor = try tensor(binding.source, found, at: span) else { return nil }
        try plan.bind(binding.parameter, to: tensor)
      }
      try plan.checkRows(rowChoices, at: span)
      guard context.count(operations: operations) else { return nil }
      plan.run()
      return try plan.function.results.indices.map { .tensor(try plan.result($0)) }
    } catch { return nil }
  }

  private func tensor(_ source: Source, _ found: PatternMatcher, at span: Span) throws -> Tensor? {
    switch source {
    case .leaf(let place): found.leaves[place]
    case .tensor(let place): found.tensors[place]
    case .parameter(let place): found.parameters[place].tensor
    case .constant(let tensor): tensor
    case .classes(let place, let prediction): try found.tensors[place].asClasses(for: prediction, at: span)
    }
  }
}
