// max_pool2d: the largest element of every window, torch's `max_pool2d`, and its gradient.

extension OpDefinition {
  private static let pooled = ["kernel"] + WindowGeometry.attributeNames + ["ceil_mode"]

  /// x [n, c, h, w] → [n, c, h', w']. Padding never wins. NaN wins; of equal elements the first in
  /// row-major order gets the gradient.
  package static let maxPool2d: OpDefinition = OpDefinition(
    name: "max_pool2d", summary: "The largest element of every window.",
    formula: "y[n, c, i, j] = max over u, v of x[n, c, i*s + u*d - p, j*s + v*d - p]",
    traits: [.reduction, .epilogue], operandCount: 1...1, attributeNames: pooled,
    inferTypes: { types, attributes throws(ShapeError) in
      try poolTypes("max_pool2d", types[0], attributes)
    },
    pullback: pullback { function, g, context throws(ShapeError) in
      [try function.emit(.maxPool2dGrad, [g, context.operands[0]], context.attributes)]
    },
    reference: { operands, attributes, types in
      let x = operands[0]
      let groups = Pooling(x.sizes, sizes(types), attributes).windows
      return [ReferenceTensor(sizes(types), groups.map { x.values[Pooling.first(x.values, $0)] })]
    }
  ).alsoChannelsLast(images: [0], resultIsImage: true)

  /// Gradients of windows that share their largest element are added in row-major order of the windows.
  package static let maxPool2dGrad: OpDefinition = OpDefinition(
    name: "max_pool2d_grad", summary: "Gradient of max_pool2d: to the first of the largest elements.",
    formula: "x' = sum of g over the windows whose first largest element it is",
    traits: .epilogue, operandCount: 2...2, attributeNames: pooled,
    inferTypes: { types, attributes throws(ShapeError) in
      let pooled = try poolTypes("max_pool2d_grad", types[1], attributes)
      _ = try TypeRules.same("max_pool2d_grad", types[0].shape, pooled[0].shape, operands: [0, 1])
      return [types[1]]
    },
    pullback: pullback { function, u, context throws(ShapeError) in
      let sizes = try function.type(context.operands[0]).shape.fixedSizes(for: "the gradient of `max_pool2d_grad`")
      return [try WindowWalk(sizes, context.attributes).chosen(&function, u, by: context.operands[1]), nil]
    },
    inPlace: { types, attributes in hasWindowsSideBySide(types[1].shape, attributes) ? 1 : nil },
    reference: { operands, attributes, types in
      let (g, x) = (operands[0], operands[1])
      var result = ReferenceTensor(x.sizes, x.values.map { _ in 0 })
      for (window, value) in zip(Pooling(x.sizes, g.sizes, attributes).windows, g.values) {
        result.values[Pooling.first(x.values, window)] += value
      }
      return [result]
    }
  ).alsoChannelsLast(images: [0, 1], resultIsImage: true)

  /// Windows of two by two that cover the images: each is read once, and written only then.
  private static func hasWindowsSideBySide(_ images: Shape, _ attributes: Attributes) -> Bool {
    guard let sizes = images.sizes?.suffix(2) else { return false }
    return attributes.ints("kernel") == [2, 2] && attributes.ints("stride") == [2, 2]
      && attributes.ints("padding") ?? [0, 0] == [0, 0] && attributes.ints("dilation") ?? [1, 1] == [1, 1]
      && sizes.allSatisfy { $0 % 2 == 0 }
  }

  private static func poolTypes(
    _ op: String, _ type: TensorType, _ attributes: Attributes
  ) throws(ShapeError) -> [TensorType] {
    try TypeRules.numbers(op, [type])
    try WindowGeometry.images(op, type)
    let kernel = try WindowGeometry.pair(op, "kernel", attributes, from: 1)
    let window = try WindowGeometry(op, kernel: kernel, attributes)
    guard zip(window.padding, kernel).allSatisfy({ $0 * 2 <= $1 }) else {
      throw ShapeError("`\(op)` takes at most half its window as padding", operands: [0])
    }
    let sizes = try window.results(op, type.shape)
    return [TensorType(.f32, Shape(Array(type.shape.dimensions.prefix(2)) + sizes))]
  }
}

