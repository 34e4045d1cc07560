// Where a loss that is not finite comes from: the first of data, layers and loss, in the order of the
// step, that holds something else than numbers. And how the losses went before.
import AdamIR
import AdamRuntime
import AdamSource

/// Looks again at the batch whose loss was not finite, with the weights of the step before.
struct NonFiniteSearch {
  let request: TrainingRequest
  let session: SessionState
  /// The batch's rows of the data, in its order.
  let rows: [Int]

  /// `first non-finite value in layer 3 …`; nil when looking again fails or shows nothing.
  var place: String? { try? search() }

  private func search() throws(Diagnostic) -> String? {
    let inputs = try request.data.inputs.gathered(rows, at: request.span)
    let targets = try request.targets(of: request.data, session)?.gathered(rows, at: request.span)
    if let found = inputs.nonFinite("inputs") ?? targets?.nonFinite("targets") { return "in the data: \(found)" }
    // In evaluation mode: looking draws nothing.
    let tracer = try request.tracer(session).trace(rows: rows.count, isTraining: false)
    let (steps, values) = tracer.trailParts
    let outputs = try outputs(tracer, values, inputs, targets)
    for (step, output) in zip(steps, outputs) {
      guard let found = output.nonFinite("outputs") else { continue }
      return "first non-finite value in layer \(step.place) `\(step.layer.text())`: \(found)"
        + step.layer.nonFiniteWeights
    }
    let last = zip(steps, outputs).filter { $0.0.value == steps.last?.value }.flatMap(\.1.floats)
    guard let largest = last.map({ abs($0) }).max() else { return nil }
    return "in the loss `\(request.loss.name)`: every output of the model is finite, "
      + "\(LossTrend.short(Double(largest))) at most"
  }

  /// What these values of the step are on the batch.
  private func outputs(
    _ tracer: ModelTracer, _ values: [ValueID], _ inputs: Tensor, _ targets: Tensor?
  ) throws(Diagnostic) -> [Tensor] {
    tracer.function.results = values.enumerated().map { FunctionResult($1, "layer.\($0)") }
    let plan = try session.plan(for: tracer.function, at: request.span)
    do throws(RuntimeError) {
      try plan.bind("x", to: inputs)
      if let targets { try plan.bind("y", to: targets) }
      try plan.bind(tracer)
      plan.run()
      var outputs: [Tensor] = []
      for index in values.indices { outputs.append(try plan.result(index)) }
      return outputs
    } catch {
      throw .runtime(error, at: request.span)
    }
  }
}

extension Tensor {
  /// `12 of 32 outputs are inf`; nil when all are finite.
  fileprivate func nonFinite(_ noun: String) -> String? {
    guard element == .f32 else { return nil }
    let values = floats
    let wrong = values.filter { !$0.isFinite }
    guard !wrong.isEmpty else { return nil }
    let kinds = [wrong.contains(where: \.isNaN) ? "nan" : nil, wrong.contains(where: \.isInfinite) ? "inf" : nil]
    return "\(wrong.count) of \(values.count) \(noun) are \(kinds.compactMap(\.self).joined(separator: " or "))"
  }
}

extension Layer {
  /// `; so are values of its weight` when an update has ruined it.
  fileprivate var nonFiniteWeights: String {
    let ruined = namedParameters.filter { $0.parameter.tensor?.nonFinite("") != nil }.map { "`\($0.name)`" }
    return ruined.isEmpty ? "" : "; so are values of its \(ruined.joined(separator: ", "))"
  }
}

/// The losses of a training in a few points: the first and those at powers of two.
struct LossTrend {
  private var points: [(step: Int, loss: Double)] = []

  /// Room for every power of two: noting a loss allocates nothing.
  init() { points.reserveCapacity(Int.bitWidth) }

  /// Steps count from 1.
  mutating func note(_ loss: Double, step: Int) {
    if step & (step - 1) == 0 { points.append((step, loss)) }
  }

  /// `loss 0.9 (step 1) → 4.1e+07 (step 16) → 8.1e+36 (step 36)`, each step once; nil before any.
  func text(last: Double, step: Int) -> String? {
    guard step > 0 else { return nil }
    let earlier = points.filter { $0.step < step }
    let shown = Array(earlier.prefix(1) + earlier.dropFirst().suffix(1)) + [(step, last)]
    return "trend: loss " + shown.map { "\(Self.short($0.loss)) (step \($0.step))" }.joined(separator: " → ")
  }

  /// Three digits.
  static func short(_ loss: Double) -> String {
    (try? Value.number(loss).formatted(".3g", at: Span(SourceID(0), 0, 0))) ?? messageText(loss)
  }
}
