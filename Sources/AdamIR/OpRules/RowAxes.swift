// Which axis of a result runs over the rows of a data set, from where that axis stands in the operands, and
// whether operands that stretch over each other have it in one place. For tensors at hand, for traced values
// and for the checker alike.

/// One op on operands of which some run over rows. Places are counted from the last axis, from 1 on, as
/// operands are lined up.
package struct RowAxes {
  private let op: OpDefinition
  private let shapes: [Shape]
  private let places: [Int?]
  private let attributes: Attributes

  package init(_ op: OpDefinition, _ shapes: [Shape], _ places: [Int?], _ attributes: Attributes) {
    self.op = op
    self.shapes = shapes
    self.places = places
    self.attributes = attributes
  }

  /// Whether operands that stretch over each other run over rows in different axes.
  package var disagree: Bool {
    guard let own = op.ownAxes else { return false }
    let stretching = places.compactMap { $0 }.filter { $0 > own }
    return stretching.contains { $0 != stretching[0] }
  }

  /// Where the rows stand in the result; nil when it has none, or when that cannot be told.
  package func place(in result: Shape) -> Int? {
    if op.traits.contains(.elementwise) { return places.lazy.compactMap { $0 }.first }
    if op == .matmul || op == .linear { return placeInProduct }
    if op == .concat { return placeInConcat(result) }
    if op == .indexSelect, let axis = axisOfIndices { return result.rank - axis }
    guard let axis = axis(of: 0), let moved = moved(axis, to: result), result.dimensions.indices.contains(moved),
      result.dimensions[moved] == shapes[0].dimensions[axis]
    else { return nil }
    return result.rank - moved
  }

  /// The rows' axis of an operand, from the first axis.
  private func axis(of operand: Int) -> Int? {
    guard places.indices.contains(operand), let place = places[operand] else { return nil }
    let axis = shapes[operand].rank - place
    return shapes[operand].dimensions.indices.contains(axis) ? axis : nil
  }

  /// Where an axis of the first operand goes.
  private func moved(_ axis: Int, to result: Shape) -> Int? {
    let source = shapes[0]
    if op == .transpose { return attributes.ints("permutation")?.firstIndex(of: axis) }
    if op == .slice { return axis }
    if op == .broadcastTo { return axis + result.rank - source.rank }
    if op == .indexSelect { return movedByIndices(axis) }
    if op.traits.contains(.view) { return source.axisKept(axis, in: result) }
    // Windows leave images apart, but not their channels, rows and columns.
    if op.attributeNames.contains(where: WindowGeometry.attributeNames.contains) { return axis == 0 ? 0 : nil }
    if op.traits.contains(.reduction) { return movedByReduction(axis) }
    return op.traits.contains(.movement) ? nil : axis
  }

  private func movedByReduction(_ axis: Int) -> Int? {
    let axes = attributes.ints("axes") ?? attributes.int("axis").map { [$0] } ?? []
    if axes.contains(axis) { return nil }
    return attributes.bool("keepdims") == true ? axis : axis - axes.count { $0 < axis }
  }

  /// The axes of the indices take the place of the axis chosen from.
  private func movedByIndices(_ axis: Int) -> Int? {
    guard let chosen = attributes.int("axis"), shapes.count > 1 else { return nil }
    return axis > chosen ? axis + shapes[1].rank - 1 : axis
  }

  /// In the result of a choice by indices that themselves run over rows.
  private var axisOfIndices: Int? {
    guard let chosen = attributes.int("axis"), let axis = axis(of: 1) else { return nil }
    return chosen + axis
  }

  /// Parts that stand one after the other have rows unless it is rows that follow each other.
  private func placeInConcat(_ result: Shape) -> Int? {
    guard let place = places.lazy.compactMap({ $0 }).first, result.rank - place != attributes.int("axis") else {
      return nil
    }
    return place
  }

  private var placeInProduct: Int? {
    guard shapes.count > 1 else { return nil }
    for index in 0..<2 {
      guard let place = places[index],
        let found = OpDefinition.placeInProduct(place, of: index, ranks: (shapes[0].rank, shapes[1].rank))
      else { continue }
      return found
    }
    return nil
  }
}

extension OpDefinition {
  /// The last axes of an operand that do not stretch over another operand's; nil when nothing stretches.
  package var ownAxes: Int? {
    if self == .matmul { return 2 }
    return traits.contains(.elementwise) && operandCount.upperBound > 1 ? 0 : nil
  }

  /// Whether one operand of these shapes is certainly stretched over the other. A single number goes with
  /// everything; a batch has more than one row.
  package func stretches(_ a: Shape, _ b: Shape) -> Bool {
    guard let ownAxes else { return false }
    let (x, y) = (a.dimensions.dropLast(ownAxes), b.dimensions.dropLast(ownAxes))
    if x.isEmpty || y.isEmpty { return false }
    return x.count != y.count || zip(x, y).contains { $0.differs(from: $1) }
  }
}

extension Dimension {
  fileprivate func differs(from other: Dimension) -> Bool {
    !mayEqual(other) || isBatch && other.size == 1 || size == 1 && other.isBatch
  }
}

extension Shape {
  /// Where an axis is found again when the elements stay in order under another shape: the axis of its size
  /// with as many elements before it. nil when it was merged or cut. Of one row nothing can be told.
  package func axisKept(_ axis: Int, in other: Shape) -> Int? {
    if self == other { return axis }
    let size = dimensions[axis]
    if size.isBatch { return other.dimensions.firstIndex { $0.isBatch } }
    guard size.size != 1, let before = Shape(Array(dimensions[..<axis])).elementCount else { return nil }
    return other.dimensions.indices.first {
      other.dimensions[$0] == size && Shape(Array(other.dimensions[..<$0])).elementCount == before
    }
  }
}
