// Records and tuples of traced tensors. Between layers one value stands for all of them; functions of the
// script take them apart, and whatever else takes a tensor refuses them.
import AdamIR
import AdamRuntime
import AdamSource

extension Value {
  /// Several values that are no tensor, as a function gives them: a record, or a tuple that is more than numbers.
  package var isGivenStructure: Bool {
    if case .tuple = self, holdsTraced { return true }
    return isStructure
  }

  /// A tuple with a tensor among its parts, at any depth: a function of the script takes it as it is, and
  /// everything else as the tensor that its parts make up.
  package var isTupleOfTensors: Bool {
    if case .tuple(let box) = self { box.elements.contains(where: \.holdsTensor) } else { false }
  }

  fileprivate var holdsTensor: Bool {
    switch self {
    case .tensor, .traced, .parameter: true
    case .tuple(let box): box.elements.contains(where: \.holdsTensor)
    case .list(let box): box.elements.contains(where: \.holdsTensor)
    default: false
    }
  }

  /// The same with every tensor in records, tuples and lists replaced.
  func replacingTensors(_ replace: (Value) throws(Diagnostic) -> Value) throws(Diagnostic) -> Value {
    switch self {
    case .record(let box):
      var fields: [RecordBox.Field] = []
      for field in box.fields { fields.append(.init(field.name, try field.value.replacingTensors(replace))) }
      return .record(RecordBox(fields, kind: box.kind))
    case .tuple(let box): return .tuple(TupleBox(try Self.replacing(box.elements, replace)))
    case .list(let box): return .list(ListBox(try Self.replacing(box.elements, replace)))
    case .traced, .tensor, .parameter: return try replace(self)
    default: return self
    }
  }

  private static func replacing(
    _ values: [Value], _ replace: (Value) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> [Value] {
    var result: [Value] = []
    for value in values { result.append(try value.replacingTensors(replace)) }
    return result
  }

  /// The traced tensors in it, in order.
  var tracedParts: [ValueID] {
    switch self {
    case .traced(let traced): [traced.value]
    case .record(let box): box.fields.flatMap(\.value.tracedParts)
    case .tuple(let box): box.elements.flatMap(\.tracedParts)
    case .list(let box): box.elements.flatMap(\.tracedParts)
    default: []
    }
  }
}

extension ModelTracer {
  /// A value that stands for a record or tuple; no operation may use it.
  package func bundled(_ structure: Value, at span: Span) throws(Diagnostic) -> ValueID {
    let whole = try structure.replacingTensors { value throws(Diagnostic) in
      guard case .parameter(let parameter) = value else { return value }
      return .traced(TracedTensor(self, self.parameter(parameter)))
    }
    do throws(ShapeError) {
      let value = try function.constant(0, span: span)
      structures[value] = whole
      return value
    } catch { throw ValueError.shapes(error, at: span) }
  }

  /// What a value is for a function of the script: the record or tuple it stands for, or itself.
  package func unbundled(_ value: ValueID) -> Value {
    structures[value] ?? .traced(TracedTensor(self, value))
  }

  /// What the layers passed gave, tensor by tensor, with the layer that gave it.
  var trailParts: (steps: [TrailStep], values: [ValueID]) {
    let parts = trail.flatMap { step in unbundled(step.value).tracedParts.map { (step, $0) } }
    return (parts.map(\.0), parts.map(\.1))
  }

  /// Throws where the model that was applied gives a record or tuple.
  /// - Parameter what: what it is needed for, `a metric`.
  func requireTensor(_ what: String, of model: Layer, at span: Span) throws(Diagnostic) {
    guard let structure = prediction.flatMap({ structures[$0] }) else { return }
    throw .givesStructure(what, AbstractValue.typed(structure).foundText, model, at: span)
  }
}

extension AbstractValue {
  /// Certainly a tuple with a tensor among its parts, at any depth.
  package var isTupleOfTensors: Bool {
    switch self {
    case .known(let value): value.isTupleOfTensors
    case .tuple(let elements): elements.contains(where: \.holdsTensor)
    default: false
    }
  }

  private var holdsTensor: Bool {
    switch self {
    case .tensor, .traced: true
    case .tuple(let elements), .list(let elements): elements.contains(where: \.holdsTensor)
    case .listOf(let element): element.holdsTensor
    case .known(let value): value.holdsTensor
    default: false
    }
  }

  /// What is known of traced values: their types, or they themselves in the trace that they are part of.
  package static func typed(_ value: Value, keepsTrace: Bool = false) -> AbstractValue {
    switch value {
    case .traced(let traced): keepsTrace ? .traced(traced) : .tensor(traced.type)
    case .tuple(let box): .makeTuple(box.elements.map { typed($0, keepsTrace: keepsTrace) })
    case .list(let box): .makeList(box.elements.map { typed($0, keepsTrace: keepsTrace) })
    case .record(let box):
      .record(
        box.fields.map { AbstractField($0.name, typed($0.value, keepsTrace: keepsTrace)) }, kind: box.kind)
    default: .abstract(of: value)
    }
  }
}

extension Diagnostic {
  /// - Parameter what: what a tensor is needed for, `the prediction`.
  static func givesStructure(_ what: String, _ found: String, _ model: Layer, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic.notYet("\(what) of a model that gives \(found)", at: span)
    diagnostic.labels = [Label(model.lastLayer.span, "gives \(found)")]
    return diagnostic
  }

  /// A registered loss or the lack of one, where the model gives several values.
  static func lossTakesTensor(_ loss: String, _ found: String, _ model: Layer, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.wrongKind, "`\(loss)` compares tensors, and the model gives \(found)", at: span)
    diagnostic.labels = [Label(model.lastLayer.span, "gives \(found)")]
    diagnostic.helps = [Help("write a loss that takes it apart: `loss = fn(p, y) \(loss)(p.name, y)`")]
    return diagnostic
  }
}

extension Layer {
  /// A function of the script takes the input first.
  package var startsInScript: Bool {
    if definition.isSequence { return children.first?.layer.startsInScript ?? false }
    return switch function {
    case .closure?, .abstract?: true
    case .builtin?, nil: false
    }
  }

  /// The layer whose output is the model's.
  fileprivate var lastLayer: Layer {
    definition.isSequence ? children.last?.layer.lastLayer ?? self : self
  }
}
