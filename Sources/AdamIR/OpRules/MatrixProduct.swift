// The shapes of a matrix product: vectors, matrices and stacks of matrices, as in torch.matmul.

/// One operand as it is multiplied: a vector on the left is a row, on the right a column; what stands
/// before the last two axes counts matrices.
struct ProductSide {
  var leading: Shape
  var rows: Dimension
  var columns: Dimension
  var isVector: Bool

  /// The operand with two axes at least, as it lies in memory.
  let stored: Shape

  /// Throws for a single number, and for a vector that is read the other way round.
  init(_ shape: Shape, operand: Int, isTransposed: Bool) throws(ShapeError) {
    isVector = shape.rank == 1
    guard shape.rank > 0, !(isVector && isTransposed) else {
      throw .rank("@", "matrices or vectors", shape, operand: operand)
    }
    let one = [Dimension(1)]
    let sizes = !isVector ? shape.dimensions : operand == 0 ? one + shape.dimensions : shape.dimensions + one
    stored = Shape(sizes)
    leading = Shape(Array(sizes.dropLast(2)))
    let (first, second) = (sizes[sizes.count - 2], sizes[sizes.count - 1])
    (rows, columns) = isTransposed ? (second, first) : (first, second)
  }
}

/// Both operands, and what comes out.
struct MatrixProduct {
  var a: ProductSide
  var b: ProductSide
  /// Of the result: the leading axes of both stretch to it.
  var leading: Shape
  var transposesA: Bool
  var transposesB: Bool

  /// Throws when the shapes do not fit.
  init(_ types: [TensorType], _ attributes: Attributes) throws(ShapeError) {
    guard let first = attributes.bool("transpose_a") else { throw .missingAttribute("matmul", "transpose_a") }
    guard let second = attributes.bool("transpose_b") else { throw .missingAttribute("matmul", "transpose_b") }
    (transposesA, transposesB) = (first, second)
    a = try ProductSide(types[0].shape, operand: 0, isTransposed: first)
    b = try ProductSide(types[1].shape, operand: 1, isTransposed: second)
    func phrase() -> String { "cannot multiply \(types[0].shape.text) by \(types[1].shape.text)" }
    guard a.columns.mayEqual(b.rows) else { throw .sizes(phrase(), a.columns, b.rows) }
    leading = try Shape.broadcast(a.leading, b.leading, phrase: phrase())
  }

  /// Axes of vectors leave the result.
  var result: Shape {
    Shape(leading.dimensions + (a.isVector ? [] : [a.rows]) + (b.isVector ? [] : [b.columns]))
  }

  /// The result before that: a stack of matrices.
  var stack: Shape { Shape(leading.dimensions + [a.rows, b.columns]) }

  /// One matrix on the right for all rows on the left, which may then be taken as one matrix.
  var isOneMatrix: Bool { a.leading.rank > 0 && b.leading.rank == 0 && !transposesA }
}

extension OpDefinition {
  /// Where an axis of an operand of `matmul` or `linear` stands in the result, both counted from the
  /// last axis from 1 on; nil when it is summed over.
  package static func placeInProduct(_ place: Int, of operand: Int, ranks: (Int, Int)) -> Int? {
    let (own, other) = operand == 0 ? (ranks.0, ranks.1) : (ranks.1, ranks.0)
    let summed = operand == 0 || own == 1 ? 1 : 2
    if place == summed { return nil }
    // The right operand's columns stay the last axis; rows and what stands before move up where a
    // vector on the other side gives no axis.
    if operand == 1, place == 1 { return 1 }
    return other == 1 ? place - 1 : place
  }
}

/// Which matrices of two stacks meet, by the leading axes of each.
package struct StackPairs {
  package let count: Int
  private var sizes: [Int] = []
  /// Matrices to go on by along each axis; 0 where the axis is stretched.
  private var steps: [(Int, Int)] = []

  /// - Precondition: the sizes stretch to each other.
  package init(_ a: [Int], _ b: [Int]) {
    let rank = max(a.count, b.count)
    var (stepA, stepB) = (1, 1)
    for place in 1..<(rank + 1) {
      let x = place <= a.count ? a[a.count - place] : 1
      let y = place <= b.count ? b[b.count - place] : 1
      sizes.append(x == 1 ? y : x)
      steps.append((x == 1 ? 0 : stepA, y == 1 ? 0 : stepB))
      (stepA, stepB) = (stepA * x, stepB * y)
    }
    count = sizes.reduce(1, *)
  }

  /// The n-th pair in row-major order.
  package subscript(index: Int) -> (Int, Int) {
    var (rest, x, y) = (index, 0, 0)
    for (size, step) in zip(sizes, steps) where size > 0 {
      let at = rest % size
      rest /= size
      (x, y) = (x + at * step.0, y + at * step.1)
    }
    return (x, y)
  }
}
