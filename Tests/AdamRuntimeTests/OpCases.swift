// The operands on which every op is tried.
import AdamIR
import Testing

struct OpCase: Sendable, CustomTestStringConvertible {
  var op: OpDefinition
  var operands: [TensorType]
  var attributes: Attributes
  var range: ClosedRange<Double>
  /// Whole numbers are below this.
  var limit: Int
  /// Relative to the larger of 1 and the value.
  var tolerance: Double

  init(
    _ op: OpDefinition, _ operands: [TensorType], _ attributes: Attributes = Attributes(),
    in range: ClosedRange<Double> = -2...2, below limit: Int = 3, within tolerance: Double = 3e-6
  ) {
    self.op = op
    self.operands = operands
    self.attributes = attributes
    self.range = range
    self.limit = limit
    self.tolerance = tolerance
  }

  var label: String {
    "\(op.name)(\(operands.map(\.text).joined(separator: ", ")))"
      + attributes.entries.map { " \($0.name)=\($0.value)" }.joined()
  }
  var testDescription: String { label }

  static let all: [OpCase] =
    unary + binary + comparisons + gradients + casts + movement + reductions + products + losses + norms
    + convolutions + poolings + pooledConvolutions + (convolutions + poolings).compactMap(\.withChannelsLast)

  /// The case with its images the other way; nil: the op has no such form of it.
  private var withChannelsLast: OpCase? {
    guard op.attributeNames.last == ChannelsLast.attribute, attributes.int("groups") ?? 1 == 1 else { return nil }
    var copy = self
    let others: [OpDefinition] = [.conv2d, .conv2dInputGrad]
    let images = operands.indices.filter { $0 == 0 || ($0 == 1 && !others.contains(op)) }
    for index in images { copy.operands[index] = operands[index].permuted(ChannelsLast.there) }
    copy.attributes.entries.append(.init(ChannelsLast.attribute, .bool(true)))
    return copy
  }

  static func i32(_ sizes: Int...) -> TensorType { TensorType(.i32, Shape(sizes: sizes)) }
  static func truth(_ sizes: Int...) -> TensorType { TensorType(.bool, Shape(sizes: sizes)) }

  static let shapes: [TensorType] = [.f32(), .f32(5), .f32(3, 700), .f32(0, 3), .f32(2, 3, 4)]

  static let unary: [OpCase] = {
    let anywhere: [OpDefinition] = [
      .neg, .abs, .sign, .exp, .sin, .cos, .floor, .round, .tanh, .sigmoid, .relu,
    ]
    let positive: [OpDefinition] = [.log, .log1p, .sqrt]
    var cases = [OpCase(.logicalNot, [truth(3, 5)])]
    for type in shapes {
      for op in anywhere { cases.append(OpCase(op, [type], in: -6...6)) }
      for op in positive { cases.append(OpCase(op, [type], in: 0.01...9)) }
      for form in ["none", "tanh"] {
        cases.append(OpCase(.gelu, [type], ["approximate": .string(form)], in: -6...6))
      }
    }
    return cases
  }()

  /// Pairs that broadcast in every way the layouts know, and some they do not.
  static func pairs(_ element: ElementType) -> [[TensorType]] {
    let sizes: [[[Int]]] = [
      [[3, 4], [3, 4]], [[30, 41], [41]], [[30, 1], [1, 50]], [[2, 3, 4], [3, 1]], [[], [5]],
      [[2, 1, 3, 1], [1, 4, 1, 5]], [[1], [2, 2]], [[0, 3], [3]], [[4, 1, 3], [2, 1]],
    ]
    return sizes.map { $0.map { TensorType(element, Shape(sizes: $0)) } }
  }

  static let binary: [OpCase] = {
    let anywhere: [OpDefinition] = [.add, .sub, .mul, .maximum, .minimum]
    let positive: [OpDefinition] = [.div, .remainder, .pow]
    var cases: [OpCase] = []
    for pair in pairs(.f32) {
      for op in anywhere { cases.append(OpCase(op, pair)) }
      for op in positive { cases.append(OpCase(op, pair, in: 0.2...3)) }
    }
    return cases
  }()

