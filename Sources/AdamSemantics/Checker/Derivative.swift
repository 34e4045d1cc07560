// Derivatives as the checker sees them: the function must give a single number, and what it is
// differentiated by gives the derivative its type.
import AdamIR
import AdamLibrary
import AdamSource

struct Derivative {
  private let function: AbstractValue
  private let hasValue: Bool
  private let engine: CheckEngine
  private let span: Span

  init(_ function: AbstractValue, hasValue: Bool, _ engine: CheckEngine, at span: Span) {
    self.function = function
    self.hasValue = hasValue
    self.engine = engine
    self.span = span
  }

  func result(_ arguments: [AbstractValue]) -> AbstractValue {
    guard let first = arguments.first else {
      engine.report(.derivativeOfNothing(at: span))
      return .unknown
    }
    switch first.kindOfValue {
    case .string, .none, .bool, .function, .optimizer, .data, .hook:
      engine.report(.derivativeBy(first.foundText, at: span))
      return .unknown
    default: break
    }
    let value = value(of: first, arguments.dropFirst())
    if case .tensor(let type) = value.kindOfValue, type.shape.rank > 0 {
      engine.report(.derivativeOfMany(type, function.layerFunction?.place, at: span))
      return .unknown
    }
    if value.isTupleOrRecord {
      engine.report(.derivativeOfSeveral(value.foundText, function.layerFunction?.place, at: span))
      return .unknown
    }
    do throws(Diagnostic) { try value.checkTensor(at: span) } catch {
      engine.report(error)
      return .unknown
    }
    let gradient = first.gradient(engine)
    return hasValue ? .tuple([engine.numberOfTensors, gradient]) : gradient
  }

  /// What the function gives, traced as running does.
  private func value(of argument: AbstractValue, _ rest: ArraySlice<AbstractValue>) -> AbstractValue {
    let tracer = engine.tracerOfDerivative
    let first = argument.differentiated(in: tracer, at: span)
    engine.gradientDepth += 1
    defer { engine.gradientDepth -= 1 }
    return engine.tracing(into: tracer) { engine.call(function, [first] + rest, at: span) }
  }
}

extension AbstractValue {
  fileprivate var isTupleOrRecord: Bool {
    switch kindOfValue {
    case .tuple, .record: true
    default: false
    }
  }

  /// As the function sees it: numbers and lists come as tensors of the trace.
  fileprivate func differentiated(in tracer: ModelTracer, at span: Span) -> AbstractValue {
    let traced = { (type: TensorType) in
      AbstractValue.traced(TracedTensor(tracer, tracer.opaque(TensorType(.f32, type.shape), at: span)))
    }
    switch kindOfValue {
    case .layer: return self
    case .tensor(let type): return traced(type)
    case .number: return traced(TensorType(.f32, .scalar))
    case .list: return listType.map { traced($0) } ?? .unknown
    case .record:
      guard let record = asFields, record.kind == "record" else { return .unknown }
      let fields = record.fields.map { AbstractField($0.name, $0.value.differentiated(in: tracer, at: span)) }
      return .record(fields, kind: record.kind)
    default: return .unknown
    }
  }

  /// What a derivative by this value is.
  fileprivate func gradient(_ engine: CheckEngine) -> AbstractValue {
    switch kindOfValue {
    case .number: return engine.numberOfTensors
    case .tensor(let type): return .tensor(TensorType(.f32, type.shape))
    case .list: return listType.map { .tensor($0) } ?? .unknown
    case .layer: return .record(asLayer?.gradientFields ?? [], kind: RecordBox.gradients)
    default: return .unknown
    }
  }
}

extension Layer {
  /// The names in its gradients, also those of parameters that are frozen; empty where parts of the script hold
  /// layers, of which there may be more than the checker has seen.
  fileprivate var gradientFields: [AbstractField] {
    guard isOfRegisteredLayers else { return [] }
    return namedParameters.map { AbstractField($0.name, .tensor(TensorType(.f32, $0.parameter.shape))) }
  }

  private var isOfRegisteredLayers: Bool {
    function == nil && !isOpen && LayerRegistry[definition.name] != nil
      && children.allSatisfy { $0.layer.isOfRegisteredLayers }
  }
}
