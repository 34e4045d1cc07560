// conv2d: a window of weights slides over images, torch's `conv2d`, and its two gradients.

extension OpDefinition {
  private static let windowed = WindowGeometry.attributeNames + ["groups"]

  /// x [n, in, h, w], weight [out, in / groups, kh, kw], bias [out] → [n, out, h', w']. Rule 1 of the
  /// numerics over (in, kh, kw); padding takes part as zeros; the bias is added last.
  package static let conv2d: OpDefinition = OpDefinition(
    name: "conv2d", summary: "A window of weights slides over images.",
    formula: "y[n, o, i, j] = sum over c, u, v of w[o, c, u, v] * x[n, c, i*s + u*d - p, j*s + v*d - p] + b[o]",
    traits: .epilogue, operandCount: 2...3, attributeNames: windowed,
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("conv2d", types)
      let (x, w) = (types[0].shape, types[1].shape)
      try WindowGeometry.images("conv2d", types[0])
      let channels = try Convolution.channels("conv2d", x.dimensions[1], w, attributes)
      let window = try WindowGeometry("conv2d", kernel: try Convolution.kernel("conv2d", w), attributes)
      if types.count == 3 {
        _ = try TypeRules.same("conv2d", Shape([channels]), types[2].shape, operands: [1, 2])
      }
      let sizes = try window.results("conv2d", x)
      return [TensorType(.f32, Shape([x.dimensions[0], channels] + sizes))]
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      let (x, w) = (context.operands[0], context.operands[1])
      let size = try Convolution.plane(function.type(x))
      let kernel = try Convolution.plane(function.type(w))
      let input = try function.emit(
        .conv2dInputGrad, [g, w], Convolution.extended(context.attributes, "size", size))
      let weight = try function.emit(
        .conv2dWeightGrad, [g, x], Convolution.extended(context.attributes, "kernel", kernel))
      if context.operands.count == 2 { return [input, weight] }
      let bias = try function.emit(.sum, [g], ["axes": .ints([0, 2, 3]), "keepdims": .bool(false)])
      return [input, weight, bias]
    },
    reference: { operands, attributes, types in
      var y = ReferenceTensor(sizes(types), [])
      y.values = Array(repeating: 0, count: y.sizes.reduce(1, *))
      let (x, w) = (operands[0], operands[1])
      Convolution(x.sizes, w.sizes, y.sizes, attributes).forEach { xAt, wAt, yAt in
        y.values[yAt] += x.values[xAt] * w.values[wAt]
      }
      if operands.count == 3 {
        let plane = y.sizes[2] * y.sizes[3]
        for i in y.values.indices { y.values[i] += operands[2].values[i / plane % y.sizes[1]] }
      }
      return [y]
    }
  ).alsoChannelsLast(images: [0], resultIsImage: true)

  /// The gradient of conv2d's images: g [n, out, h', w'], weight → [n, in, h, w]; `size` is (h, w).
  /// Rule 1 over (out, kh, kw).
  package static let conv2dInputGrad: OpDefinition = OpDefinition(
    name: "conv2d_input_grad", summary: "Gradient of conv2d for the images.",
    formula: "x'[n, c, i*s + u*d - p, j*s + v*d - p] += w[o, c, u, v] * g[n, o, i, j]",
    traits: .epilogue, operandCount: 2...2, attributeNames: windowed + ["size"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("conv2d_input_grad", types)
      try WindowGeometry.images("conv2d_input_grad", types[0])
      let w = types[1].shape
      _ = try Convolution.kernel("conv2d_input_grad", w)
      let size = try WindowGeometry.pair("conv2d_input_grad", "size", attributes, from: 0)
      guard let inputs = w.dimensions[1].size else {
        return [TensorType(.f32, Shape([types[0].shape.dimensions[0], .unknown] + size.map { Dimension($0) }))]
      }
      let channels = Dimension(inputs * (attributes.int("groups") ?? 1))
      return [TensorType(.f32, Shape([types[0].shape.dimensions[0], channels] + size.map { Dimension($0) }))]
    },
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, w) = (context.operands[0], context.operands[1])
      let plain = Convolution.extended(context.attributes, nil, [])
      let kernel = try Convolution.plane(function.type(w))
      return [
        try function.emit(.conv2d, [u, w], plain),
        try function.emit(.conv2dWeightGrad, [g, u], Convolution.extended(plain, "kernel", kernel)),
      ]
    },
    reference: { operands, attributes, types in
      let (g, w) = (operands[0], operands[1])
      var x = ReferenceTensor(sizes(types), [])
      x.values = Array(repeating: 0, count: x.sizes.reduce(1, *))
      Convolution(x.sizes, w.sizes, g.sizes, attributes).forEach { xAt, wAt, gAt in
        x.values[xAt] += w.values[wAt] * g.values[gAt]
      }
      return [x]
    }
  ).alsoChannelsLast(images: [0], resultIsImage: true).alsoUnpooling()

  /// The gradient of conv2d's weights: g [n, out, h', w'], x → [out, in / groups, kh, kw]; `kernel` is
  /// (kh, kw). Rule 1 over (n, h', w').
  package static let conv2dWeightGrad: OpDefinition = OpDefinition(
    name: "conv2d_weight_grad", summary: "Gradient of conv2d for the weights.",
    formula: "w'[o, c, u, v] = sum over n, i, j of g[n, o, i, j] * x[n, c, i*s + u*d - p, j*s + v*d - p]",
    operandCount: 2...2, attributeNames: windowed + ["kernel"],
    inferTypes: { types, attributes throws(ShapeError) in
      try TypeRules.numbers("conv2d_weight_grad", types)
      try WindowGeometry.images("conv2d_weight_grad", types[0])
      try WindowGeometry.images("conv2d_weight_grad", types[1], operand: 1)
      let kernel = try WindowGeometry.pair("conv2d_weight_grad", "kernel", attributes, from: 1)
      let (g, x) = (types[0].shape.dimensions, types[1].shape.dimensions)
      let inputs = x[1].size.map { Dimension($0 / Swift.max(1, attributes.int("groups") ?? 1)) } ?? .unknown
      return [TensorType(.f32, Shape([g[1], inputs] + kernel.map { Dimension($0) }))]
    },
    pullback: pullback { function, u, context throws(ShapeError) in
      let (g, x) = (context.operands[0], context.operands[1])
      let plain = Convolution.extended(context.attributes, nil, [])
      let size = try Convolution.plane(function.type(x))
      return [
        try function.emit(.conv2d, [x, u], plain),
        try function.emit(.conv2dInputGrad, [g, u], Convolution.extended(plain, "size", size)),
      ]
    },
    reference: { operands, attributes, types in
      let (g, x) = (operands[0], operands[1])
      var w = ReferenceTensor(sizes(types), [])
      w.values = Array(repeating: 0, count: w.sizes.reduce(1, *))
      Convolution(x.sizes, w.sizes, g.sizes, attributes).forEach { xAt, wAt, gAt in
        w.values[wAt] += g.values[gAt] * x.values[xAt]
      }
      return [w]
    }
  ).alsoChannelsLast(images: [0, 1], resultIsImage: false).alsoUnpooling()
}