  static let comparisons: [OpCase] = {
    let ordering: [OpDefinition] = [.eq, .ne, .lt, .le, .gt, .ge]
    let logic: [OpDefinition] = [.logicalAnd, .logicalOr]
    var cases = [
      OpCase(.where, [truth(3, 4), .f32(3, 4), .f32(4)]),
      OpCase(.where, [truth(4, 1, 1), .f32(2, 1), .f32(3)]),
      OpCase(.where, [truth(6), i32(6), i32()]),
    ]
    for pair in pairs(.f32) + pairs(.i32) {
      for op in ordering { cases.append(OpCase(op, pair)) }
    }
    for pair in pairs(.bool) {
      for op in logic { cases.append(OpCase(op, pair)) }
    }
    return cases
  }()

  static let gradients: [OpCase] = {
    let pair: [TensorType] = [.f32(7, 90), .f32(7, 90)]
    let parts: [OpDefinition] = [.reluGrad, .tanhGrad, .sigmoidGrad]
    return parts.map { OpCase($0, pair) }
      + ["none", "tanh"].map { OpCase(.geluGrad, pair, ["approximate": .string($0)], in: -4...4) }
  }()

  static let casts: [OpCase] = ElementType.allCases.flatMap { from in
    ElementType.allCases.map { to in
      OpCase(
        .cast, [TensorType(from, Shape(sizes: [3, 9]))], ["element": .string(to.rawValue)])
    }
  }

  static let movement: [OpCase] = {
    let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    let slices = [(0, 0, 3, 1), (1, 1, 40, 3), (2, 0, 5, 2), (1, 7, 7, 1)]
    var cases: [OpCase] = []
    for order in permutations {
      cases.append(OpCase(.transpose, [.f32(3, 40, 5)], ["permutation": .ints(order)]))
    }
    for (axis, start, end, step) in slices {
      cases.append(
        OpCase(
          .slice, [.f32(3, 40, 5)],
          ["axis": .int(axis), "start": .int(start), "end": .int(end), "step": .int(step)]))
    }
    return cases + stretchingAndGathering
  }()

  static let stretchingAndGathering: [OpCase] = [
    OpCase(.full, [], ["value": .float(0.1), "type": .type(.f32(3, 2))]),
    OpCase(.full, [], ["value": .float(3), "type": .type(i32(4))]),
    OpCase(.reshape, [.f32(3, 4)], ["shape": .ints([2, 6])]),
    OpCase(.broadcastTo, [.f32(3, 1)], ["shape": .ints([2, 3, 4])]),
    OpCase(.broadcastTo, [.f32()], ["shape": .ints([2, 600])]),
    OpCase(.broadcastTo, [.f32(1, 3, 1)], ["shape": .ints([4, 3, 2])]),
    OpCase(.concat, [.f32(2, 3), .f32(4, 3)], ["axis": .int(0)]),
    OpCase(.concat, [.f32(2, 3, 2), .f32(2, 1, 2), .f32(2, 0, 2)], ["axis": .int(1)]),
    OpCase(.indexSelect, [.f32(5, 3), i32(4)], ["axis": .int(0)], below: 5),
    OpCase(.indexSelect, [.f32(2, 5, 3), i32(2, 2)], ["axis": .int(1)], below: 5),
    OpCase(.indexSelectGrad, [.f32(4, 3), i32(4), .f32(5, 3)], ["axis": .int(0)], below: 5),
    OpCase(
      .indexSelectGrad, [.f32(2, 6, 3), i32(6), .f32(2, 5, 3)], ["axis": .int(1)], below: 5),
  ]

  static let axes: [(TensorType, [Int])] = [
    (.f32(2, 3, 4, 5), []), (.f32(2, 3, 4, 5), [0]), (.f32(2, 3, 4, 5), [3]),
    (.f32(2, 3, 4, 5), [1, 2]), (.f32(2, 3, 4, 5), [0, 2]), (.f32(2, 3, 4, 5), [0, 1, 2, 3]),
    (.f32(40, 33), [0]), (.f32(3, 1000), [1]), (.f32(7, 1), [0]), (.f32(1, 7), [0]),
    (.f32(40_000), [0]), (.f32(), []),
  ]