/// Walks over the places inside of all windows at once: slice k holds the k-th element of every window.
private struct WindowWalk {
  private let results: [Int]
  private let kernel: [Int], stride: [Int], padding: [Int], dilation: [Int]

  /// `results` are the sizes of the pooled images.
  init(_ results: [Int], _ attributes: Attributes) {
    self.results = results
    (kernel, stride) = (attributes.ints("kernel") ?? [1, 1], attributes.ints("stride") ?? [1, 1])
    (padding, dilation) = (attributes.ints("padding") ?? [0, 0], attributes.ints("dilation") ?? [1, 1])
  }

  /// The element of `values` where `keys` has the first largest of its window.
  func chosen(
    _ function: inout TensorFunction, _ values: ValueID, by keys: ValueID
  ) throws(ShapeError) -> ValueID {
    let keys = try padded(&function, keys, with: -.infinity)
    let values = try padded(&function, values, with: 0)
    var (best, result) = (keys, values)
    for place in 0..<(kernel[0] * kernel[1]) {
      let key = try slice(&function, keys, place)
      let value = try slice(&function, values, place)
      let isFirst = place == 0
      let wins = isFirst ? key : try function.emit(.gt, [key, best])
      best = isFirst ? key : try function.emit(.where, [wins, key, best])
      result = isFirst ? value : try function.emit(.where, [wins, value, result])
    }
    return result
  }

  /// Rows and columns that the windows cover beyond the image, filled.
  private func padded(
    _ function: inout TensorFunction, _ value: ValueID, with filling: Double
  ) throws(ShapeError) -> ValueID {
    var padded = value
    for axis in 0..<2 {
      var sizes = try function.type(padded).shape.fixedSizes(for: "the gradient of `max_pool2d_grad`")
      let covered = (results[axis + 2] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1
      let counts = [padding[axis], Swift.max(0, covered - padding[axis] - sizes[axis + 2])]
      var parts = [padded]
      for (place, count) in counts.enumerated() where count > 0 {
        sizes[axis + 2] = count
        let border = try function.emit(
          .full, [], ["value": .float(filling), "type": .type(TensorType(.f32, Shape(sizes: sizes)))])
        parts.insert(border, at: place == 0 ? 0 : parts.count)
      }
      if parts.count > 1 { padded = try function.emit(.concat, parts, ["axis": .int(axis + 2)]) }
    }
    return padded
  }

  /// The element number `place` of every window, row-major in the window.
  private func slice(
    _ function: inout TensorFunction, _ value: ValueID, _ place: Int
  ) throws(ShapeError) -> ValueID {
    var part = value
    for (axis, offset) in [place / kernel[1], place % kernel[1]].enumerated() {
      let start = offset * dilation[axis]
      let end = start + (results[axis + 2] - 1) * stride[axis] + 1
      part = try function.emit(
        .slice, [part],
        ["axis": .int(axis + 2), "start": .int(start), "end": .int(end), "step": .int(stride[axis])])
    }
    return part
  }
}

/// The windows of a pooling.
private struct Pooling {
  /// Offsets of the elements of each window, in row-major order of the results.
  let windows: [[Int]]

  init(_ x: [Int], _ y: [Int], _ attributes: Attributes) {
    let (kernel, stride) = (attributes.ints("kernel") ?? [1, 1], attributes.ints("stride") ?? [1, 1])
    let (padding, dilation) = (attributes.ints("padding") ?? [0, 0], attributes.ints("dilation") ?? [1, 1])
    func places(_ index: Int, _ axis: Int) -> [Int] {
      (0..<kernel[axis]).map { index * stride[axis] + $0 * dilation[axis] - padding[axis] }
        .filter { $0 >= 0 && $0 < x[axis + 2] }
    }
    windows = (0..<y[0] * y[1]).flatMap { plane in
      (0..<y[2]).flatMap { i in
        (0..<y[3]).map { j in
          places(i, 0).flatMap { row in places(j, 1).map { (plane * x[2] + row) * x[3] + $0 } }
        }
      }
    }
  }

  /// Place of the first largest element; the first NaN wins.
  static func first(_ values: [Double], _ window: [Int]) -> Int {
    let best = OpDefinition.first(window.map { values[$0] }, >)
    return window[best]
  }
}
