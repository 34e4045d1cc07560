// Pure builtins on tensors of which only the type is known: they are run as in a trace, on values that
// have a type and no numbers, so that each says its own result and its own mistakes.
import AdamIR
import AdamLibrary
import AdamSource

struct TypeFollower {
  private let engine: CheckEngine
  private let tracer: ModelTracer
  /// The tracer is that of a function being traced, and not for this builtin alone.
  private let isTrace: Bool

  init(_ engine: CheckEngine, _ bound: BoundArguments<AbstractValue>) {
    self.engine = engine
    let outer = engine.tracer(of: bound.entries.compactMap(\.value) + bound.variadic.map(\.value))
    tracer = outer ?? ModelTracer(name: "types", isTraining: false, caller: engine)
    isTrace = outer != nil
  }

  /// nil when nothing follows: no tensor is among the arguments, or one of them is not known enough.
  func result(
    of definition: BuiltinDefinition, _ bound: BoundArguments<AbstractValue>
  ) -> AbstractValue? {
    guard definition.isPure, ["tensor", "math"].contains(definition.group),
      let arguments = traced(bound)
    else { return nil }
    let session = engine.session
    let outer = session.tracer
    session.tracer = tracer
    defer { session.tracer = outer }
    tracer.hasRefused = false
    let context = FoldingContext(session: session)
    do throws(Diagnostic) {
      return .typed(try definition.run(context, arguments), keepsTrace: isTrace)
    } catch {
      if context.hasCalled || !isCertain(error, bound) { return nil }
      engine.report(error)
      return .unknown
    }
  }

  /// A loss of the trace, whose mistakes have been looked for; nil for everything else.
  func loss(of definition: BuiltinDefinition, _ bound: BoundArguments<AbstractValue>) -> AbstractValue? {
    guard isTrace, definition.group == "loss", let arguments = traced(bound) else { return nil }
    do throws(Diagnostic) {
      return .typed(try definition.run(FoldingContext(session: engine.session), arguments), keepsTrace: true)
    } catch {
      return nil
    }
  }

  /// Sizes that are not known may turn out to fit; and numbers that are asked for will be there.
  private func isCertain(_ error: Diagnostic, _ bound: BoundArguments<AbstractValue>) -> Bool {
    switch error.code {
    case .outOfRange, .missingArgument: true
    case .tracedValue: isTrace
    case .shapesDisagree where tracer.hasRefused: true
    case .shapesDisagree: (bound.entries.compactMap(\.value) + bound.variadic.map(\.value)).allSatisfy(\.hasSizes)
    default: false
    }
  }

  // MARK: In

  private func traced(_ bound: BoundArguments<AbstractValue>) -> BoundArguments<Value>? {
    let values = bound.entries.compactMap(\.value) + bound.variadic.map(\.value)
    guard values.contains(where: \.hasType) || values.allSatisfy(\.isExact) else { return nil }
    var entries: [BoundArguments<Value>.Entry] = []
    for entry in bound.entries {
      var value: Value?
      if let given = entry.value {
        guard let known = tracer.value(of: given, isTrace: isTrace, at: bound.span) else { return nil }
        value = known
      }
      entries.append(.init(value: value, span: entry.span, isGiven: entry.isGiven))
    }
    var rest: [(value: Value, span: Span)] = []
    for element in bound.variadic {
      guard let known = tracer.value(of: element.value, isTrace: isTrace, at: element.span) else { return nil }
      rest.append((known, element.span))
    }
    return BoundArguments<Value>(names: bound.names, entries: entries, variadic: rest, span: bound.span)
  }
}

extension AbstractValue {
  /// Everything is known, and the result would cost too much.
  fileprivate var isExact: Bool { if case .known = self { true } else { false } }

  /// A tensor known by type is part of it.
  fileprivate var hasType: Bool {
    switch self {
    case .tensor, .traced: true
    case .list(let elements): elements.contains(where: \.hasType)
    default: false
    }
  }

  /// No size in it is open.
  fileprivate var hasSizes: Bool {
    switch self {
    case .tensor(let type): type.shape.sizes != nil
    case .traced(let traced): traced.type.shape.sizes != nil
    case .list(let elements): elements.allSatisfy(\.hasSizes)
    default: true
    }
  }
}