  static let reductions: [OpCase] = {
    let values: [OpDefinition] = [.sum, .mean, .max, .min]
    let gradients: [OpDefinition] = [.maxGrad, .minGrad]
    let places: [OpDefinition] = [.argmax, .argmin]
    var cases: [OpCase] = []
    for (type, list) in axes {
      for keep in [false, true] {
        let attributes: Attributes = ["axes": .ints(list), "keepdims": .bool(keep)]
        for op in values { cases.append(OpCase(op, [type], attributes, within: 2e-5)) }
        guard type.shape.elementCount ?? 0 < 10_000,
          let reduced = try? OpDefinition.sum.inferTypes([type], attributes)
        else { continue }
        for op in gradients { cases.append(OpCase(op, reduced + [type], attributes)) }
      }
    }
    for axis in 0..<3 {
      for op in places {
        cases.append(OpCase(op, [.f32(4, 5, 6)], ["axis": .int(axis), "keepdims": .bool(axis == 1)]))
      }
    }
    return cases
  }()

  static let products: [OpCase] = {
    let linear: [[TensorType]] = [
      [.f32(5, 7), .f32(4, 7)], [.f32(2, 3, 7), .f32(4, 7), .f32(4)], [.f32(7), .f32(4, 7), .f32(4)],
      [.f32(9, 33), .f32(1, 33), .f32(1)], [.f32(33, 130), .f32(70, 130), .f32(70)],
      [.f32(3, 1000), .f32(20, 1000)], [.f32(1, 2), .f32(16, 2), .f32(16)],
      [.f32(0, 3), .f32(4, 3), .f32(4)], [.f32(97, 5), .f32(257, 5), .f32(257)],
      [.f32(30, 400), .f32(130, 400), .f32(130)], [.f32(64, 128), .f32(200, 128)], [.f32(100, 129), .f32(401, 129)],
    ]
    var cases = linear.map { OpCase(.linear, $0, within: 1e-4) }
    for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
      let flags: Attributes = ["transpose_a": .bool(first), "transpose_b": .bool(second)]
      for (m, n, k) in [(2, 3, 4), (17, 18, 20), (1, 16, 1), (100, 40, 30), (5, 1, 9), (3, 33, 800)] {
        let a: TensorType = first ? .f32(k, m) : .f32(m, k)
        let b: TensorType = second ? .f32(n, k) : .f32(k, n)
        cases.append(OpCase(.matmul, [a, b], flags, within: 1e-4))
      }
    }
    let plain: Attributes = ["transpose_a": .bool(false), "transpose_b": .bool(false)]
    let flipped: Attributes = ["transpose_a": .bool(true), "transpose_b": .bool(false)]
    let turned: Attributes = ["transpose_a": .bool(false), "transpose_b": .bool(true)]
    return cases + [
      OpCase(.matmul, [.f32(4, 50), .f32(50)], plain, within: 1e-5),
      OpCase(.matmul, [.f32(50, 4), .f32(50)], flipped, within: 1e-5),
      OpCase(.matmul, [.f32(5), .f32(5, 3)], plain, within: 1e-5),
      OpCase(.matmul, [.f32(6), .f32(6)], plain, within: 1e-5),
      OpCase(.matmul, [.f32(3, 1, 17, 40), .f32(2, 40, 33)], plain, within: 1e-4),
      OpCase(.matmul, [.f32(2, 40, 100), .f32(2, 40, 30)], flipped, within: 1e-4),
      OpCase(.matmul, [.f32(3, 5, 40), .f32(40, 30)], plain, within: 1e-4),
      OpCase(.matmul, [.f32(3, 40, 5), .f32(40)], flipped, within: 1e-5),
      OpCase(.matmul, [.f32(40), .f32(3, 40, 5)], plain, within: 1e-5),
      OpCase(.matmul, [.f32(0, 4, 5), .f32(0, 5, 6)], plain, within: 1e-5),
      OpCase(.matmul, [.f32(3, 1, 30, 150), .f32(2, 130, 150)], turned, within: 1e-4),
    ]
  }()

  /// Images, output channels, window, stride, padding, dilation, groups.
  static let convolutions: [OpCase] = {
    let shapes: [([Int], Int, [Int], [Int], [Int], [Int], Int)] = [
      ([2, 1, 28, 28], 16, [3, 3], [1, 1], [1, 1], [1, 1], 1),
      ([3, 16, 14, 14], 32, [3, 3], [1, 1], [1, 1], [1, 1], 1),
      ([2, 3, 9, 33], 5, [3, 2], [1, 1], [0, 0], [1, 1], 1),
      ([1, 4, 40, 20], 6, [3, 3], [2, 2], [1, 2], [1, 1], 2),
      ([2, 4, 7, 8], 8, [2, 3], [1, 2], [2, 0], [2, 1], 4),
      ([2, 50, 6, 5], 9, [3, 3], [1, 1], [1, 1], [1, 1], 1),
      ([17, 2, 3, 3], 40, [1, 1], [1, 1], [0, 0], [1, 1], 1),
      ([0, 2, 5, 5], 3, [3, 3], [1, 1], [0, 0], [1, 1], 1),
    ]
    return shapes.flatMap { x, outputs, kernel, stride, padding, dilation, groups -> [OpCase] in
      var attributes: Attributes = [
        "stride": .ints(stride), "padding": .ints(padding), "dilation": .ints(dilation),
        "groups": .int(groups),
      ]
      let images = TensorType(.f32, Shape(sizes: x))
      let weights = TensorType(.f32, Shape(sizes: [outputs, x[1] / groups] + kernel))
      guard let y = try? OpDefinition.conv2d.inferTypes([images, weights], attributes)[0] else { return [] }
      let plain = OpCase(.conv2d, [images, weights, .f32(outputs)], attributes, within: 1e-4)
      let bare = attributes
      attributes.entries.append(.init("size", .ints([x[2], x[3]])))
      let input = OpCase(.conv2dInputGrad, [y, weights], attributes, within: 1e-4)
      attributes = bare
      attributes.entries.append(.init("kernel", .ints(kernel)))
      return [plain, input, OpCase(.conv2dWeightGrad, [y, images], attributes, within: 3e-4)]
    }
  }()

  /// Images, window, stride, padding, dilation, whether partial windows count.
  static let poolings: [OpCase] = {
    let shapes: [([Int], [Int], [Int], [Int], [Int], Bool)] = [
      ([2, 3, 28, 28], [2, 2], [2, 2], [0, 0], [1, 1], false),
      ([1, 2, 5, 70], [2, 2], [2, 2], [0, 0], [1, 1], true),
      ([2, 2, 9, 7], [3, 2], [1, 2], [1, 0], [1, 1], false),
      ([1, 1, 8, 8], [2, 3], [2, 2], [0, 1], [2, 1], true),
    ]
    return shapes.flatMap { x, kernel, stride, padding, dilation, partial -> [OpCase] in
      let attributes: Attributes = [
        "kernel": .ints(kernel), "stride": .ints(stride), "padding": .ints(padding),
        "dilation": .ints(dilation), "ceil_mode": .bool(partial),
      ]
      let images = TensorType(.f32, Shape(sizes: x))
      guard let y = try? OpDefinition.maxPool2d.inferTypes([images], attributes)[0] else { return [] }
      return [
        OpCase(.maxPool2d, [images], attributes), OpCase(.maxPool2dGrad, [y, images], attributes, within: 1e-5),
      ]
    }
  }()

  /// A convolution with its pooling, and the gradients that places lead to: images that threads share whole and
  /// images that are cut, channels that fill vectors and others.
  static let pooledConvolutions: [OpCase] = {
    let shapes: [([Int], Int, [Int], [Int], [Int])] = [
      ([2, 28, 28, 1], 16, [3, 3], [1, 1], [1, 1]), ([17, 14, 14, 16], 32, [3, 3], [1, 1], [1, 1]),
      ([3, 5, 9, 3], 21, [2, 2], [1, 1], [0, 0]), ([16, 9, 6, 2], 48, [3, 3], [2, 1], [1, 1]),
      ([1, 12, 20, 4], 5, [3, 3], [1, 1], [3, 2]), ([40, 32, 32, 1], 16, [3, 3], [1, 1], [1, 1]),
      ([0, 4, 4, 1], 16, [3, 3], [1, 1], [1, 1]), ([2, 2, 8, 2], 16, [1, 1], [1, 1], [0, 0]),
    ]
    return shapes.flatMap { x, outputs, kernel, stride, padding -> [OpCase] in
      let window: [Attributes.Entry] = [
        .init("stride", .ints(stride)), .init("padding", .ints(padding)), .init("dilation", .ints([1, 1])),
      ]
      let images = TensorType(.f32, Shape(sizes: x)), weights = TensorType(.f32, Shape(sizes: [outputs, x[3]] + kernel))
      let forward = [true, false].map { isRelu in
        OpCase(
          .conv2dMaxPool2d, isRelu ? [images, weights, .f32(outputs)] : [images, weights],
          Attributes(window + [.init("relu", .bool(isRelu))]), within: 1e-4)
      }
      guard let types = try? OpDefinition.conv2dMaxPool2d.inferTypes(forward[0].operands, forward[0].attributes) else {
        return []
      }
      func gradient(_ name: String, _ values: [Int]) -> Attributes {
        Attributes(
          window + [.init("groups", .int(1)), .init(name, .ints(values)), .init(ChannelsLast.attribute, .bool(true))])
      }
      return forward + [
        OpCase(
          .conv2dInputGrad, [types[0], weights, types[1]], gradient("size", [x[1], x[2]]), below: 4, within: 1e-4),
        OpCase(.conv2dWeightGrad, [types[0], images, types[1]], gradient("kernel", kernel), below: 4, within: 3e-4),
        OpCase(.maxUnpool2dSum, types, below: 4, within: 1e-4),
      ]
    }
  }()

  static let losses: [OpCase] = {
    let rowwise: [OpDefinition] = [.softmax, .logSoftmax]
    let gradients: [OpDefinition] = [.softmaxGrad, .logSoftmaxGrad]
    let shapes: [(TensorType, Int)] = [
      (.f32(3, 5), 1), (.f32(3, 5), 0), (.f32(2, 3, 4), 1), (.f32(70, 33), 1), (.f32(4), 0),
    ]
    var cases: [OpCase] = []
    for (type, axis) in shapes {
      for op in rowwise { cases.append(OpCase(op, [type], ["axis": .int(axis)])) }
      for op in gradients { cases.append(OpCase(op, [type, type], ["axis": .int(axis)], within: 1e-5)) }
    }
    return cases + attentions + [
      OpCase(.nllLoss, [.f32(5, 3), i32(5)]), OpCase(.nllLossGrad, [.f32(), i32(5), .f32(5, 3)]),
      OpCase(.crossEntropyLoss, [.f32(5, 3), i32(5)]), OpCase(.crossEntropyLoss, [.f32(70, 33), i32(70)]),
      OpCase(.crossEntropyLossGrad, [.f32(), i32(5), .f32(5, 3)], within: 1e-5),
      OpCase(.mseLoss, [.f32(40, 3), .f32(40, 3)]),
      OpCase(.mseLossGrad, [.f32(), .f32(40, 3), .f32(40, 3)]),
      OpCase(.bceWithLogits, [.f32(40, 3), .f32(40, 3)]),
      OpCase(.bceWithLogitsGrad, [.f32(), .f32(40, 3), .f32(40, 3)]),
    ]
  }()

  /// Places, heads, numbers of each. Gradients of causal ones need weights that are causal: `AttentionTests`.
  static let attentions: [OpCase] = [(64, 4, 16), (3, 1, 5), (20, 3, 8), (100, 2, 32), (120, 2, 4), (260, 1, 16)].flatMap {
    t, heads, size -> [OpCase] in
    let x = TensorType.f32(2, t, 3 * heads * size), g = TensorType.f32(2, t, heads * size)
    func attributes(_ isCausal: Bool) -> Attributes { ["heads": .int(heads), "causal": .bool(isCausal)] }
    let results = try? OpDefinition.attention.inferTypes([x], attributes(false))
    return [
      OpCase(.attention, [x], attributes(false)), OpCase(.attention, [x], attributes(true)),
      OpCase(.attentionGrad, [g, x, results?.last ?? x], attributes(false), within: 3e-4),
    ]
  }

  static let norms: [OpCase] = {
    let eps: Attributes = ["eps": .float(1e-5)]
    let shapes: [([Int], Int)] = [
      ([3], 5), ([], 7), ([2, 3], 16), ([40], 64), ([5], 33), ([2], 2100), ([0], 4), ([3], 0),
    ]
    return shapes.flatMap { rows, n -> [OpCase] in
      let x = TensorType(.f32, Shape(sizes: rows + [n])), deviation = TensorType(.f32, Shape(sizes: rows + [1]))
      return [
        OpCase(.layerNorm, [x, .f32(n), .f32(n)], eps, within: 1e-5),
        OpCase(.layerNormGrad, [x, .f32(n), x, deviation, x], in: 0.5...2, within: 1e-5),
        OpCase(.layerNormGrad, [x, .f32(n), x, deviation, x, x], in: 0.5...2, within: 1e-5),
      ]
    }
  }()
}
