// Sample operands for every op: the tests of the registry and random functions are made of them.
import AdamIR

/// SplitMix64: small, and the same numbers everywhere.
package struct Draws {
  private var state: UInt64
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  package mutating func unit() -> Double { Double(next() >> 11) / 9007199254740992 }
}

package struct OpSample: Sendable {
  package var operands: [TensorType]
  package var attributes: Attributes
  /// Range of real values; whole numbers and truth values are drawn below `labels`.
  package var range: ClosedRange<Double>
  package var labels: Int

  package init(
    _ operands: [TensorType], _ attributes: Attributes = Attributes(),
    in range: ClosedRange<Double> = -2...2, labels: Int = 2
  ) {
    self.operands = operands
    self.attributes = attributes
    self.range = range
    self.labels = labels
  }

  package func values(_ draws: inout Draws) -> [ReferenceTensor] {
    operands.map { type in
      let sizes = type.shape.sizes ?? []
      let values = (0..<sizes.reduce(1, *)).map { _ in
        type.element == .f32
          ? range.lowerBound + draws.unit() * (range.upperBound - range.lowerBound)
          : Double(draws.below(labels))
      }
      return ReferenceTensor(sizes, values)
    }
  }

  package static func i32(_ sizes: Int...) -> TensorType { TensorType(.i32, Shape(sizes: sizes)) }
  package static func bool(_ sizes: Int...) -> TensorType { TensorType(.bool, Shape(sizes: sizes)) }

  /// Samples by op, or nil for an op that has none yet (a test refuses that).
  package static func of(_ op: OpDefinition) -> [OpSample]? {
    unary(op) ?? binary(op) ?? movement(op) ?? reduction(op) ?? network(op) ?? windowed(op)
  }

  private static func unary(_ op: OpDefinition) -> [OpSample]? {
    let shapes: [TensorType] = [.f32(), .f32(5), .f32(2, 3)]
    switch op {
    case .neg, .abs, .sign, .exp, .sin, .cos, .floor, .round, .tanh, .sigmoid, .relu:
      return shapes.map { OpSample([$0]) }
    case .log, .log1p, .sqrt: return shapes.map { OpSample([$0], in: 0.5...3) }
    case .tanhGrad, .sigmoidGrad, .reluGrad: return shapes.map { OpSample([$0, $0]) }
    case .gelu:
      return ["none", "tanh"].map { OpSample([.f32(2, 3)], ["approximate": .string($0)]) }
    case .geluGrad:
      return ["none", "tanh"].map { OpSample([.f32(7), .f32(7)], ["approximate": .string($0)]) }
    case .logicalNot: return [OpSample([bool(4)])]
    case .cast:
      return [
        OpSample([.f32(3)], ["element": .string("f32")]),
        OpSample([.f32(3)], ["element": .string("i32")]),
        OpSample([i32(3)], ["element": .string("f32")]),
        OpSample([i32(2, 2)], ["element": .string("bool")]),
      ]
    case .dropoutMask: return [OpSample([.f32(2, 3)], ["p": .float(0.5)])]
    case .rand, .randn: return [[2, 3], [], [0]].map { OpSample([], ["shape": .ints($0)]) }
    case .randint: return [OpSample([], ["low": .int(-2), "high": .int(5), "shape": .ints([3])])]
    case .randperm: return [OpSample([], ["n": .int(4)])]
    default: return nil
    }
  }

  private static func binary(_ op: OpDefinition) -> [OpSample]? {
    let pairs: [[TensorType]] = [
      [.f32(2, 3), .f32(2, 3)], [.f32(2, 3), .f32(3)], [.f32(2, 1), .f32(1, 3)], [.f32(), .f32(2)],
      [.f32(4, 1, 3), .f32(2, 1)],
    ]
    switch op {
    case .add, .sub, .mul, .maximum, .minimum, .eq, .ne, .lt, .le, .gt, .ge:
      return pairs.map { OpSample($0) }
    case .div, .pow, .remainder: return pairs.map { OpSample($0, in: 0.5...3) }
    case .logicalAnd, .logicalOr: return [OpSample([bool(2, 3), bool(3)])]
    case .where:
      return [OpSample([bool(2, 3), .f32(2, 3), .f32(3)]), OpSample([bool(3), .f32(), .f32(2, 1)])]
    case .fusedElementwise:
      let body = FusedBody([
        .init(.mul, [.operand(0), .scalar(0.5)], Attributes()),
        .init(.add, [.step(0), .operand(1)], Attributes()),
        .init(.tanh, [.step(1)], Attributes()),
        .init(.mul, [.step(2), .step(0)], Attributes()),
      ])
      return [OpSample([.f32(2, 3), .f32(3)], ["body": .body(body)])]
    case .fusedEpilogue:
      let body = FusedBody([
        .init(.linear, [.operand(0), .operand(1)], Attributes()),
        .init(.add, [.operand(2), .step(0)], Attributes()),
        .init(.tanh, [.step(1)], Attributes()),
        .init(.mul, [.step(2), .step(0)], Attributes()),
      ])
      return [OpSample([.f32(2, 3), .f32(4, 3), .f32(2, 1)], ["body": .body(body)])]
    default: return nil
    }
  }

  private static func movement(_ op: OpDefinition) -> [OpSample]? {
    func slice(_ axis: Int, _ start: Int, _ end: Int, _ step: Int) -> Attributes {
      ["axis": .int(axis), "start": .int(start), "end": .int(end), "step": .int(step)]
    }
    switch op {
    case .full: return [OpSample([], ["value": .float(1.5), "type": .type(.f32(2, 3))])]
    case .broadcastTo:
      return [
        OpSample([.f32(3)], ["shape": .ints([2, 3])]),
        OpSample([.f32(2, 1)], ["shape": .ints([4, 2, 3])]),
        OpSample([.f32()], ["shape": .ints([2, 2])]),
      ]
    case .reshape:
      return [
        OpSample([.f32(2, 3)], ["shape": .ints([6])]),
        OpSample([.f32(2, 6)], ["shape": .ints([3, -1])]),
      ]
    case .transpose:
      return [
        OpSample([.f32(2, 3)], ["permutation": .ints([1, 0])]),
        OpSample([.f32(2, 3, 4)], ["permutation": .ints([2, 0, 1])]),
      ]
    case .slice:
      return [
        OpSample([.f32(5)], slice(0, 1, 4, 1)), OpSample([.f32(2, 6)], slice(1, 1, 6, 2)),
        OpSample([.f32(7, 2)], slice(0, 0, 7, 3)), OpSample([.f32(3)], slice(0, 2, 2, 1)),
      ]
    case .concat:
      return [
        OpSample([.f32(2, 3), .f32(1, 3)], ["axis": .int(0)]),
        OpSample([.f32(2, 1), .f32(2, 3), .f32(2, 2)], ["axis": .int(1)]),
      ]
    case .indexSelect:
      return [
        OpSample([.f32(3, 2), i32(4)], ["axis": .int(0)], labels: 3),
        OpSample([.f32(2, 3), i32(2, 2)], ["axis": .int(1)], labels: 3),
      ]
    case .indexSelectGrad:
      return [OpSample([.f32(4, 2), i32(4), .f32(3, 2)], ["axis": .int(0)], labels: 3)]
    default: return nil
    }
  }

  private static func reduction(_ op: OpDefinition) -> [OpSample]? {
    func over(_ axes: [Int], _ keepdims: Bool) -> Attributes {
      ["axes": .ints(axes), "keepdims": .bool(keepdims)]
    }
    switch op {
    case .sum, .mean, .max, .min:
      return [
        OpSample([.f32(5)], over([0], false)), OpSample([.f32(2, 3)], over([1], true)),
        OpSample([.f32(2, 3, 2)], over([0, 2], false)), OpSample([.f32(2, 3)], over([], false)),
      ]
    case .maxGrad, .minGrad:
      return [
        OpSample([.f32(2), .f32(2, 3)], over([1], false)),
        OpSample([.f32(1, 3), .f32(2, 3)], over([0], true)),
      ]
    case .argmax, .argmin:
      return [
        OpSample([.f32(2, 3)], ["axis": .int(1), "keepdims": .bool(false)]),
        OpSample([.f32(4)], ["axis": .int(0), "keepdims": .bool(true)]),
      ]
    case .softmax, .logSoftmax:
      return [
        OpSample([.f32(2, 3)], ["axis": .int(1)]), OpSample([.f32(3, 2)], ["axis": .int(0)]),
      ]
    case .softmaxGrad, .logSoftmaxGrad:
      return [OpSample([.f32(2, 3), .f32(2, 3)], ["axis": .int(1)])]
    default: return nil
    }
  }

  private static func windowed(_ op: OpDefinition) -> [OpSample]? {
    func window(
      _ stride: [Int], _ padding: [Int], _ dilation: [Int], groups: Int, _ more: [Attributes.Entry] = []
    ) -> Attributes {
      let all: Attributes = [
        "stride": .ints(stride), "padding": .ints(padding), "dilation": .ints(dilation),
        "groups": .int(groups),
      ]
      return Attributes(all.entries + more)
    }
    func pool(_ kernel: [Int], _ stride: [Int], _ padding: [Int], partial: Bool) -> Attributes {
      [
        "kernel": .ints(kernel), "stride": .ints(stride), "padding": .ints(padding),
        "dilation": .ints([1, 1]), "ceil_mode": .bool(partial),
      ]
    }
    let kernel = [Attributes.Entry("kernel", .ints([2, 3]))]
    let size = [Attributes.Entry("size", .ints([4, 5]))]
    switch op {
    case .conv2d:
      return [
        OpSample([.f32(2, 2, 4, 5), .f32(3, 2, 2, 3), .f32(3)], window([1, 1], [0, 0], [1, 1], groups: 1)),
        OpSample([.f32(1, 4, 5, 4), .f32(4, 2, 2, 2)], window([2, 1], [1, 0], [2, 1], groups: 2)),
      ]
    case .conv2dInputGrad:
      return [
        OpSample([.f32(2, 3, 3, 3), .f32(3, 2, 2, 3)], window([1, 1], [0, 0], [1, 1], groups: 1, size)),
        OpSample([.f32(1, 4, 3, 2), .f32(4, 1, 2, 3)], window([2, 2], [1, 0], [1, 1], groups: 2, size)),
      ]
    case .conv2dWeightGrad:
      return [
        OpSample([.f32(2, 3, 3, 3), .f32(2, 2, 4, 5)], window([1, 1], [0, 0], [1, 1], groups: 1, kernel)),
        OpSample([.f32(1, 4, 3, 2), .f32(1, 2, 4, 5)], window([2, 2], [1, 0], [1, 1], groups: 2, kernel)),
      ]
    case .maxPool2d:
      return [
        OpSample([.f32(1, 2, 4, 4)], pool([2, 2], [2, 2], [0, 0], partial: false)),
        OpSample([.f32(1, 1, 5, 4)], pool([3, 2], [2, 1], [1, 1], partial: true)),
      ]
    case .conv2dMaxPool2d:
      let attributes: Attributes = [
        "stride": .ints([1, 1]), "padding": .ints([1, 1]), "dilation": .ints([1, 1]), "relu": .bool(true),
      ]
      return [OpSample([.f32(2, 4, 6, 2), .f32(3, 2, 3, 3), .f32(3)], attributes)]
    case .maxUnpool2dSum: return [OpSample([.f32(2, 2, 3, 4), i32(2, 2, 3, 4)], labels: 4)]
    case .maxPool2dGrad:
      return [
        OpSample([.f32(1, 2, 2, 2), .f32(1, 2, 4, 4)], pool([2, 2], [2, 2], [0, 0], partial: false)),
        OpSample([.f32(1, 1, 3, 3), .f32(1, 1, 4, 4)], pool([2, 2], [1, 1], [0, 0], partial: false)),
      ]
    default: return nil
    }
  }

  private static func network(_ op: OpDefinition) -> [OpSample]? {
    let plain: Attributes = ["options": .int(0), "parameters": .int(1)]
    let pair: Attributes = ["options": .int(0), "parameters": .int(2)]
    func transposes(_ first: Bool, _ second: Bool) -> Attributes {
      ["transpose_a": .bool(first), "transpose_b": .bool(second)]
    }
    switch op {
    case .linear:
      return [
        OpSample([.f32(2, 3), .f32(4, 3), .f32(4)]), OpSample([.f32(2, 3), .f32(1, 3)]),
        OpSample([.f32(2, 2, 3), .f32(4, 3), .f32(4)]), OpSample([.f32(3), .f32(4, 3), .f32(4)]),
      ]
    case .attention:
      return [
        OpSample([.f32(2, 3, 12)], ["heads": .int(2), "causal": .bool(false)]),
        OpSample([.f32(1, 4, 6)], ["heads": .int(1), "causal": .bool(true)]),
      ]
    case .attentionGrad:
      return [
        OpSample(
          [.f32(2, 3, 4), .f32(2, 3, 12), .f32(2, 2, 3, 16)], ["heads": .int(2), "causal": .bool(false)]),
      ]
    case .matmul:
      return [
        OpSample([.f32(2, 3), .f32(3, 4)], transposes(false, false)),
        OpSample([.f32(3, 2), .f32(3, 4)], transposes(true, false)),
        OpSample([.f32(2, 3), .f32(4, 3)], transposes(false, true)),
        OpSample([.f32(3, 2), .f32(4, 3)], transposes(true, true)),
        OpSample([.f32(3), .f32(3)], transposes(false, false)),
        OpSample([.f32(2, 3), .f32(3)], transposes(false, false)),
        OpSample([.f32(3), .f32(3, 2)], transposes(false, false)),
        OpSample([.f32(2, 2, 3), .f32(3, 1, 3, 2)], transposes(false, false)),
        OpSample([.f32(2, 3, 2), .f32(2, 4, 3)], transposes(true, true)),
        OpSample([.f32(2, 2, 3), .f32(3, 2)], transposes(false, false)),
        OpSample([.f32(2, 3, 2), .f32(3, 2)], transposes(true, false)),
        OpSample([.f32(2, 3), .f32(2, 3, 1)], transposes(false, false)),
        OpSample([.f32(3), .f32(2, 3, 2)], transposes(false, false)),
        OpSample([.f32(2, 2, 3), .f32(3)], transposes(false, false)),
        OpSample([.f32(2, 3, 2), .f32(3)], transposes(true, false)),
      ]
    case .layerNorm: return [OpSample([.f32(2, 3), .f32(3), .f32(3)], ["eps": .float(1e-5)])]
    case .layerNormGrad:
      let operands: [TensorType] = [.f32(2, 3), .f32(3), .f32(2, 3), .f32(2, 1), .f32(2, 3), .f32(2, 3)]
      return [OpSample(operands), OpSample(Array(operands.dropLast()))]
    case .nllLoss: return [OpSample([.f32(3, 4), i32(3)], labels: 4)]
    case .crossEntropyLoss: return [OpSample([.f32(3, 4), i32(3)], labels: 4)]
    case .crossEntropyLossGrad: return [OpSample([.f32(), i32(3), .f32(3, 4)], labels: 4)]
    case .nllLossGrad: return [OpSample([.f32(), i32(3), .f32(3, 4)], labels: 4)]
    case .mseLoss, .bceWithLogits: return [OpSample([.f32(3, 2), .f32(3, 2)])]
    case .mseLossGrad, .bceWithLogitsGrad: return [OpSample([.f32(), .f32(3, 2), .f32(3, 2)])]
    case .adam, .adamw:
      return [4, 5].map { OpSample(Array(repeating: .f32(2), count: $0) + [.f32(6)], plain) }
        + [OpSample([.f32(2), .f32(2), .f32(2), .f32(2), .f32(3), .f32(3), .f32(3), .f32(3), .f32(6)], pair)]
    case .sgd:
      return [2, 3].map { OpSample(Array(repeating: .f32(2), count: $0) + [.f32(4)], plain) }
        + [OpSample([.f32(2), .f32(2), .f32(3), .f32(3), .f32(4)], pair)]
    default: return nil
    }
  }
}