/// The walk over all products of a convolution, and what its ops check.
private struct Convolution {
  let x: [Int], w: [Int], y: [Int]
  let stride: [Int], padding: [Int], dilation: [Int]
  let groups: Int

  init(_ x: [Int], _ w: [Int], _ y: [Int], _ attributes: Attributes) {
    (self.x, self.w, self.y) = (x, w, y)
    stride = attributes.ints("stride") ?? [1, 1]
    padding = attributes.ints("padding") ?? [0, 0]
    dilation = attributes.ints("dilation") ?? [1, 1]
    groups = Swift.max(1, attributes.int("groups") ?? 1)
  }

  /// Offsets in x, w and y of every product that is not padding, in canonical order of y.
  func forEach(_ body: (Int, Int, Int) -> Void) {
    for n in 0..<y[0] { for o in 0..<y[1] { for i in 0..<y[2] { for j in 0..<y[3] {
      let at = ((n * y[1] + o) * y[2] + i) * y[3] + j
      window(n, o, i, j) { body($0, $1, at) }
    } } } }
  }

  private func window(_ n: Int, _ o: Int, _ i: Int, _ j: Int, _ body: (Int, Int) -> Void) {
    let first = o / Swift.max(1, y[1] / groups) * w[1]
    for c in 0..<w[1] { for u in 0..<w[2] { for v in 0..<w[3] {
      let row = i * stride[0] + u * dilation[0] - padding[0]
      let column = j * stride[1] + v * dilation[1] - padding[1]
      guard row >= 0, row < x[2], column >= 0, column < x[3] else { continue }
      body(((n * x[1] + first + c) * x[2] + row) * x[3] + column, ((o * w[1] + c) * w[2] + u) * w[3] + v)
    } } }
  }

  /// The last two sizes.
  static func plane(_ type: TensorType) throws(ShapeError) -> [Int] {
    try Shape(Array(type.shape.dimensions.suffix(2))).fixedSizes(for: "the gradient of `conv2d`")
  }

  static func kernel(_ op: String, _ w: Shape) throws(ShapeError) -> [Int] {
    guard w.rank == 4 else {
      throw .rank(op, "weights of four axes, [out, in / groups, rows, columns]", w, operand: 1)
    }
    return try Shape(Array(w.dimensions.suffix(2))).fixedSizes(for: "`\(op)`")
  }

  /// The output channels; checks that the input's channels are what the weights take.
  static func channels(
    _ op: String, _ found: Dimension, _ w: Shape, _ attributes: Attributes
  ) throws(ShapeError) -> Dimension {
    guard let groups = attributes.int("groups"), groups >= 1 else { throw .missingAttribute(op, "groups") }
    _ = try kernel(op, w)
    guard let inputs = w.dimensions[1].size, let outputs = w.dimensions[0].size else { return w.dimensions[0] }
    let (wanted, overflow) = inputs.multipliedReportingOverflow(by: groups)
    guard !overflow, outputs % groups == 0 else {
      throw ShapeError("`\(op)` cannot divide \(outputs) output channels into \(groups) groups", operands: [1])
    }
    guard found.mayEqual(Dimension(wanted)) else {
      throw ShapeError(
        "`\(op)` takes \(wanted) input channel\(wanted == 1 ? "" : "s"), and the images have \(found.text)",
        operands: [0, 1])
    }
    return Dimension(outputs)
  }

  /// The window's attributes, and one more of two numbers.
  static func extended(_ attributes: Attributes, _ name: String?, _ values: [Int]) -> Attributes {
    let kept = attributes.entries.filter { WindowGeometry.attributeNames.contains($0.name) || $0.name == "groups" }
    return Attributes(kept + (name.map { [Attributes.Entry($0, .ints(values))] } ?? []))
  }
}
