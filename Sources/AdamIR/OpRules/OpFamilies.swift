// Families of ops that differ in a formula only: each member is a few lines in a file of its own.

extension OpDefinition {
  /// Real elementwise op of one operand. `gradient` gets upstream, x and y.
  static func unary(
    _ name: String, _ summary: String, _ formula: String, attributeNames: [String] = [],
    value: @escaping @Sendable (Double) -> Double,
    gradient: @escaping @Sendable (
      inout TensorFunction, _ g: ValueID, _ x: ValueID, _ y: ValueID
    ) throws(ShapeError) -> ValueID?
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: formula, traits: .elementwise, operandCount: 1...1,
      attributeNames: attributeNames,
      inferTypes: { types, _ throws(ShapeError) in
        try TypeRules.numbers(name, types)
        return types
      },
      pullback: pullback { function, g, context throws(ShapeError) in
        [try gradient(&function, g, context.operands[0], context.results[0])]
      },
      reference: elementwise { value($0[0]) })
  }

  /// Real elementwise op of two operands with broadcasting. `gradients` are in the common shape;
  /// a stretched operand gets the sum over the stretched axes.
  static func binary(
    _ name: String, _ summary: String, _ formula: String, traits: OpTraits = [],
    phrase: @escaping @Sendable (String, String) -> String,
    value: @escaping @Sendable (Double, Double) -> Double,
    gradients: @escaping @Sendable (
      inout TensorFunction, _ g: ValueID, PullbackContext
    ) throws(ShapeError) -> (ValueID, ValueID)
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: formula, traits: traits.union(.elementwise),
      operandCount: 2...2,
      inferTypes: { types, _ throws(ShapeError) in
        try TypeRules.numbers(name, types)
        let (a, b) = (types[0].shape, types[1].shape)
        return [TensorType(.f32, try Shape.broadcast(a, b, phrase: phrase(a.text, b.text)))]
      },
      pullback: pullback { function, g, context throws(ShapeError) in
        let (a, b) = try gradients(&function, g, context)
        let types = context.operands.map { function.type($0) }
        return [try function.reduced(a, to: types[0]), try function.reduced(b, to: types[1])]
      },
      reference: elementwise { value($0[0], $0[1]) })
  }

  /// Comparison of two operands of one element type with broadcasting; a NaN compares false.
  static func comparison(
    _ name: String, _ summary: String, _ formula: String, traits: OpTraits = [],
    orders: Bool, holds: @escaping @Sendable (Double, Double) -> Bool
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: formula, traits: traits.union(.elementwise),
      operandCount: 2...2,
      inferTypes: { types, _ throws(ShapeError) in
        let (a, b) = (types[0], types[1])
        if orders, a.element == .bool { throw .element(name, "numbers", a, operand: 0) }
        guard a.element == b.element else {
          throw ShapeError("cannot compare \(a.text) with \(b.text)", operands: [0, 1])
        }
        let shape = try Shape.broadcast(
          a.shape, b.shape, phrase: "cannot compare \(a.shape.text) with \(b.shape.text)")
        return [TensorType(.bool, shape)]
      },
      reference: elementwise { holds($0[0], $0[1]) ? 1 : 0 })
  }

  /// Elementwise op on truth values.
  static func logical(
    _ name: String, _ summary: String, _ formula: String, operands: Int, traits: OpTraits = [],
    holds: @escaping @Sendable ([Bool]) -> Bool
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: formula, traits: traits.union(.elementwise),
      operandCount: operands...operands,
      inferTypes: { types, _ throws(ShapeError) in
        try TypeRules.truths(name, types)
        var shape = types[0].shape
        for type in types.dropFirst() {
          shape = try Shape.broadcast(
            shape, type.shape, phrase: "cannot combine \(shape.text) with \(type.shape.text)")
        }
        return [TensorType(.bool, shape)]
      },
      reference: elementwise { holds($0.map { $0 != 0 }) ? 1 : 0 })
  }

  /// Part of a gradient: elementwise on operands of one shape, `g` first. Nothing stretches.
  static func gradientPart(
    _ name: String, _ summary: String, _ formula: String, attributeNames: [String] = [],
    pullback: Pullback? = nil, reference: @escaping Reference
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: formula, traits: .elementwise, operandCount: 2...2,
      attributeNames: attributeNames,
      inferTypes: { types, _ throws(ShapeError) in
        try TypeRules.numbers(name, types)
        let (a, b) = (types[0].shape, types[1].shape)
        return [TensorType(.f32, try TypeRules.same(name, a, b, operands: [0, 1]))]
      },
      pullback: pullback, reference: reference)
  }

  /// An optimizer's update, in place: p, g, slots… of each parameter, then the scalars of all →
  /// p', slots'… of each. `parameters` says how many there are (1 when it is not given). What the
  /// scalars are is said by the rule of the same name in the formulas; so is `options`, its
  /// structural choices as bits (0 when it is not given).
  static func update(
    _ name: String, _ summary: String, _ formula: String, slots: ClosedRange<Int>
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: formula, traits: [.update, .effect],
      operandCount: (slots.lowerBound + 3)...1024, attributeNames: ["options", "parameters"],
      inferTypes: { types, attributes throws(ShapeError) in
        try TypeRules.numbers(name, types)
        let (tensors, scalars) = (Array(types.dropLast()), types[types.count - 1])
        guard scalars.shape.rank == 1 else {
          throw .rank(name, "its scalars in a row", scalars.shape, operand: types.count - 1)
        }
        let count = attributes.int("parameters") ?? 1
        guard count > 0, tensors.count % count == 0, slots.contains(tensors.count / count - 2) else {
          throw ShapeError("`\(name)` cannot share \(tensors.count) tensors among \(count) parameters")
        }
        return try updatedTypes(name, tensors, perParameter: tensors.count / count)
      })
  }

  /// The types of p', slots'… for each group p, g, slots…, all of one shape.
  private static func updatedTypes(
    _ name: String, _ tensors: [TensorType], perParameter size: Int
  ) throws(ShapeError) -> [TensorType] {
    for (index, type) in tensors.enumerated() {
      let first = index - index % size
      _ = try TypeRules.same(name, tensors[first].shape, type.shape, operands: [first, index])
    }
    return tensors.indices.filter { $0 % size != 1 }.map { tensors[$0] }
  }
}
