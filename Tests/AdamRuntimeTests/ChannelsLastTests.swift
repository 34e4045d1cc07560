// Images with their channels last: every op and whole networks have the bits of images with channels first.
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@testable import AdamRuntime

@Suite struct ChannelsLastTests {
  private static let there = Attributes(["permutation": .ints(ChannelsLast.there)])
  private static let back = Attributes(["permutation": .ints(ChannelsLast.back)])

  /// The results of both forms of an op on every machine; `images` are its operands that have two forms.
  private func expectSameBits(
    _ test: OpCase, images: [Int], resultIsImage: Bool, attributes: Attributes? = nil, values: [Float] = []
  ) throws {
    var numbers = Numbers(test.label.utf8.reduce(5) { $0 &* 31 &+ UInt64($1) })
    let operands = try test.operands.map { try numbers.tensor($0, test.range, below: 3) }
    for operand in operands where !values.isEmpty {
      operand.write(floats: operand.floats.map { values[Int(abs($0) * 1000) % values.count] })
    }
    var wanted: [UInt32]?
    for machine in try Machines.all() {
      let engine = TensorEngine(machine)
      let first = try engine.apply(test.op, operands, test.attributes)[0]
      if wanted == nil { wanted = first.bits }
      var moved = operands
      for index in images { moved[index] = try engine.apply(.transpose, [operands[index]], Self.there)[0] }
      var form = attributes ?? test.attributes
      form.entries.append(.init(ChannelsLast.attribute, .bool(true)))
      var found = try engine.apply(test.op, moved, form)[0]
      if resultIsImage { found = try engine.apply(.transpose, [found], Self.back)[0] }
      #expect(found.bits == wanted, "\(test.label): \(machine.isa) × \(machine.threads)")
    }
  }

  /// Images, output channels, window, stride, padding, dilation.
  private static let convolutions: [OpCase] = {
    var shapes: [([Int], Int, [Int], [Int], [Int], [Int])] = [
      ([2, 1, 28, 28], 16, [3, 3], [1, 1], [1, 1], [1, 1]), ([17, 16, 14, 14], 32, [3, 3], [1, 1], [1, 1], [1, 1]),
      ([3, 64, 5, 6], 48, [3, 3], [1, 1], [1, 1], [1, 1]), ([2, 3, 9, 33], 5, [3, 2], [1, 1], [0, 0], [1, 1]),
      ([1, 4, 40, 20], 20, [3, 3], [2, 2], [1, 2], [1, 1]), ([2, 4, 7, 9], 8, [2, 3], [1, 2], [2, 0], [2, 1]),
      ([2, 5, 12, 11], 33, [3, 3], [1, 1], [2, 2], [2, 2]), ([2, 5, 12, 11], 17, [1, 3], [2, 2], [0, 2], [1, 2]),
      ([18, 2, 3, 3], 40, [1, 1], [1, 1], [0, 0], [1, 1]), ([2, 50, 6, 5], 9, [3, 3], [1, 1], [1, 1], [1, 1]),
      ([2, 43, 3, 4], 16, [3, 3], [1, 1], [1, 1], [1, 1]), ([2, 8, 9, 9], 16, [5, 5], [1, 1], [2, 2], [1, 1]),
      ([1, 130, 4, 8], 64, [3, 3], [1, 1], [1, 1], [1, 1]), ([17, 16, 3, 2], 144, [3, 3], [1, 1], [1, 1], [1, 1]),
      ([17, 16, 5, 1], 272, [1, 2], [1, 1], [0, 1], [1, 1]), ([2, 16, 9, 5], 32, [2, 2], [3, 3], [1, 1], [1, 1]),
      ([16, 16, 4, 1], 1024, [3, 1], [1, 1], [1, 0], [1, 1]), ([3, 40, 5, 7], 24, [1, 1], [1, 1], [0, 0], [1, 1]),
      ([2, 450, 9, 9], 16, [1, 1], [1, 1], [0, 0], [1, 1]), ([0, 2, 5, 5], 3, [3, 3], [1, 1], [0, 0], [1, 1]),
    ]
    for columns in 1...15 { shapes.append(([2, 3, 2, columns], 16, [1, 3], [1, 1], [0, 1], [1, 1])) }
    return shapes.flatMap { x, outputs, kernel, stride, padding, dilation -> [OpCase] in
      let window: Attributes = [
        "stride": .ints(stride), "padding": .ints(padding), "dilation": .ints(dilation), "groups": .int(1),
      ]
      let images = TensorType(.f32, Shape(sizes: x)), weights = TensorType(.f32, Shape(sizes: [outputs, x[1]] + kernel))
      guard let y = try? OpDefinition.conv2d.inferTypes([images, weights], window)[0] else { return [] }
      let size = Attributes(window.entries + [.init("size", .ints([x[2], x[3]]))])
      let sizes = Attributes(window.entries + [.init("kernel", .ints(kernel))])
      return [
        OpCase(.conv2d, [images, weights, .f32(outputs)], window), OpCase(.conv2d, [images, weights], window),
        OpCase(.conv2dInputGrad, [y, weights], size), OpCase(.conv2dWeightGrad, [y, images], sizes),
      ]
    }
  }()

