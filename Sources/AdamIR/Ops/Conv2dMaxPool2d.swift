// conv2d_max_pool2d: a convolution and the largest of every two by two of what it makes. Made by the pass
// fuse-max-pool only; its places tell the gradients of the convolution where those of the pooled images belong.

extension OpDefinition {
  /// x [n, h, w, in], weight [out, in, kh, kw], bias [out] → y [n, h' / 2, w' / 2, out] and its places (`PoolPlaces`).
  /// The channels of all images lie last. Bit for bit what `conv2d`, `relu` where the attribute says so, and
  /// `max_pool2d` give.
  package static let conv2dMaxPool2d: OpDefinition = OpDefinition(
    name: "conv2d_max_pool2d", summary: "A convolution, and the largest of every two by two of its result.",
    formula: "y = max_pool2d(relu(conv2d(x, weight, bias)), 2); places = 2 * row + column of the largest, or -1",
    traits: .fused, operandCount: 2...3, attributeNames: WindowGeometry.attributeNames + ["relu"],
    inferTypes: { types, attributes throws(ShapeError) in
      guard attributes.bool("relu") != nil else { throw .missingAttribute("conv2d_max_pool2d", "relu") }
      let images = try conv2d.inferTypes(types, convolved(attributes))[0].shape
      let sizes = try images.fixedSizes(for: "`conv2d_max_pool2d`")
      guard sizes[1] % 2 == 0, sizes[2] % 2 == 0, sizes[2] * sizes[3] <= PoolPlaces.longestRow else {
        throw ShapeError("`conv2d_max_pool2d` cannot pool \(images.text) by two rows and two columns")
      }
      let pooled = Shape(sizes: [sizes[0], sizes[1] / 2, sizes[2] / 2, sizes[3]])
      return [TensorType(.f32, pooled), TensorType(.i32, pooled)]
    },
    reference: { operands, attributes, types in
      let (last, pooled) = (convolved(attributes), sizes(types))
      let images = TensorType(.f32, Shape(sizes: [pooled[0], pooled[1] * 2, pooled[2] * 2, pooled[3]]))
      guard let y = conv2d.reference?(operands, last, [images]).first else { return [] }
      var results = [ReferenceTensor(pooled, []), ReferenceTensor(pooled, [])]
      for window in PoolPlaces.windows(y.sizes) {
        let values = window.map { y.values[$0] }.map { attributes.bool("relu") == true && $0 <= 0 ? 0 : $0 }
        let place = first(values, >)
        results[0].values.append(values[place])
        results[1].values.append(attributes.bool("relu") == true && values[place] <= 0 ? -1 : Double(place))
      }
      return results
    })

  /// Those of the convolution.
  private static func convolved(_ attributes: Attributes) -> Attributes {
    let window = attributes.entries.filter { WindowGeometry.attributeNames.contains($0.name) }
    return Attributes(window + [.init("groups", .int(1)), .init(ChannelsLast.attribute, .bool(true))])
  }

  /// g [n, h, w, c], places → [c]. Rule 3 over (n, 2·h, 2·w), as `sum` adds the gradients of the images.
  package static let maxUnpool2dSum: OpDefinition = OpDefinition(
    name: "max_unpool2d_sum", summary: "Sums of the channels of images that were pooled two by two.",
    formula: "y[c] = sum over n, i, j of g[n, i, j, c] where places[n, i, j, c] >= 0",
    traits: .fused, operandCount: 2...2,
    inferTypes: { types, _ throws(ShapeError) in
      try PoolPlaces.check("max_unpool2d_sum", types, at: 1)
      return [TensorType(.f32, Shape([types[0].shape.dimensions[3]]))]
    },
    reference: { operands, _, types in
      var result = ReferenceTensor(sizes(types), Array(repeating: 0, count: sizes(types)[0]))
      let channels = result.values.count
      for (index, place) in operands[1].values.enumerated() where (0...3).contains(place) {
        result.values[index % channels] += operands[0].values[index]
      }
      return [result]
    })
}

/// Which element of its window of two by two the largest one is, [n, h, w, c] in i32: 2·row + column, or -1 where a
/// relu before the pooling lets no gradient through. The windows lie side by side and cover the images.
enum PoolPlaces {
  /// Columns × channels of an image that is pooled while it is made: kernels keep two rows, as their table says at
  /// `conv`.
  static let longestRow = 1 << 14

  /// Throws unless the operand `index` are places for the gradients of pooled images, the first operand.
  static func check(_ op: String, _ types: [TensorType], at index: Int) throws(ShapeError) {
    try TypeRules.numbers(op, [types[0]])
    guard types[0].shape.rank == 4 else {
      throw .rank(op, "images of four axes, [n, rows, columns, channels]", types[0].shape, operand: 0)
    }
    guard types[index].element == .i32 else {
      throw ShapeError("`\(op)` takes places as whole numbers", operands: [index])
    }
    _ = try TypeRules.same(op, types[0].shape, types[index].shape, operands: [0, index])
  }

  /// Offsets of the elements of each window of images [n, h, w, c], in the order of the pooled ones.
  static func windows(_ sizes: [Int]) -> [[Int]] {
    let (rows, columns, channels) = (sizes[1], sizes[2], sizes[3])
    return (0..<sizes[0] * (rows / 2)).flatMap { row in
      (0..<columns / 2).flatMap { column in
        (0..<channels).map { channel in
          (0..<4).map { ((2 * row + $0 / 2) * columns + 2 * column + $0 % 2) * channels + channel }
        }
      }
    }
  }

  /// The gradients of the images, by those of the pooled ones.
  static func unpooled(_ g: ReferenceTensor, _ places: ReferenceTensor) -> ReferenceTensor {
    let sizes = [g.sizes[0], g.sizes[1] * 2, g.sizes[2] * 2, g.sizes[3]]
    var result = ReferenceTensor(sizes, Array(repeating: 0, count: sizes.reduce(1, *)))
    for (index, window) in windows(sizes).enumerated() {
      for (place, offset) in window.enumerated() where places.values[index] == Double(place) {
        result.values[offset] = g.values[index]
      }
    }
    return result
  }
}

extension OpDefinition {
  /// The op with one more operand: with images that have their channels last, the gradients in front may be those of
  /// images that were pooled, and the places behind say where they belong.
  func alsoUnpooling() -> OpDefinition {
    let (op, count) = (self, operandCount.upperBound)
    let types: TypeRule = { types, attributes throws(ShapeError) in
      if types.count > count {
        guard ChannelsLast.isSet(attributes) else {
          throw ShapeError("`\(op.name)` takes places with channels last only")
        }
        try PoolPlaces.check(op.name, types, at: count)
      }
      return try op.inferTypes(Array(types.prefix(count)), attributes)
    }
    let reference: Reference = { operands, attributes, types in
      var plain = Array(operands.prefix(count))
      if operands.count > count { plain[0] = PoolPlaces.unpooled(operands[0], operands[count]) }
      return op.reference?(plain, attributes, types) ?? []
    }
    return OpDefinition(
      name: name, summary: summary, formula: formula, traits: traits,
      operandCount: operandCount.lowerBound...count + 1, attributeNames: attributeNames, inferTypes: types,
      pullback: pullback, inPlace: inPlace, reference: reference)
  }
}
