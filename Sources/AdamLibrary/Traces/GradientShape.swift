// The structure in which derivatives are given back: that of what is differentiated by.
import AdamIR
import AdamRuntime

indirect enum GradientShape {
  /// Names of the parameters that are not frozen.
  case model([String])
  case record(kind: String, names: [String], [GradientShape])
  case tuple([GradientShape])
  case list([GradientShape])
  case leaf(isNumber: Bool)

  init(of value: Value) {
    switch value {
    case .layer(let model):
      self = .model(model.namedParameters.filter { !$0.parameter.isFrozen }.map(\.name))
    case .record(let box):
      self = .record(kind: box.kind, names: box.fields.map(\.name), box.fields.map { GradientShape(of: $0.value) })
    case .tuple(let box): self = .tuple(box.elements.map { GradientShape(of: $0) })
    case .list(let box) where value.isListOfParts: self = .list(box.elements.map { GradientShape(of: $0) })
    default: self = .leaf(isNumber: value.exactNumber != nil)
    }
  }

  /// The derivatives of `value`: those by leaves first, then those by parameters, each in the order in
  /// which the value has them.
  func filled(_ gradients: ArraySlice<Value>, leaves: Int, of value: Value) -> Value {
    var leaf = gradients.startIndex
    var parameter = leaf + leaves
    return filled(gradients, value, &leaf, &parameter)
  }

  private func filled(
    _ gradients: ArraySlice<Value>, _ value: Value, _ leaf: inout Int, _ parameter: inout Int
  ) -> Value {
    switch (self, value) {
    case (.model(let names), _):
      var fields: [RecordBox.Field] = []
      fields.reserveCapacity(names.count + 1)
      for name in names {
        fields.append(.init(name, gradients[parameter]))
        parameter += 1
      }
      fields.append(.init(RecordBox.modelOfGradients, value))
      return .record(RecordBox(fields, kind: RecordBox.gradients))
    case (.record(let kind, let names, let shapes), .record(let box)):
      let values = filled(gradients, shapes, box.fields.map(\.value), &leaf, &parameter)
      return .record(RecordBox(zip(names, values).map { .init($0, $1) }, kind: kind))
    case (.tuple(let shapes), .tuple(let box)):
      return .tuple(TupleBox(filled(gradients, shapes, box.elements, &leaf, &parameter)))
    case (.list(let shapes), .list(let box)):
      return .list(ListBox(filled(gradients, shapes, box.elements, &leaf, &parameter)))
    default:
      let gradient = gradients[leaf]
      leaf += 1
      if case .leaf(isNumber: true) = self { return gradient.asScalar }
      return gradient
    }
  }

  private func filled(
    _ gradients: ArraySlice<Value>, _ shapes: [GradientShape], _ values: [Value], _ leaf: inout Int,
    _ parameter: inout Int
  ) -> [Value] {
    var result: [Value] = []
    for (shape, value) in zip(shapes, values) { result.append(shape.filled(gradients, value, &leaf, &parameter)) }
    return result
  }
}

extension Value {
  /// A rank-0 tensor as a number.
  var asScalar: Value { exactNumber.map { .number($0) } ?? self }
}