  @Test(arguments: convolutions) func `a convolution has the same bits`(_ test: OpCase) throws {
    let isWeights = test.op == .conv2dWeightGrad
    try expectSameBits(test, images: isWeights ? [0, 1] : [0], resultIsImage: !isWeights)
  }

  /// With elements that are equal, or no numbers.
  @Test(arguments: OpCase.poolings + morePoolings)
  func `a pooling has the same bits`(_ test: OpCase) throws {
    let images = test.op == .maxPool2d ? [0] : [0, 1]
    try expectSameBits(test, images: images, resultIsImage: true)
    try expectSameBits(test, images: images, resultIsImage: true, values: [0, -0.0, 1, -1, .nan, -.infinity, 0.5])
  }

  private static let morePoolings: [OpCase] = [16, 32, 21].flatMap { channels -> [OpCase] in
    [[2, 2], [3, 3]].flatMap { kernel -> [OpCase] in
      let attributes: Attributes = [
        "kernel": .ints(kernel), "stride": .ints([2, 2]), "padding": .ints([0, 0]), "dilation": .ints([1, 1]),
        "ceil_mode": .bool(kernel == [3, 3]),
      ]
      let images = TensorType(.f32, Shape(sizes: [3, channels, 6, 9]))
      guard let y = try? OpDefinition.maxPool2d.inferTypes([images], attributes)[0] else { return [] }
      return [OpCase(.maxPool2d, [images], attributes), OpCase(.maxPool2dGrad, [y, images], attributes)]
    }
  }

  @Test(arguments: [[0, 4, 4], [1, 1, 1], [1, 1, 7], [2, 2, 2], [3, 3, 5], [5, 31, 33], [9, 61, 61], [3, 128, 128]])
  func `sums over all but the channels have the same bits`(_ sizes: [Int]) throws {
    for channels in [1, 5, 16, 40] {
      let type = TensorType(.f32, Shape(sizes: [sizes[0], channels, sizes[1], sizes[2]]))
      let kept = Attributes.Entry("keepdims", .bool(false))
      let first = OpCase(.sum, [type], Attributes([.init("axes", .ints([0, 2, 3])), kept]))
      let last = Attributes([.init("axes", .ints([0, 1, 2])), kept])
      try expectSameBits(first, images: [0], resultIsImage: false, attributes: last)
    }
  }

  // MARK: The pass

