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
  /// Throws when two operands of one elementwise op do not belong together.
  static func check(
    _ op: OpDefinition, _ operands: [Tensor], at span: Span
  ) throws(Diagnostic) {
    guard op.traits.contains(.elementwise), operands.count > 1 else { return }
    let places = Set(operands.compactMap(\.batchPlace))
    if places.count > 1 {
      throw .rowsDisagree(operands.map(\.symbolicShape.text), at: span)
    }
    if Set(operands.compactMap(\.units)).count > 1 { throw .mixedUnits(at: span) }
  }

  /// What the result keeps.
  static func pass(
    _ op: OpDefinition, _ operands: [Tensor], _ attributes: Attributes, to result: Tensor
  ) {
    if op.traits.contains(.elementwise) {
      let place = operands.lazy.compactMap(\.batchPlace).first
      result.batchAxis = place.map { result.sizes.count - $0 }
      result.units = operands.lazy.compactMap(\.units).first
    } else if op == .matmul || op == .linear {
      result.batchAxis = placeInProduct(operands).map { result.sizes.count - $0 }
    } else if let operand = operands.first, let axis = operand.batchAxis {
      result.batchAxis = kept(axis, op, operand, attributes, result)
    }
  }

  private static func placeInProduct(_ operands: [Tensor]) -> Int? {
    guard operands.count > 1 else { return nil }
    let ranks = (operands[0].sizes.count, operands[1].sizes.count)
    for (index, operand) in operands.prefix(2).enumerated() {
      guard let place = operand.batchPlace,
        let found = OpDefinition.placeInProduct(place, of: index, ranks: ranks)
      else { continue }
      return found
    }
    return nil
  }

  private static func kept(
    _ axis: Int, _ op: OpDefinition, _ operand: Tensor, _ attributes: Attributes, _ result: Tensor
  ) -> Int? {
    if op.traits.contains(.reduction) {
      let axes = attributes.ints("axes") ?? attributes.int("axis").map { [$0] } ?? []
      if attributes.bool("keepdims") == true { return axes.contains(axis) ? nil : axis }
      return axes.contains(axis) ? nil : axis - axes.count { $0 < axis }
    }
    return result.sizes == operand.sizes && !op.traits.contains(.movement) ? axis : nil
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
