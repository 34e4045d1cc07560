// Functions as layers and losses in the checker: what they do to the values of the trace is appended as
// running does it; of what cannot be followed the type remains.
import AdamIR
import AdamLibrary
import AdamSource

extension CheckEngine: FunctionTracer {
  var isTracing: Bool { traceDepth > 0 || gradientDepth > 0 }

  func solved(_ size: Int, at span: Span) {
    session.openSizes.solve(size, at: span)
  }

  func trace(
    _ function: LayerFunction, _ inputs: [ValueID?], in tracer: ModelTracer, at span: Span
  ) throws(Diagnostic) -> ValueID {
    // A loss that evaluates itself would be followed for ever.
    guard traceDepth < 8 else { throw .shapeUnknown(at: span) }
    traceDepth += 1
    defer { traceDepth -= 1 }
    let callee: AbstractValue =
      switch function {
      case .abstract(let function): .function(function)
      case .closure(let closure): .known(.function(closure))
      case .builtin(let builtin): .known(.builtin(builtin))
      }
    let values = inputs.map { input -> AbstractValue in
      input.map { .typed(tracer.unbundled($0), keepsTrace: true) } ?? .known(.none)
    }
    let result = tracing(into: tracer) { call(callee, values, at: span) }
    if case .traced(let traced) = result, traced.tracer === tracer { return traced.value }
    switch result.kindOfValue {
    case .tensor(let type): return tracer.opaque(type, at: span)
    // Whatever is computed from tensors is a tensor here.
    case .number:
      do throws(ShapeError) { return try tracer.function.constant(0, span: span) } catch {
        throw .shapeUnknown(at: span)
      }
    case .record, .tuple:
      guard let structure = traced(result, tracer, at: span) else { throw .shapeUnknown(at: span) }
      return try tracer.bundled(structure, at: span)
    case .string, .none, .bool, .function, .layer, .optimizer, .data, .hook:
      throw .notNumbers(result.foundText, from: function.place, at: span)
    default: throw .shapeUnknown(at: span)
    }
  }

  /// A record or tuple with traced tensors for those of which the type is known; nil where something in it
  /// is not known at all.
  private func traced(_ value: AbstractValue, _ tracer: ModelTracer, at span: Span) -> Value? {
    switch value {
    case .known(let value): return value
    case .tensor, .traced: return tracer.value(of: value, isTrace: true, at: span)
    case .number: return .traced(TracedTensor(tracer, tracer.opaque(TensorType(.f32, .scalar), at: span)))
    case .record(let fields, let kind):
      let values = fields.compactMap { field in
        traced(field.value, tracer, at: span).map { RecordBox.Field(field.name, $0) }
      }
      return values.count == fields.count ? .record(RecordBox(values, kind: kind)) : nil
    case .tuple(let parts): return traced(parts, tracer, at: span).map { .tuple(TupleBox($0)) }
    case .list(let parts): return traced(parts, tracer, at: span).map { .list(ListBox($0)) }
    default: return nil
    }
  }

  private func traced(_ parts: [AbstractValue], _ tracer: ModelTracer, at span: Span) -> [Value]? {
    let values = parts.compactMap { traced($0, tracer, at: span) }
    return values.count == parts.count ? values : nil
  }
}

extension ModelTracer {
  /// A value of the checker as running would have it here; nil when too little is known of it.
  /// - Parameter isTrace: what is known exactly takes part as it is, else by its type only.
  func value(of value: AbstractValue, isTrace: Bool, at span: Span) -> Value? {
    switch value {
    case .traced(let traced) where traced.tracer === self: return .traced(traced)
    case .known(.tensor(let tensor)) where !isTrace: return opaque(tensor.type, at: span)
    case .known(let exact): return exact
    case .traced(let traced): return opaque(traced.type, at: span)
    case .tensor(let type): return opaque(type, at: span)
    case .list(let elements):
      let values = elements.compactMap { self.value(of: $0, isTrace: isTrace, at: span) }
      return values.count == elements.count ? .list(ListBox(values)) : nil
    default: return nil
    }
  }

  private func opaque(_ type: TensorType, at span: Span) -> Value {
    .traced(TracedTensor(self, opaque(type, at: span)))
  }
}

extension AbstractValue {
  var isTraced: Bool { if case .traced = self { true } else { false } }

  /// Known by its type only.
  var withoutTrace: AbstractValue { if case .traced(let traced) = self { .tensor(traced.type) } else { self } }

  /// Whether it is a value of the trace, or a list with one.
  func takesPart(in tracer: ModelTracer) -> Bool {
    switch self {
    case .traced(let traced): traced.tracer === tracer
    case .list(let elements): elements.contains { $0.takesPart(in: tracer) }
    default: false
    }
  }
}
