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
      for result in operation.results where places[result.index] == nil {
        places[result.index] = place(of: result, operation, function)
      }
    }
    scanned = function.operations.count
  }

  private func place(of result: ValueID, _ operation: Operation, _ function: TensorFunction) -> Int? {
    let rank = function.type(result).shape.rank
    if operation.op.traits.contains(.elementwise) {
      return operation.operands.lazy.compactMap { places[$0.index] }.first
    }
    if operation.op == .matmul || operation.op == .linear { return placeInProduct(operation, function) }
    guard let operand = operation.operands.first, let place = places[operand.index] else { return nil }
    let axis = function.type(operand).shape.rank - place
    if operation.op.traits.contains(.reduction) {
      let axes = operation.attributes.ints("axes") ?? operation.attributes.int("axis").map { [$0] } ?? []
      if axes.contains(axis) { return nil }
      if operation.attributes.bool("keepdims") == true { return place }
      return rank - (axis - axes.count { $0 < axis })
    }
    let shapes = (function.type(operand).shape, function.type(result).shape)
    // Reshaping that leaves the first axis alone leaves the rows alone.
    if axis == 0, let first = shapes.0.dimensions.first, shapes.1.dimensions.first == first { return rank }
    return shapes.0 == shapes.1 && !operation.op.traits.contains(.movement) ? place : nil
  }

  private func placeInProduct(_ operation: Operation, _ function: TensorFunction) -> Int? {
    let operands = operation.operands.prefix(2)
    let ranks = operands.map { function.type($0).shape.rank }
    guard ranks.count == 2 else { return nil }
    for (index, operand) in operands.enumerated() {
      guard let place = places[operand.index],
        let found = OpDefinition.placeInProduct(place, of: index, ranks: (ranks[0], ranks[1]))
      else { continue }
      return found
    }
    return nil
  }

  /// Whether two operands run over rows in axes that do not line up.
  mutating func disagree(
    _ a: ValueID, _ b: ValueID, in function: TensorFunction, _ sources: Set<ValueID>
  ) -> Bool {
    scan(function, sources)
    guard let x = places[a.index], let y = places[b.index] else { return false }
    return x != y
  }
}
