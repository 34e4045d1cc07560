// A convolution with its pooling as one operation, and gradients by places, have the bits of the chain.
import AdamIR
import AdamPasses
import AdamTestSupport
import Testing

@testable import AdamRuntime

/// A network of two convolutions with poolings. Its loss is the sum of the squares of what it makes.
private struct PooledNetwork: Sendable, CustomTestStringConvertible {
  var images: [Int]
  /// Channels of the first convolution, and of the second; 0: there is none.
  var channels: (Int, Int) = (16, 32)
  var isRelu = true
  var hasBias = true
  var padding = 1
  var stride = 1
  /// tanh of what is pooled: the gradient of the next convolution's images gets a step behind it.
  var hasTanh = false

  var testDescription: String { "\(images) \(channels) relu \(isRelu) bias \(hasBias) \(padding) \(stride) tanh \(hasTanh)" }

  func function() throws -> TensorFunction {
    var f = TensorFunction(name: "f")
    var x = f.addParameter(TensorType(.f32, Shape(sizes: images)), name: "x", role: .input)
    for (index, outputs) in [channels.0, channels.1].enumerated() where outputs > 0 {
      x = try layer(&f, x, outputs, "\(index)")
    }
    let squares = try f.emit(.mul, [x, x])
    let loss = try f.emit(.sum, [squares], ["axes": .ints([0, 1, 2, 3]), "keepdims": .bool(false)])
    f.results = [FunctionResult(loss, "loss")]
    return f
  }

  private func layer(_ f: inout TensorFunction, _ x: ValueID, _ outputs: Int, _ name: String) throws -> ValueID {
    let inputs = f.type(x).shape.sizes?[1] ?? 1
    let window: Attributes = [
      "stride": .ints([stride, stride]), "padding": .ints([padding, padding]), "dilation": .ints([1, 1]),
      "groups": .int(1),
    ]
    let pooling: Attributes = [
      "kernel": .ints([2, 2]), "stride": .ints([2, 2]), "padding": .ints([0, 0]), "dilation": .ints([1, 1]),
      "ceil_mode": .bool(false),
    ]
    let weights = f.addParameter(.f32(outputs, inputs, 3, 3), name: "w" + name, role: .parameter)
    var operands = [x, weights]
    if hasBias { operands.append(f.addParameter(.f32(outputs), name: "b" + name, role: .parameter)) }
    var y = try f.emit(.conv2d, operands, window)
    if isRelu { y = try f.emit(.relu, [y]) }
    y = try f.emit(.maxPool2d, [y], pooling)
    return hasTanh ? try f.emit(.tanh, [y]) : y
  }

  static let all: [PooledNetwork] = [
    PooledNetwork(images: [2, 1, 28, 28]), PooledNetwork(images: [17, 1, 16, 16]),
    PooledNetwork(images: [3, 2, 12, 20], isRelu: false), PooledNetwork(images: [18, 3, 8, 12], hasBias: false),
    PooledNetwork(images: [5, 16, 18, 10], channels: (48, 0), padding: 0), PooledNetwork(images: [70, 1, 28, 28]),
    PooledNetwork(images: [4, 16, 24, 24], channels: (16, 0), padding: 2, stride: 1),
    PooledNetwork(images: [20, 4, 32, 16], channels: (16, 16), isRelu: false, hasBias: false),
    PooledNetwork(images: [17, 2, 15, 31], channels: (32, 16), stride: 2),
    PooledNetwork(images: [18, 4, 16, 12], hasTanh: true), PooledNetwork(images: [3, 4, 16, 12], hasTanh: true),
  ]
}

@Suite struct MaxPoolFusionTests {
  private static let name = "fuse-max-pool"

