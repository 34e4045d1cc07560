// The rates of an optimizer as far as they are known before it takes a step.
import AdamIR
import AdamSource

struct RateCheck {
  let optimizer: Optimizer
  let context: any CheckContext
  private var span: Span { optimizer.span }

  init(_ optimizer: Optimizer, _ context: any CheckContext) {
    self.optimizer = optimizer
    self.context = context
  }

  /// Throws when a schedule certainly does not go with these steps, or its function gives no rate.
  /// - Parameters: as of `RateSchedule`.
  func run(total: Int?, stepsPerEpoch: Int?) throws(Diagnostic) {
    if let function = optimizer.rateFunction { return try check(function) }
    guard let schedule = optimizer.schedule else { return }
    if case .function = schedule { return try check(.known(schedule)) }
    let folding = FoldingContext(session: context.session)
    do throws(Diagnostic) {
      _ = try RateSchedule(schedule, total: total, stepsPerEpoch: stepsPerEpoch, folding, at: span)
    } catch {
      if !folding.hasCalled { throw error }
    }
  }

  /// A function gives the rate of the first step, whatever comes later.
  private func check(_ function: AbstractValue) throws(Diagnostic) {
    let count = function.layerFunction?.parameterCount ?? 1
    let isFresh = optimizer.steps == 0
    let arguments: [AbstractValue] = [isFresh ? .known(.number(0)) : .number, .number]
    let rate = context.call(function, Array(arguments.prefix(count)), at: span)
    switch rate.kindOfValue {
    case .unknown, .number: break
    case .tensor(let type) where type.shape.rank == 0 && type.element != .bool: break
    default: throw .rateIsNoNumber(rate.foundText, at: span)
    }
    guard let number = rate.exactNumber, !(number.isFinite && number >= 0) else { return }
    throw .rateOutside(number, step: 0, at: span)
  }
}

extension Diagnostic {
  static func rateIsNoNumber(_ found: String, at span: Span) -> Diagnostic {
    Diagnostic(.wrongKind, "a schedule gives a number, found \(found)", at: span)
  }

  static func rateOutside(_ rate: Double, step: Int, at span: Span) -> Diagnostic {
    Diagnostic(.outOfRange, "the learning rate of step \(step + 1) would be \(messageText(rate))", at: span)
  }
}
