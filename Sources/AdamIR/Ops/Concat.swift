// concat: tensors one after the other along an axis.

extension OpDefinition {
  package static let concat: OpDefinition = .init(
    name: "concat", summary: "Tensors one after the other along an axis.",
    formula: "y = x0, x1, … along axis; each x' is its slice of g",
    traits: .movement, operandCount: 1...1024, attributeNames: ["axis"],
    inferTypes: { types, attributes throws(ShapeError) in
      let first = types[0]
      let axis = try TypeRules.axis("concat", first.shape, attributes)
      var dimensions = first.shape.dimensions
      for (index, type) in types.enumerated().dropFirst() {
        let phrase = "cannot join \(type.shape.text) to \(first.shape.text) along axis \(axis)"
        guard type.element == first.element, type.shape.rank == first.shape.rank else {
          throw ShapeError(phrase, operands: [0, index])
        }
        for (place, size) in type.shape.dimensions.enumerated() {
          guard let common = joined(dimensions[place], size, adds: place == axis) else {
            throw ShapeError(
              "\(phrase): \(size.text) is not \(dimensions[place].text)", operands: [0, index])
          }
          dimensions[place] = common
        }
      }
      return [TensorType(first.element, Shape(dimensions))]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      guard let axis = context.attributes.int("axis") else {
        throw .missingAttribute("concat", "axis")
      }
      var (start, parts): (Int, [ValueID?]) = (0, [])
      for operand in context.operands {
        let sizes = try function.type(operand).shape.fixedSizes(for: "the gradient of `concat`")
        let end = start + sizes[axis]
        parts.append(
          try function.emit(
            .slice, [g],
            ["axis": .int(axis), "start": .int(start), "end": .int(end), "step": .int(1)]))
        start = end
      }
      return parts
    },
    reference: { operands, attributes, types in
      let axis = attributes.int("axis") ?? 0
      let outer = sizes(types)[..<axis].reduce(1, *)
      var values: [Double] = []
      for o in 0..<outer {
        for operand in operands {
          let row = operand.values.count / Swift.max(outer, 1)
          values += operand.values[(o * row)..<((o + 1) * row)]
        }
      }
      return [ReferenceTensor(sizes(types), values)]
    })

  private static func joined(_ a: Dimension, _ b: Dimension, adds: Bool) -> Dimension? {
    guard adds else { return a.unified(b) }
    guard let x = a.size, let y = b.size else { return .unknown }
    let (sum, overflow) = x.addingReportingOverflow(y)
    return overflow ? nil : Dimension(sum)
  }
}