  /// A convolutional network with a residual: its loss is the sum of what it makes.
  private func network(_ channels: Int, columns: Int) throws -> TensorFunction {
    var f = TensorFunction(name: "f")
    let window: Attributes = [
      "stride": .ints([1, 1]), "padding": .ints([1, 1]), "dilation": .ints([1, 1]), "groups": .int(1),
    ]
    let pooling: Attributes = [
      "kernel": .ints([2, 2]), "stride": .ints([2, 2]), "padding": .ints([0, 0]), "dilation": .ints([1, 1]),
      "ceil_mode": .bool(false),
    ]
    func weights(_ name: String, _ sizes: [Int]) -> ValueID {
      f.addParameter(TensorType(.f32, Shape(sizes: sizes)), name: name, role: .parameter)
    }
    let x = f.addParameter(.f32(3, 2, 8, columns), name: "x", role: .input)
    let (w, b) = (weights("w", [channels, 2, 3, 3]), weights("b", [channels]))
    let (v, c) = (weights("v", [channels, channels, 3, 3]), weights("c", [channels]))
    let hidden = try f.emit(.relu, [try f.emit(.conv2d, [x, w, b], window)])
    let inner = try f.emit(.tanh, [try f.emit(.conv2d, [hidden, v, c], window)])
    let sum = try f.emit(.add, [hidden, inner])
    let small = try f.emit(.maxPool2d, [sum], pooling)
    let flat = try f.emit(.reshape, [small], ["shape": .ints([3, channels * 4 * (columns / 2)])])
    let loss = try f.emit(.sum, [try f.emit(.mul, [flat, flat])], ["axes": .ints([0, 1]), "keepdims": .bool(false)])
    f.results = [FunctionResult(loss, "loss")]
    return f
  }

  private func bits(_ function: TensorFunction, _ machine: Runtime) throws -> [[UInt32]] {
    var numbers = Numbers(11)
    let arguments = try function.parameters.map { try numbers.tensor(function.type($0.value), -1...1, below: 2) }
    let plan = try Plan(function, machine, bindings: arguments)
    plan.run()
    return try function.results.indices.map { try plan.result($0).bits }
  }

  @Test(arguments: [8, 9, 20]) func `a network has the same bits and gradients`(columns: Int) throws {
    let source = try network(16, columns: columns)
    let first = try Pipeline.gradients.run(source, PassContext(disabled: ["channels-last"]), verifyAfterEach: true)
    let last = try Pipeline.gradients.run(source, verifyAfterEach: true)
    #expect(last.text.contains("channels_last") && !first.text.contains("channels_last"))
    #expect(last.text.contains("f32[3, 8, \(columns), 16]"))
    let wanted = try bits(first, try Machines.single())
    for machine in try Machines.all() {
      #expect(try bits(last, machine) == wanted, "\(machine.isa) × \(machine.threads)")
    }
  }

  @Test func `channels that fill no register stay first, and those that only windows of one element see`() throws {
    var pointwise = TensorFunction(name: "f")
    let x = pointwise.addParameter(.f32(4, 32, 8, 8), name: "x", role: .input)
    let w = pointwise.addParameter(.f32(64, 32, 1, 1), name: "w", role: .parameter)
    let window: Attributes = [
      "stride": .ints([1, 1]), "padding": .ints([0, 0]), "dilation": .ints([1, 1]), "groups": .int(1),
    ]
    let y = try pointwise.emit(.relu, [try pointwise.emit(.conv2d, [x, w], window)])
    let loss = try pointwise.emit(.sum, [y], ["axes": .ints([0, 1, 2, 3]), "keepdims": .bool(false)])
    pointwise.results = [FunctionResult(loss, "loss")]
    for source in [try network(12, columns: 8), pointwise] {
      let function = try Pipeline.gradients.run(source, verifyAfterEach: true)
      #expect(!function.text.contains("channels_last"))
    }
  }

  @Test func `an operation with channels last has no gradient`() throws {
    var f = TensorFunction(name: "f")
    let x = f.addParameter(.f32(1, 4, 4, 1), name: "x", role: .parameter)
    let y = try f.emit(
      .maxPool2d, [x],
      [
        "kernel": .ints([2, 2]), "stride": .ints([2, 2]), "padding": .ints([0, 0]), "dilation": .ints([1, 1]),
        "ceil_mode": .bool(false), ChannelsLast.attribute: .bool(true),
      ])
    #expect(f.type(y).text == "f32[1, 2, 2, 1]")
    let loss = try f.emit(.sum, [y], ["axes": .ints([0, 1, 2, 3]), "keepdims": .bool(false)])
    f.results = [FunctionResult(loss, "loss")]
    #expect(throws: PassError.self) { try Pass.autodiff.run(f) }
  }
}
