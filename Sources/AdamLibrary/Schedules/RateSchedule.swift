// A schedule with the length of its training known: the rate and the momentum of every step.
import AdamIR
import AdamSource

struct RateSchedule {
  private enum Body {
    case fixed(Double)
    case defined(ScheduleSettings)
    case function(Value, parameters: Int)
  }
  private struct Part {
    var body: Body
    var start: Int
    var length: Int
  }
  private var parts: [Part] = []
  private let span: Span

  /// - Parameters:
  ///   - total: steps of the training; nil in a loop of the script's own, which has no planned end.
  ///   - stepsPerEpoch: what `epochs(1)` is; nil where nobody counts epochs.
  init(
    _ value: Value, total: Int?, stepsPerEpoch: Int?, _ context: any ExecutionContext, at span: Span
  ) throws(Diagnostic) {
    self.span = span
    var start = 0
    for value in try Schedule.parts(value, at: span) {
      var part = Part(body: try Self.body(value, stepsPerEpoch, at: span), start: start, length: 0)
      part.length = try Self.length(part.body, left: total.map { max($0 - start, 0) }, at: span)
      parts.append(part)
      start = start.addingReportingOverflow(part.length).overflow ? .max : start + part.length
    }
    // Each part that rises must know where to.
    for index in parts.indices.dropLast().reversed() {
      guard case .defined(var settings) = parts[index].body, settings.definition.needsNext else { continue }
      settings.next = try rate(of: parts[index + 1], 0, context)
      parts[index].body = .defined(settings)
    }
  }

  /// A function of the script takes part.
  var usesScript: Bool { parts.contains { if case .function = $0.body { true } else { false } } }

  /// Steps that pass before the last part begins.
  var leadingSteps: Int { parts.last?.start ?? 0 }

  private static func body(_ value: Value, _ stepsPerEpoch: Int?, at span: Span) throws(Diagnostic) -> Body {
    if let number = value.exactNumber { return .fixed(number) }
    if case .function = value { return .function(value, parameters: value.layerFunction?.parameterCount ?? 1) }
    guard var settings = Schedule.settings(value) else {
      throw Diagnostic(.wrongKind, "`lr` is a number or a schedule, found \(value.foundText)", at: span)
    }
    settings.stepsPerEpoch = stepsPerEpoch
    if settings.needsEpochs, stepsPerEpoch == nil {
      throw Diagnostic(
        .scheduleLength, "`epochs(n)` counts epochs of `train`; a loop of your own counts steps", at: span)
    }
    return .defined(settings)
  }

  private static func length(_ body: Body, left: Int?, at span: Span) throws(Diagnostic) -> Int {
    guard case .defined(let settings) = body else { return left ?? .max }
    let own = settings.definition.length(settings)
    if let own, let left, own < left, settings.definition.isOver {
      throw Diagnostic(
        .scheduleLength,
        "`\(settings.definition.name)` ends after \(counted(own, "step")), and this training has \(left)", at: span)
    }
    if own == nil, left == nil, settings.definition.usesLength {
      var diagnostic = Diagnostic(
        .scheduleLength, "`\(settings.definition.name)` does not know how many steps there are", at: span)
      diagnostic.helps = [Help("say it in a loop of your own: `\(settings.definition.name)(…, steps=1000)`")]
      throw diagnostic
    }
    return max(own ?? left ?? .max, 1)
  }

  // MARK: Asking

  private func part(at step: Int) -> Part? { parts.last { $0.start <= step } }

  /// The rate of the step behind `step` steps. Throws what a function of the script throws, and when
  /// the rate is no number from 0 on.
  func rate(at step: Int, _ context: any ExecutionContext) throws(Diagnostic) -> Double {
    guard let part = part(at: step) else { return 0 }
    let rate = try rate(of: part, step - part.start, context)
    guard rate.isFinite, rate >= 0 else {
      throw .rateOutside(rate, step: step, at: span)
    }
    return rate
  }

  private func rate(
    of part: Part, _ step: Int, _ context: any ExecutionContext
  ) throws(Diagnostic) -> Double {
    switch part.body {
    case .fixed(let rate): return rate
    case .defined(let settings):
      return settings.definition.rate(settings, SchedulePosition(step: step, length: part.length))
    case .function(let function, let parameters):
      let arguments = [Value.number(Double(step)), .number(Double(part.length))]
      let result = try context.call(function, Array(arguments.prefix(parameters)), at: span)
      guard let rate = result.exactNumber else {
        throw .rateIsNoNumber(result.foundText, at: span)
      }
      return rate
    }
  }

  /// What stands for momentum at that step; nil where the schedule leaves it alone.
  func momentum(at step: Int) -> Double? {
    guard let part = part(at: step), case .defined(let settings) = part.body else { return nil }
    return settings.definition.momentum(settings, SchedulePosition(step: step - part.start, length: part.length))
  }
}

extension Schedule {
  /// A value for `lr`: nothing may be left to rise to. nil when it is all right.
  static func mistake(_ value: Value, at span: Span) -> Diagnostic? {
    guard let last = (try? parts(value, at: span))?.last, let settings = settings(last),
      settings.definition.needsNext
    else { return nil }
    let text = text(last)
    var diagnostic = Diagnostic(
      .scheduleLength, "`\(settings.definition.name)` rises to the part behind it, and there is none", at: span)
    diagnostic.helps = [Help("write `\(text) then 1e-3`, or `\(text) then cosine(peak=1e-3)`")]
    return diagnostic
  }

  /// What a schedule makes of momentum at first and in between; nil when it leaves momentum alone.
  static func momentum(_ value: Value) -> (name: String, first: Double, least: Double)? {
    for part in (try? parts(value, at: Span(SourceID(0), 0, 0))) ?? [] {
      guard let settings = settings(part),
        let first = settings.definition.momentum(settings, SchedulePosition(step: 0, length: 100))
      else { continue }
      let values = (0..<100).compactMap {
        settings.definition.momentum(settings, SchedulePosition(step: $0, length: 100))
      }
      return (settings.definition.name, first, values.min() ?? first)
    }
    return nil
  }
}
