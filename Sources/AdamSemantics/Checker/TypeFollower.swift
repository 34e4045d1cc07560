// Pure builtins on tensors of which only the type is known: they are run as in a trace, on values that
// have a type and no numbers, so that each says its own result and its own mistakes.
import AdamIR
import AdamLibrary
import AdamSource

struct TypeFollower {
  private let engine: CheckEngine
  private let tracer: ModelTracer

  init(_ engine: CheckEngine) {
    self.engine = engine
    tracer = ModelTracer(name: "types", isTraining: false, caller: engine)
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
    let context = FoldingContext(session: session)
    do throws(Diagnostic) {
      return .typed(try definition.run(context, arguments))
    } catch {
      if context.hasCalled || !isCertain(error, bound) { return nil }
      engine.report(error)
      return .unknown
    }
  }

  /// Sizes that are not known may turn out to fit; and numbers that are asked for will be there.
  private func isCertain(_ error: Diagnostic, _ bound: BoundArguments<AbstractValue>) -> Bool {
    switch error.code {
    case .outOfRange, .missingArgument: true
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
        guard let known = self.value(given, at: bound.span) else { return nil }
        value = known
      }
      entries.append(.init(value: value, span: entry.span, isGiven: entry.isGiven))
    }
    var rest: [(value: Value, span: Span)] = []
    for element in bound.variadic {
      guard let known = value(element.value, at: element.span) else { return nil }
      rest.append((known, element.span))
    }
    return BoundArguments<Value>(names: bound.names, entries: entries, variadic: rest, span: bound.span)
  }

  private func value(_ value: AbstractValue, at span: Span) -> Value? {
    switch value {
    case .known(.tensor(let tensor)):
      return .traced(TracedTensor(tracer, tracer.opaque(tensor.type, at: span)))
    case .known(let exact): return exact
    case .tensor(let type): return .traced(TracedTensor(tracer, tracer.opaque(type, at: span)))
    case .list(let elements):
      let values = elements.compactMap { self.value($0, at: span) }
      return values.count == elements.count ? .list(ListBox(values)) : nil
    default: return nil
    }
  }
}

extension AbstractValue {
  /// Everything is known, and the result would cost too much.
  fileprivate var isExact: Bool { if case .known = self { true } else { false } }

  /// A tensor known by type is part of it.
  fileprivate var hasType: Bool {
    switch self {
    case .tensor: true
    case .list(let elements): elements.contains(where: \.hasType)
    default: false
    }
  }

  /// No size in it is open.
  fileprivate var hasSizes: Bool {
    switch self {
    case .tensor(let type): type.shape.dimensions.allSatisfy { $0.size != nil }
    case .list(let elements): elements.allSatisfy(\.hasSizes)
    default: true
    }
  }
}
