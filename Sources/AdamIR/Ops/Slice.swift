// slice: every step-th element of one axis.

extension OpDefinition {
  /// 0 ≤ start ≤ end ≤ size, step ≥ 1; counting from the end is resolved before.
  package static let slice: OpDefinition = .init(
    name: "slice", summary: "Part of a tensor along one axis.",
    formula: "y[.., i, ..] = x[.., start + i * step, ..]; x' = g at its places, 0 elsewhere",
    traits: .movement, operandCount: 1...1, attributeNames: ["axis", "start", "end", "step"],
    inferTypes: { types, attributes throws(ShapeError) in
      var dimensions = types[0].shape.dimensions
      let axis = try TypeRules.axis("slice", types[0].shape, attributes)
      let (start, end, step) = try bounds(attributes)
      guard start >= 0, start <= end, end <= dimensions[axis].size ?? end, step >= 1 else {
        throw ShapeError(
          "cannot take \(start)..<\(end) of axis \(axis) of \(types[0].shape.text)", operands: [0])
      }
      dimensions[axis] = Dimension((end - start) / step + ((end - start) % step == 0 ? 0 : 1))
      return [TensorType(types[0].element, Shape(dimensions))]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      [try scatter(&function, g, context)]
    },
    reference: { operands, attributes, types in
      let (axis, start) = (attributes.int("axis") ?? 0, attributes.int("start") ?? 0)
      let (x, step) = (operands[0], attributes.int("step") ?? 1)
      let (outer, size, inner) = x.split(at: axis)
      let count = sizes(types)[axis]
      var values: [Double] = []
      for o in 0..<outer {
        for i in 0..<count {
          let row = (o * size + start + i * step) * inner
          values += x.values[row..<(row + inner)]
        }
      }
      return [ReferenceTensor(sizes(types), values)]
    })

  private static func bounds(
    _ attributes: Attributes
  ) throws(ShapeError) -> (start: Int, end: Int, step: Int) {
    guard let start = attributes.int("start") else { throw .missingAttribute("slice", "start") }
    guard let end = attributes.int("end") else { throw .missingAttribute("slice", "end") }
    guard let step = attributes.int("step") else { throw .missingAttribute("slice", "step") }
    return (start, end, step)
  }

  /// g between zeros: spread by `step` with zeros after each row, cut, then padded on both sides.
  private static func scatter(
    _ function: inout TensorFunction, _ g: ValueID, _ context: PullbackContext
  ) throws(ShapeError) -> ValueID {
    let target = function.type(context.operands[0])
    let (start, _, step) = try bounds(context.attributes)
    let axis = try TypeRules.axis("slice", target.shape, context.attributes)
    let sizes = try target.shape.fixedSizes(for: "the gradient of `slice`")
    var spread = g
    var count = try function.type(g).shape.fixedSizes(for: "the gradient of `slice`")[axis]
    if step > 1, count > 0 {
      spread = try spreadRows(&function, g, axis: axis, step: step)
      count = Swift.min(count * step, sizes[axis] - start)
      spread = try function.emit(
        .slice, [spread],
        ["axis": .int(axis), "start": .int(0), "end": .int(count), "step": .int(1)])
    }
    var parts = [spread]
    for (place, rows) in [(0, start), (1, sizes[axis] - start - count)] where rows > 0 {
      var padding = sizes
      padding[axis] = rows
      let zeros = try function.zeros(TensorType(target.element, Shape(sizes: padding)))
      parts.insert(zeros, at: place == 0 ? 0 : parts.count)
    }
    return parts.count == 1 ? spread : try function.emit(.concat, parts, ["axis": .int(axis)])
  }

  /// Each row of `axis` followed by step − 1 rows of zeros.
  private static func spreadRows(
    _ function: inout TensorFunction, _ g: ValueID, axis: Int, step: Int
  ) throws(ShapeError) -> ValueID {
    var sizes = try function.type(g).shape.fixedSizes(for: "the gradient of `slice`")
    let count = sizes[axis]
    sizes.insert(1, at: axis + 1)
    let column = try function.emit(.reshape, [g], ["shape": .ints(sizes)])
    sizes[axis + 1] = step - 1
    let zeros = try function.zeros(TensorType(function.type(g).element, Shape(sizes: sizes)))
    let pairs = try function.emit(.concat, [column, zeros], ["axis": .int(axis + 1)])
    sizes.remove(at: axis + 1)
    sizes[axis] = count * step
    return try function.emit(.reshape, [pairs], ["shape": .ints(sizes)])
  }
}
