// Which axis of a traced value runs over rows: rows must line up in traced functions as they must for
// tensors at hand.
import AdamIR
import AdamSource

/// Found as operations are appended; counted from the last axis, as operands are lined up.
struct BatchPlaces {
  private var places: [Int?] = []
  private var scanned = 0

  private mutating func scan(_ function: TensorFunction, _ sources: Set<ValueID>) {
    places += Array(repeating: nil, count: max(0, function.values.count - places.count))
    for source in sources { places[source.index] = function.type(source).shape.rank }
    for operation in function.operations[scanned...] {
      let rows = rows(operation.op, operation.operands, operation.attributes, function)
      for result in operation.results where places[result.index] == nil {
        places[result.index] = rows.place(in: function.type(result).shape)
      }
    }
    scanned = function.operations.count
  }

  private func rows(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: Attributes, _ function: TensorFunction
  ) -> RowAxes {
    RowAxes(op, operands.map { function.type($0).shape }, operands.map { places[$0.index] }, attributes)
  }

  /// Where the rows of a value stand; nil when it has none.
  mutating func place(of value: ValueID, in function: TensorFunction, _ sources: Set<ValueID>) -> Int? {
    scan(function, sources)
    return places[value.index]
  }

  /// Whether operands that stretch over each other run over rows in axes that do not line up.
  mutating func disagree(
    _ op: OpDefinition, _ operands: [ValueID], in function: TensorFunction, _ sources: Set<ValueID>
  ) -> Bool {
    scan(function, sources)
    return rows(op, operands, Attributes(), function).disagree
  }
}
