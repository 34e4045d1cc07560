// Watches a call while it is traced, and keeps the trace when it depended on nothing but what its
// pattern holds: no numbers were looked at and nothing was drawn.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

final class TraceRecording {
  private let context: any ExecutionContext
  private var session: SessionState { context.session }
  private let reads: CodeReads
  private let pattern: CallPattern
  private let tensors: [Tensor]
  private let parameters: [LayerParameter]
  private let shape: GradientShape
  private let watch = TensorWatch()
  private let generator: Generator
  private var isWhole = false
  private var operations = 0

  /// nil when no trace of this call can be used again.
  init?(_ call: DifferentiatedCall, _ reads: CodeReads, _ context: any ExecutionContext, at span: Span) {
    guard context.session.traces.isEnabled, !reads.isRefused, reads.noteMiss() else { return nil }
    var recorder = PatternRecorder(context, at: span)
    guard let pattern = recorder.pattern(of: call) else {
      reads.isRefused = true
      return nil
    }
    self.context = context
    self.reads = reads
    self.pattern = pattern
    tensors = recorder.tensors
    parameters = recorder.parameters
    shape = GradientShape(of: call.first)
    generator = context.session.generator
  }

  /// Runs what traces. On an error there is nothing to keep.
  func during<T>(_ body: () throws(Diagnostic) -> T) throws(Diagnostic) -> T {
    begin()
    defer { end() }
    let before = context.operationCount
    let result = try body()
    operations = context.operationCount - before
    isWhole = !watch.hasNoticed && session.generator == generator
    return result
  }

  private func begin() {
    for tensor in tensors { tensor.watch = watch }
    for parameter in parameters { parameter.tensor?.watch = watch }
  }

  private func end() {
    for tensor in tensors { tensor.watch = nil }
    for parameter in parameters { parameter.tensor?.watch = nil }
  }

  /// Keeps the plan of what was traced, or remembers not to try again.
  func keep(_ tracer: ModelTracer, _ plan: Plan, leaves: Int) {
    for item in tracer.derived { item.classes.watch = nil }
    guard isWhole, let sources = sources(tracer, leaves) else {
      reads.isRefused = true
      return
    }
    session.traces.keep(
      KeptTrace(
        reads, pattern, plan, sources, tracer.function.rowChoices, shape: shape, leaves: leaves,
        operations: operations))
  }

  /// Where each input of the traced function comes from; nil when one of them is made anew by each call.
  private func sources(_ tracer: ModelTracer, _ leaves: Int) -> [(name: String, source: KeptTrace.Source)]? {
    var result: [(name: String, source: KeptTrace.Source)] = []
    for place in 0..<leaves { result.append(("leaf.\(place)", .leaf(place))) }
    for named in tracer.parameters {
      guard let place = parameters.firstIndex(where: { $0 === named.parameter }) else { return nil }
      result.append((named.name, .parameter(place)))
    }
    for (name, tensor) in tracer.captures {
      if let place = tensors.firstIndex(where: { $0 === tensor }) {
        result.append((name, .tensor(place)))
      } else if let derived = tracer.derived.first(where: { $0.classes === tensor }) {
        guard let place = tensors.firstIndex(where: { $0 === derived.source }) else { return nil }
        result.append((name, .classes(place, derived.prediction)))
      } else {
        result.append((name, .constant(tensor)))
      }
    }
    return result
  }
}