  /// Whole numbers, so that elements of a window are equal often, and some that are none.
  private func arguments(_ function: TensorFunction, special: [Float]) throws -> [Tensor] {
    var numbers = Numbers(3)
    return try function.parameters.enumerated().map { index, parameter in
      let tensor = try numbers.tensor(function.type(parameter.value), -2...2, below: 2)
      let isImages = index == 0
      tensor.write(
        floats: tensor.floats.enumerated().map { place, value in
          isImages && place % 97 == 13 && !special.isEmpty
            ? special[place / 97 % special.count] : special.isEmpty ? value : value.rounded()
        })
      return tensor
    }
  }

  @Test(arguments: PooledNetwork.all)
  private func `one operation has the bits of the chain`(_ network: PooledNetwork) throws {
    let function = try network.function()
    let chain = try Pipeline.gradients.run(function, PassContext(disabled: [Self.name]), verifyAfterEach: true)
    let fused = try Pipeline.gradients.run(function, verifyAfterEach: true)
    #expect(fused.operations.contains { $0.op == .conv2dMaxPool2d })
    #expect(!fused.operations.contains { $0.op == .maxPool2d || $0.op == .maxPool2dGrad })
    for special in [[], [-0.0, 0, -1], [.nan, -.infinity, 3e38, .leastNonzeroMagnitude]] as [[Float]] {
      let arguments = try arguments(function, special: special)
      let wanted = try bits(chain, arguments, try Machines.single())
      for machine in try Machines.all() {
        #expect(try bits(fused, arguments, machine) == wanted, "\(machine.isa) × \(machine.threads) \(special)")
      }
    }
  }

  @Test func `a network that is only evaluated pools its convolutions too`() throws {
    let function = try PooledNetwork(images: [4, 1, 8, 8]).function()
    let fused = try Pipeline.standard.run(function, verifyAfterEach: true)
    #expect(fused.operations.count { $0.op == .conv2dMaxPool2d } == 2)
  }

  /// What else the images or their gradients are needed for, in a function of x, w and g: `%3` the convolution.
  @Test(arguments: [
    ["relu(%3)", "max_pool2d(%4; POOL)", "sum(%4; axes=[0, 1, 2], keepdims=false, channels_last=true)"],
    ["relu(%3)", "max_pool2d(%4; POOL)", "sum(%3; axes=[0, 1, 2], keepdims=false, channels_last=true)"],
    ["relu(%3)", "max_pool2d(%4; POOL)", "max_pool2d_grad(%2, %4; POOL)", "relu_grad(%6, %4)", "relu(%7)"],
    ["relu(%3)", "max_pool2d(%4; POOL)", "max_pool2d_grad(%2, %4; POOL)", "relu_grad(%6, %3)"],
    ["relu(%3)", "max_pool2d(%4; POOL)", "max_pool2d_grad(%2, %4; POOL)"],
    ["tanh(%3)", "max_pool2d(%4; POOL)", "relu(%3)"],
  ])
  func `images that others need stay`(steps: [String]) throws {
    let pooling = "kernel=[2, 2], stride=[2, 2], padding=[0, 0], dilation=[1, 1], ceil_mode=false, channels_last=true"
    var f = try TensorFunction.parse(
      """
      func @f(%0: f32[2, 4, 4, 1] input "x", %1: f32[16, 1, 3, 3] input "w", %2: f32[2, 2, 2, 16] input "g") {
        %3 = conv2d(%0, %1; stride=[1, 1], padding=[1, 1], dilation=[1, 1], groups=1, channels_last=true) \
      : f32[2, 4, 4, 16]
      \(zip(steps.indices, steps).map { index, step in
        let type = step.hasPrefix("max_pool2d(") ? "[2, 2, 2, 16]" : step.hasPrefix("sum") ? "[16]" : "[2, 4, 4, 16]"
        return "  %\(4 + index) = \(step.replacing("POOL", with: pooling)) : f32\(type)"
      }.joined(separator: "\n"))
        return %5 "pooled", %\(3 + steps.count) "last"
      }
      """)
    f = try Pass.fuseMaxPool.run(f)
    #expect(f.violations().isEmpty)
    #expect(!f.operations.contains { $0.op == .conv2dMaxPool2d })
  }
}
