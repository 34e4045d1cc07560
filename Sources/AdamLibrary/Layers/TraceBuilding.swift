// What layers use to append operations: an op's refusal becomes a diagnostic at the layer.
import AdamIR
import AdamSource

extension TraceBuilder {
  /// Appends an operation with one result.
  package func emit(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: KeyValuePairs<String, Attribute> = [:],
    at layer: Layer
  ) throws(Diagnostic) -> ValueID {
    do {
      return try function.emit(op, operands, Attributes(attributes), span: layer.span)
    } catch {
      throw .refused(by: layer, error)
    }
  }

  /// A constant beside the operands of a layer.
  func number(_ value: Double, at layer: Layer) throws(Diagnostic) -> ValueID {
    try emit(.full, [], ["value": .float(value), "type": .type(TensorType(.f32, .scalar))], at: layer)
  }

  /// `axis` as 0 ..< rank of the value.
  package func axis(_ axis: Int, of value: ValueID, at layer: Layer) throws(Diagnostic) -> Int {
    do {
      return try function.type(value).shape.axis(axis, of: layer.definition.name)
    } catch {
      throw .refused(by: layer, error)
    }
  }
}
