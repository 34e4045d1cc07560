// What a tensor at hand knows beside its numbers: which axis runs over rows, and whose units it is in.
// Both only ever refuse: rows must line up, and the file's units do not mix with the network's.
import AdamIR
import AdamRuntime
import AdamSource

extension Tensor {
  /// Marks axis 0 as rows of a data set.
  func asRows(_ units: TensorUnits? = nil) -> Tensor {
    batchAxis = sizes.isEmpty ? nil : 0
    self.units = units
    return self
  }

  /// Counted from the last axis, as operands are lined up.
  fileprivate var batchPlace: Int? { batchAxis.map { sizes.count - $0 } }

  /// With `batch` for the size of the rows' axis.
  var symbolicShape: Shape {
    var dimensions = type.shape.dimensions
    if let batchAxis, dimensions.indices.contains(batchAxis) { dimensions[batchAxis] = .batch }
    return Shape(dimensions)
  }
}

enum TensorTags {
  /// Throws when operands that stretch over each other do not belong together.
  static func check(
    _ op: OpDefinition, _ operands: [Tensor], at span: Span
  ) throws(Diagnostic) {
    guard operands.count > 1 else { return }
    if operands.contains(where: { $0.batchAxis != nil }), rows(op, operands, Attributes()).disagree {
      throw .rowsDisagree(operands.map(\.symbolicShape.text), at: span)
    }
    guard op.traits.contains(.elementwise) else { return }
    if Set(operands.compactMap(\.units)).count > 1 { throw .mixedUnits(at: span) }
  }

  /// What the result keeps.
  static func pass(
    _ op: OpDefinition, _ operands: [Tensor], _ attributes: Attributes, to result: Tensor
  ) {
    if op.traits.contains(.elementwise) { result.units = operands.lazy.compactMap(\.units).first }
    guard operands.contains(where: { $0.batchAxis != nil }) else { return }
    let shape = result.type.shape
    result.batchAxis = rows(op, operands, attributes).place(in: shape).map { shape.rank - $0 }
  }

  private static func rows(_ op: OpDefinition, _ operands: [Tensor], _ attributes: Attributes) -> RowAxes {
    RowAxes(op, operands.map(\.type.shape), operands.map(\.batchPlace), attributes)
  }
}

extension Diagnostic {
  static func rowsDisagree(_ shapes: [String], at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .shapesDisagree, "rows do not line up: \(shapes.joined(separator: " and "))", at: span)
    diagnostic.notes = ["guessing would compare every row with every other"]
    diagnostic.helps = [Help("`column(y)` makes a column of a vector")]
    return diagnostic
  }

  static func mixedUnits(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .operandKinds, "the file's units do not mix with the network's", at: span)
    diagnostic.notes = [
      "`predict(…)`, `.inputs` and `.targets` are in the file's units; `.x`, `.y` and `model(x)` are scaled"
    ]
    diagnostic.helps = [Help("compare `predict(d)` with `d.targets`, or `model(d.x)` with `d.y`")]
    return diagnostic
  }
}
