// where: chooses between two tensors element by element.

extension OpDefinition {
  /// All three operands broadcast. The side that is not chosen gets the gradient 0, even where its
  /// value is NaN.
  package static let `where`: OpDefinition = .init(
    name: "where", summary: "Each element of a where the condition holds, of b elsewhere.",
    formula: "y = c ? a : b; a' = c ? g : 0; b' = c ? 0 : g",
    traits: .elementwise, operandCount: 3...3,
    inferTypes: { types, _ throws(ShapeError) in
      let (c, a, b) = (types[0], types[1], types[2])
      if c.element != .bool { throw .element("where", "a condition first", c, operand: 0) }
      if a.element != b.element {
        throw ShapeError("`where` cannot choose between \(a.text) and \(b.text)", operands: [1, 2])
      }
      let chosen = try Shape.broadcast(
        a.shape, b.shape, phrase: "cannot choose between \(a.shape.text) and \(b.shape.text)")
      let whole = try Shape.broadcast(
        c.shape, chosen, phrase: "cannot choose from \(chosen.text) by a condition of \(c.shape.text)")
      return [TensorType(a.element, whole)]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      let condition = context.operands[0]
      let zero = try function.constant(0)
      let a = try function.emit(.where, [condition, g, zero])
      let b = try function.emit(.where, [condition, zero, g])
      let types = context.operands.map { function.type($0) }
      return [nil, try function.reduced(a, to: types[1]), try function.reduced(b, to: types[2])]
    },
    reference: elementwise { $0[0] != 0 ? $0[1] : $0[2] })
}
