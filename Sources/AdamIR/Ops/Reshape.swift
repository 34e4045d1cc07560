// reshape: the same elements in the same order under another shape.

extension OpDefinition {
  /// `shape` may hold one -1, which takes what is left.
  package static let reshape: OpDefinition = .init(
    name: "reshape", summary: "The same elements in row-major order under another shape.",
    formula: "y = x; x' = g under x's shape", traits: .view, operandCount: 1...1,
    attributeNames: ["shape"],
    inferTypes: { types, attributes throws(ShapeError) in
      guard let sizes = attributes.ints("shape") else {
        throw .missingAttribute("reshape", "shape")
      }
      return [TensorType(types[0].element, try reshaped(types[0].shape, to: sizes))]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      [try function.reshaped(g, to: function.type(context.operands[0]).shape)]
    },
    reference: { operands, _, types in [ReferenceTensor(sizes(types), operands[0].values)] })

  private static func reshaped(_ shape: Shape, to sizes: [Int]) throws(ShapeError) -> Shape {
    let text = "[" + sizes.map { $0 == -1 ? "_" : String($0) }.joined(separator: ", ") + "]"
    let refusal = ShapeError("cannot reshape \(shape.text) to \(text)", operands: [0])
    let open = sizes.filter { $0 == -1 }.count
    guard open <= 1, sizes.allSatisfy({ $0 >= -1 }) else { throw refusal }
    let rest = Shape(sizes: sizes.filter { $0 != -1 })
    guard let known = rest.elementCount else { throw refusal.because("that is too large for any memory") }
    guard let count = shape.elementCount else {
      return Shape(sizes.map { $0 == -1 ? openSize(shape, sizes) : Dimension($0) })
    }
    if open == 0 {
      guard known == count else { throw refusal.counts(count, known) }
      return rest
    }
    if known == 0, count == 0 {
      throw refusal.because("beside a size of 0 any number fits")
    }
    guard known > 0, count % known == 0 else { throw refusal.counts(count, known) }
    return Shape(sizes: sizes.map { $0 == -1 ? count / known : $0 })
  }

  /// What is left of a symbolic shape: the batch when it is the only symbolic size and as many elements stand
  /// before and behind it as before, else unknown.
  private static func openSize(_ shape: Shape, _ sizes: [Int]) -> Dimension {
    guard let axis = shape.dimensions.firstIndex(where: \.isBatch), let open = sizes.firstIndex(of: -1) else {
      return .unknown
    }
    let before = (Shape(Array(shape.dimensions[..<axis])), Shape(sizes: Array(sizes[..<open])))
    let behind = (Shape(Array(shape.dimensions[(axis + 1)...])), Shape(sizes: Array(sizes[(open + 1)...])))
    let isKept = [before, behind].allSatisfy { $0.elementCount != nil && $0.elementCount == $1.elementCount }
    return isKept ? .batch : .unknown
  }
}

extension ShapeError {
  fileprivate func counts(_ found: Int, _ wanted: Int) -> ShapeError {
    because(found == 1 ? "1 element is not \(wanted)" : "\(found) elements are not \(wanted)")
  }

  fileprivate func because(_ reason: String) -> ShapeError {
    ShapeError(claim, reason: reason, operands: operands)
  }
}
