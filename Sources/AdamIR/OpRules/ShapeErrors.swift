// The words in which ops refuse operands. Every message stands alone and uses the user's words.

extension ShapeError {
  static func operandCount(_ op: String, _ found: Int, _ wanted: ClosedRange<Int>) -> ShapeError {
    let range =
      wanted.lowerBound == wanted.upperBound
      ? String(wanted.lowerBound) : "\(wanted.lowerBound) to \(wanted.upperBound)"
    return ShapeError("`\(op)` takes \(range) operands, not \(found)")
  }

  static func missingAttribute(_ op: String, _ name: String) -> ShapeError {
    ShapeError("`\(op)` needs the attribute `\(name)`")
  }

  static func element(
    _ op: String, _ wanted: String, _ found: TensorType, operand: Int
  ) -> ShapeError {
    ShapeError("`\(op)` needs \(wanted), and this is \(found.text)", operands: [operand])
  }

  static func rank(_ op: String, _ wanted: String, _ found: Shape, operand: Int) -> ShapeError {
    ShapeError("`\(op)` needs \(wanted), and this is \(found.text)", operands: [operand])
  }

  static func axis(_ axis: Int, _ shape: Shape, _ op: String) -> ShapeError {
    shape.rank == 0
      ? ShapeError("`\(op)` has no axis \(axis): the value is a single number", operands: [0])
      : ShapeError(
        "`\(op)` has no axis \(axis): \(shape.text) has the axes 0 to \(shape.rank - 1)",
        hint: "axes also count from the end: -1 is the last one", operands: [0])
  }

  static func sizes(_ phrase: String, _ a: Dimension, _ b: Dimension) -> ShapeError {
    ShapeError(phrase, reason: "\(a.text) is not \(b.text)", operands: [0, 1])
  }

  static func batchAxes(_ phrase: String) -> ShapeError {
    ShapeError(
      phrase, reason: "their batch axes do not line up",
      hint: "give both the same rank, for example with `reshape(-1, 1)`", operands: [0, 1])
  }

  static func symbolic(_ what: String, _ shape: Shape) -> ShapeError {
    ShapeError("\(what) needs sizes that are known, and this is \(shape.text)")
  }

  static func notSame(_ op: String, _ a: Shape, _ b: Shape, operands: [Int]) -> ShapeError {
    ShapeError(
      "`\(op)` needs two equal shapes, and these are \(a.text) and \(b.text)",
      hint: "a loss never stretches one side to the other", operands: operands)
  }
}
