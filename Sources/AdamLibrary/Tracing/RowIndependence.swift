// Whether a model may be evaluated block by block: a layer may look at all rows together, `softmax(axis=0)`
// or `fn(x) x - mean(x, axis=0)`, and then must see them all. Whatever is not certain counts as such.
import AdamIR
import AdamRuntime
import AdamSource

extension ModelTrace {
  /// Each row of the output is made of one row of the input, as far as the operations tell.
  package var keepsRowsApart: Bool {
    guard structure == nil, let x = function.parameters.first(where: { $0.name == "x" })?.value else { return false }
    var places = [Int?](repeating: nil, count: function.values.count)
    places[x.index] = function.type(x).shape.rank
    for operation in function.operations {
      guard let place = place(after: operation, places) else { return false }
      // Behind its output attention leaves its weights, which have an axis more.
      for (axes, result) in operation.results.enumerated() { places[result.index] = place.map { $0 + axes } }
    }
    return places[output.index] == function.type(output).shape.rank
  }

  /// Where the rows stand after an operation, `.some(nil)` when none go in; nil when it may mix them.
  private func place(after operation: Operation, _ places: [Int?]) -> Int?? {
    let op = operation.op
    if op.traits.contains(.random) || op.traits.contains(.effect) { return nil }
    let before = operation.operands.map { places[$0.index] }
    guard before.contains(where: { $0 != nil }) else { return .some(nil) }
    let shapes = operation.operands.map { function.type($0).shape }
    let rows = RowAxes(op, shapes, before, operation.attributes)
    guard !rows.disagree, !operation.worksAlong(before, shapes), operation.results.count == 1 || op == .attention,
      let place = rows.place(in: function.type(operation.results[0]).shape)
    else { return nil }
    return place
  }

  /// The same work on another number of rows: the same operations on the same numbers, which differ at most
  /// where each has its own number of rows.
  func doesTheSame(as other: ModelTrace) -> Bool {
    let (a, b) = (function.operations, other.function.operations)
    guard let rows, let otherRows = other.rows, a.count == b.count, captures.count == other.captures.count,
      zip(captures, other.captures).allSatisfy({ $0.tensor.holdsSame(as: $1.tensor) })
    else { return false }
    return zip(a, b).allSatisfy { a, b in
      a.op == b.op && a.operands == b.operands && a.attributes.agree(with: b.attributes, (rows, otherRows))
    }
  }

  private var rows: Int? {
    function.parameters.first { $0.name == "x" }.flatMap { function.type($0.value).shape.dimensions.first?.size }
  }
}

extension Attributes {
  /// Equal but for numbers of rows, each side's own.
  fileprivate func agree(with other: Attributes, _ rows: (Int, Int)) -> Bool {
    func fit(_ a: [Int?], _ b: [Int?]) -> Bool {
      a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || ($0 == rows.0 && $1 == rows.1) }
    }
    return entries.count == other.entries.count
      && zip(entries, other.entries).allSatisfy { a, b in
        switch (a.value, b.value) {
        case (.int(let x), .int(let y)): fit([x], [y])
        case (.ints(let x), .ints(let y)): fit(x, y)
        case (.type(let x), .type(let y)):
          x.element == y.element && fit(x.shape.dimensions.map(\.size), y.shape.dimensions.map(\.size))
        default: a == b
        }
      }
  }
}

extension Tensor {
  /// The same type with the same bits.
  fileprivate func holdsSame(as other: Tensor) -> Bool {
    if self === other { return true }
    guard type == other.type else { return false }
    let (a, b) = (UnsafeRawBufferPointer(start: pointer, count: elementCount * 4),
      UnsafeRawBufferPointer(start: other.pointer, count: elementCount * 4))
    return a.elementsEqual(b)
  }
}

extension Operation {
  /// Whether the op runs along an axis that stands for the rows, or takes products of rows with rows.
  /// - Parameter places: of the rows in each operand, counted from the last axis.
  fileprivate func worksAlong(_ places: [Int?], _ shapes: [Shape]) -> Bool {
    let axes = (attributes.ints("axes") ?? []) + (attributes.int("axis").map { [$0] } ?? [])
    for (index, place) in places.enumerated() where index == 0 || op == .concat {
      if let place, axes.contains(shapes[index].rank - place) { return true }
    }
    // Its places see each other, and so do the numbers of a head.
    if op == .attention || op == .attentionGrad { return places.contains { ($0 ?? 3) <= 2 } }
    guard op == .matmul || op == .linear, places.count > 1, let right = places[1] else { return false }
    // Rows of the right operand are apart in a stack of matrices only, and meet those of the left there.
    return right < 3 || places[0] != right
  }
}
