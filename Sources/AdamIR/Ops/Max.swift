// max over axes, and its gradient.

extension OpDefinition {
  /// Propagates NaN. Of equal elements along an axis the first gets the gradient; over all axes they share it.
  package static let max: OpDefinition = .extremum(
    "max", "The largest element over some axes.", "y = max of x over axes",
    gradient: { .maxGrad }, isBetter: { $0 > $1 })

  package static let maxGrad: OpDefinition = .extremumGradient(
    "max_grad", "Gradient of max: to the first of the largest elements.", own: { .maxGrad },
    isBetter: { $0 > $1 })

  /// `gradient` is asked for late: two definitions cannot name each other when they are made.
  static func extremum(
    _ name: String, _ summary: String, _ formula: String,
    gradient: @escaping @Sendable () -> OpDefinition,
    isBetter: @escaping @Sendable (Double, Double) -> Bool
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary,
      formula: formula + "; x' = g at the first such element, over all axes shared by all of them",
      traits: .reduction, operandCount: 1...1, attributeNames: ["axes", "keepdims"],
      inferTypes: { types, attributes throws(ShapeError) in
        let result = try TypeRules.reduction(name)(types, attributes)
        try TypeRules.refuseEmpty(name, types[0].shape, attributes.ints("axes") ?? [])
        return result
      },
      pullback: pullback { function, g, context throws(ShapeError) in
        let x = context.operands[0]
        // Over all axes the gradient is shared by all such elements, as torch's max() of a whole tensor.
        if context.attributes.ints("axes")?.count == function.type(x).shape.rank {
          let ties = try function.emit(.eq, [x, context.results[0]])
          let mask = try function.emit(.cast, [ties], ["element": .string("f32")])
          let axes = Array(0..<function.type(x).shape.rank)
          let count = try function.emit(.sum, [mask], ["axes": .ints(axes), "keepdims": .bool(false)])
          return [try function.emit(.mul, [mask, try function.emit(.div, [g, count])])]
        }
        return [try function.emit(gradient(), [g, x], context.attributes)]
      },
      reference: reducing { $0[first($0, isBetter)] })
  }

  static func extremumGradient(
    _ name: String, _ summary: String, own: @escaping @Sendable () -> OpDefinition,
    isBetter: @escaping @Sendable (Double, Double) -> Bool
  ) -> OpDefinition {
    OpDefinition(
      name: name, summary: summary, formula: "x' = g at the first such element, 0 elsewhere",
      operandCount: 2...2, attributeNames: ["axes", "keepdims"],
      inferTypes: { types, attributes throws(ShapeError) in
        let reduced = try TypeRules.reduction(name)([types[1]], attributes)
        _ = try TypeRules.same(name, types[0].shape, reduced[0].shape, operands: [0, 1])
        return [types[1]]
      },
      // Linear in g: what it does to ones says where every element of u goes.
      pullback: pullback { function, u, context throws(ShapeError) in
        let g = function.type(context.operands[0])
        let ones = try function.emit(.full, [], ["value": .float(1), "type": .type(g)])
        let chosen = try function.emit(own(), [ones, context.operands[1]], context.attributes)
        return [try function.emit(.sum, [try function.emit(.mul, [u, chosen])], context.attributes), nil]
      },
      reference: { operands, attributes, types in
        let x = operands[1]
        var result = ReferenceTensor(x.sizes, x.values.map { _ in 0 })
        let groups = x.groups(over: attributes.ints("axes") ?? [])
        for (group, g) in zip(groups, operands[0].values) where !group.isEmpty {
          result.values[group[first(group.map { x.values[$0] }, isBetter)]] = g
        }
        return [result]
      })
  }

  /// Index of the first best element; the first NaN wins.
  static func first(_ values: [Double], _ isBetter: (Double, Double) -> Bool) -> Int {
    var best = 0
    for (index, value) in values.enumerated() {
      if values[best].isNaN { return best }
      if value.isNaN || isBetter(value, values[best]) { best = index }
    }
    return best
  }
}
