// Convolutions: images with their padding in scratch memory, terms as offsets into them. Where channels lie in
// memory is a matter of strides.
import AdamIR
import AdamKernelABI

extension Emission {
  /// Images are [n, height, width, channels].
  var isChannelsLast: Bool {
    attributes.bool(ChannelsLast.attribute) ?? false || operation.op == .conv2dMaxPool2d
  }

  /// Where the gradients of a convolution's result belong, when it was pooled.
  fileprivate mutating func unpooledPlaces() -> Place? { operation.operands.count > 2 ? operand(2) : nil }

  /// The sizes of a convolution's result, by its gradients.
  fileprivate func unpooledSizes() -> [Int] {
    let sizes = operandSizes(0)
    return operation.operands.count > 2 ? [sizes[0], sizes[1] * 2, sizes[2] * 2, sizes[3]] : sizes
  }
}

/// Sizes of one convolution: x [n, in, h, w] → y [n, out, rows, columns], whatever comes last in memory.
private struct ConvolutionSizes {
  var x: [Int]
  var w: [Int]
  var y: [Int]
  var stride: [Int]
  var padding: [Int]
  var dilation: [Int]
  var groups: Int
  /// The channels of a pixel lie side by side; there is one group.
  var isLast: Bool

  /// Of the operation at hand, whose images and weights have these sizes in memory.
  init(_ x: [Int], _ w: [Int], _ y: [Int], _ e: Emission) {
    isLast = e.isChannelsLast
    func planes(_ sizes: [Int]) -> [Int] { [sizes[0], sizes[3], sizes[1], sizes[2]] }
    (self.x, self.w, self.y) = isLast ? (planes(x), w, planes(y)) : (x, w, y)
    stride = e.attributes.ints("stride") ?? [1, 1]
    padding = e.attributes.ints("padding") ?? [0, 0]
    dilation = e.attributes.ints("dilation") ?? [1, 1]
    groups = max(1, e.attributes.int("groups") ?? 1)
  }

  var inputsPerGroup: Int { w[1] }
  var outputsPerGroup: Int { w[0] / groups }
  /// Rows and columns of the weights' window.
  var window: (Int, Int) { (w[2], w[3]) }
  var flops: Double { 2 * Double(y.reduce(1, *)) * Double(w[1] * w[2] * w[3]) }

  /// A pixel makes a pixel, and their channels lie side by side: a product of matrices.
  var isProduct: Bool { isLast && w[2...] == [1, 1] && stride == [1, 1] && padding == [0, 0] && groups == 1 }
  /// Of all images of y.
  var pixels: Int { y[0] * y[2] * y[3] }
}

/// Images as a kernel sees them: in memory, with room behind them for what reads too far, or padded by the kernel
/// itself. An image is a row-major plane a channel; with channels last one plane whose columns have an element a
/// channel.
private struct Planes {
  var place: Place
  var channels: Int
  var rows: Int
  var columns: Int
  let isLast: Bool
  /// Elements of a channel of an image in memory.
  var stored: Int
  /// How the kernel pads them.
  var padding: Place?

  /// `sizes` are [n, channels, rows, columns].
  init(_ place: Place, _ sizes: [Int], isLast: Bool) {
    (self.place, channels, rows, columns) = (place, sizes[1], sizes[2], sizes[3])
    self.isLast = isLast
    stored = sizes[2] * sizes[3]
  }

  /// From pixel to pixel of a row, and from row to row.
  var pixelStride: Int { isLast ? channels : 1 }
  var rowStride: Int { columns * pixelStride }

  /// Offsets of a window's elements, channel after channel. Throws for images that are larger than they reach.
  func offsets(
    channels: Int, window: (Int, Int), steps: [Int], isReversed: Bool
  ) throws(RuntimeError) -> [Int32] {
    guard channels * rows * columns <= Int(Int32.max) else {
      let shape = [channels, rows, columns]
      throw .allocation(AllocationError(shape: shape, byteCount: 4 * channels * rows * columns, budget: .process))
    }
    let channelStride = isLast ? 1 : rows * columns
    var offsets: [Int32] = []
    for c in 0..<channels {
      for u in 0..<window.0 {
        for v in 0..<window.1 {
          let (i, j) = isReversed ? (window.0 - 1 - u, window.1 - 1 - v) : (u, v)
          let offset = c * channelStride + i * steps[0] * rowStride + j * steps[1] * pixelStride
          offsets.append(Int32(truncatingIfNeeded: offset))
        }
      }
    }
    return offsets
  }
}

/// How images of `size` are made of smaller ones: from `first` on, `step` apart, zeros elsewhere.
private struct Spreading {
  var size: [Int]
  var first: [Int]
  var step: [Int]
  /// Pixels of a row that may be read behind the last one.
  var slack: Int

  /// The slots of `padPlanes`: `sizes` of what is there, `pixel` elements of a column.
  func configure(_ a: inout KernelArguments, _ sizes: [Int], pixel: Int) {
    (a.n1, a.n2, a.n3, a.n4) = (sizes[2], sizes[3] * pixel, size[0], size[1] * pixel)
    (a.n5, a.n6, a.n7, a.n8) = (first[0], first[1] * pixel, step[0], step[1] * pixel)
    a.n9 = max(1, pixel)
  }
}

extension Emission {
  /// Outputs of a row that `conv` computes at once.
  fileprivate var convRun: Int { isChannelsLast ? 7 : kernels.panelColumns / 2 }
}

/// The images with `padding` zeros around; themselves where nothing has to be added.
private func padded(
  _ e: inout Emission, _ place: Place, _ c: ConvolutionSizes, columnsOut: Int, slack: Int
) throws(RuntimeError) -> Planes {
  let sizes = c.x
  if c.padding == [0, 0], columnsOut >= e.convRun { return Planes(place, sizes, isLast: c.isLast) }
  let spreading = Spreading(
    size: [sizes[2] + 2 * c.padding[0], sizes[3] + 2 * c.padding[1]], first: c.padding, step: [1, 1], slack: slack)
  return try spread(&e, place, sizes, spreading, c)
}

/// Larger images: padded by the kernel that reads them where one fits its room and is read by one unit, else all of
/// them before it. Throws for more than any memory holds.
/// `places` say where in the images gradients of pooled ones belong.
private func spread(
  _ e: inout Emission, _ place: Place, _ sizes: [Int], _ spreading: Spreading, _ c: ConvolutionSizes,
  places: Place? = nil
) throws(RuntimeError) -> Planes {
  let shape = Array(sizes[..<2]) + spreading.size
  guard let count = Shape(sizes: shape).elementCount else {
    throw .allocation(AllocationError(shape: shape, byteCount: nil, budget: .process))
  }
  var result = Planes(place, sizes, isLast: c.isLast)
  let pixel = result.pixelStride, slack = spreading.slack * pixel
  (result.rows, result.columns) = (spreading.size[0], spreading.size[1])
  let size = spreading.size[0] * spreading.size[1]
  if sizes[0] * c.groups >= manySlices, (sizes[1] / c.groups * size + slack) * 4 <= KernelArguments.imageBytes {
    var arguments = KernelArguments()
    spreading.configure(&arguments, sizes, pixel: pixel)
    result.padding = e.tables.store(arguments, p2: places)
    return result
  }
  (result.place, result.stored) = (e.scratch(count + slack), size)
  let planes = c.isLast ? sizes[0] : sizes[0] * sizes[1]
  let cost = 20 * Double(planes) + 0.2 * Double(count)
  e.emit(e.kernels.padPlanes, [place, result.place, places], units: planes, cost: cost) {
    spreading.configure(&$0, sizes, pixel: pixel)
  }
  return result
}

/// Images, each with its groups apart, from which on threads find work enough in whole ones.
private let manySlices = 16

/// Weights seen as rows of terms: `outer` × the window.
private struct WeightRows {
  var rows: Int
  var outer: Int
  var rowStride: Int
  var outerStride: Int
  var groupStride: Int

  /// Output channels as rows, or input channels.
  init(_ c: ConvolutionSizes, ofInputs: Bool) {
    let inner = c.w[2] * c.w[3], output = c.inputsPerGroup * inner
    (rows, outer) = ofInputs ? (c.inputsPerGroup, c.outputsPerGroup) : (c.outputsPerGroup, c.inputsPerGroup)
    (rowStride, outerStride) = ofInputs ? (inner, output) : (output, inner)
    groupStride = c.outputsPerGroup * output
  }

  /// In blocks of `width` rows, as `conv` reads them.
  func packed(_ e: inout Emission, _ w: Place, _ c: ConvolutionSizes, width: Int) -> Place {
    let inner = c.w[2] * c.w[3]
    let terms = outer * inner
    let count = c.groups * blocks(rows, width)
    let packed = e.scratch(count * width * terms)
    e.emit(e.kernels.convPack, [w, packed], units: count, cost: Double(count * terms * width)) {
      ($0.n0, $0.n1, $0.n2) = (rows, outer, inner)
      ($0.n3, $0.n4, $0.n5, $0.n6) = (rowStride, outerStride, groupStride, width)
    }
    return packed
  }
}

/// One convolution kernel call over padded images.
private func emitConv(
  _ e: inout Emission, _ planes: Planes, _ w: Place, _ rows: WeightRows, _ c: ConvolutionSizes,
  to target: Place, sizes: [Int], bias: Place?, offsets: [Int32], stride: [Int], pooling: Pooling? = nil
) throws(RuntimeError) {
  let packed = rows.packed(&e, w, c, width: e.kernels.convWidth(rows.rows, channelsLast: c.isLast))
  let table = e.pool.store(offsets)
  // Few images are cut into rows, so that threads find work.
  let slices = sizes[0] * c.groups
  let perUnit = max(1, slices >= manySlices ? sizes[2] : min(sizes[2], 4))
  let units = slices * ((sizes[2] + perUnit - 1) / perUnit)
  let epilogue = try e.takeEpilogue()
  e.emit(
    e.kernels.conv, [planes.place, packed, target, bias, table, epilogue?.place, planes.padding, pooling?.places],
    units: sizes[2] > 0 && sizes[3] > 0 ? units : 0,
    cost: 50 * Double(units) + c.flops * 0.01 + (epilogue?.cost ?? 0)
  ) {
    ($0.n0, $0.n1, $0.n2, $0.n3) = (c.window.1, rows.rows, offsets.count, c.groups)
    ($0.n4, $0.n5) = (planes.channels * planes.stored, rows.outer * planes.stored)
    ($0.n6, $0.n7) = (sizes[2], sizes[3])
    ($0.n8, $0.n9, $0.n10) = (stride[0] * planes.rowStride, stride[1] * planes.pixelStride, perUnit)
    ($0.n11, $0.n12) = c.isLast ? (1, 1) : (rows.outer, 0)
    if let pooling { $0.f0 = pooling.isRelu ? 0 : -.infinity }
  }
}

/// What becomes of the result of a convolution.
private struct Pooling {
  let places: Place
  let isRelu: Bool
}

/// The convolution of images with channels last, pooled while it is made.
@Sendable func emitConv2dMaxPool2d(_ e: inout Emission) throws(RuntimeError) {
  let pooled = e.resultSizes()
  let c = ConvolutionSizes(
    e.operandSizes(0), e.operandSizes(1), [pooled[0], pooled[1] * 2, pooled[2] * 2, pooled[3]], e)
  let bias = e.operation.operands.count > 2 ? e.operand(2) : nil
  let pooling = Pooling(places: e.result(1), isRelu: e.attributes.bool("relu") ?? false)
  try emitConv2d(&e, c, bias, pooling)
}

@Sendable func emitConv2d(_ e: inout Emission) throws(RuntimeError) {
  let c = ConvolutionSizes(e.operandSizes(0), e.operandSizes(1), e.resultSizes(), e)
  let (x, w, y) = (e.operand(0), e.operand(1), e.result())
  let bias = e.operation.operands.count > 2 ? e.operand(2) : nil
  if c.isProduct {
    return try Product(
      m: c.pixels, n: c.y[1], k: c.x[1], a: .init(place: x, rowStride: c.x[1], columnStride: 1),
      b: .init(place: w, rowStride: 1, columnStride: c.x[1]), c: y, bias: bias
    ).emit(&e)
  }
  try emitConv2d(&e, c, bias)
}

/// To the first result.
private func emitConv2d(
  _ e: inout Emission, _ c: ConvolutionSizes, _ bias: Place?, _ pooling: Pooling? = nil
) throws(RuntimeError) {
  let planes = try padded(&e, e.operand(0), c, columnsOut: c.y[3], slack: e.convRun * c.stride[1])
  let rows = WeightRows(c, ofInputs: false)
  let offsets = try planes.offsets(
    channels: c.inputsPerGroup, window: c.window, steps: c.dilation, isReversed: false)
  try emitConv(
    &e, planes, e.operand(1), rows, c, to: e.result(), sizes: c.y, bias: bias, offsets: offsets, stride: c.stride,
    pooling: pooling)
}

/// The gradient of the images is a convolution of the output's gradient, spread by the stride, with the
/// window turned round.
@Sendable func emitConv2dInputGrad(_ e: inout Emission) throws(RuntimeError) {
  let c = ConvolutionSizes(e.resultSizes(), e.operandSizes(1), e.unpooledSizes(), e)
  let (g, w, x) = (e.operand(0), e.operand(1), e.result())
  let places = e.unpooledPlaces()
  if c.isProduct, places == nil {
    return try Product(
      m: c.pixels, n: c.x[1], k: c.y[1], a: .init(place: g, rowStride: c.y[1], columnStride: 1),
      b: .init(place: w, rowStride: c.x[1], columnStride: 1), c: x, bias: nil
    ).emit(&e)
  }
  let reach = [0, 1].map { c.dilation[$0] * (c.w[$0 + 2] - 1) }
  let spreading = Spreading(
    size: [c.x[2] + reach[0], c.x[3] + reach[1]], first: [reach[0] - c.padding[0], reach[1] - c.padding[1]],
    step: c.stride, slack: e.convRun)
  let planes = try spread(&e, g, c.y, spreading, c, places: places)
  let rows = WeightRows(c, ofInputs: true)
  let offsets = try planes.offsets(
    channels: c.outputsPerGroup, window: c.window, steps: c.dilation, isReversed: true)
  try emitConv(
    &e, planes, w, rows, c, to: x, sizes: c.x, bias: nil, offsets: offsets, stride: [1, 1])
}

@Sendable func emitConv2dWeightGrad(_ e: inout Emission) throws(RuntimeError) {
  let c = ConvolutionSizes(e.operandSizes(1), e.resultSizes(), e.unpooledSizes(), e)
  let (g, x, target) = (e.operand(0), e.operand(1), e.result())
  // Only single elements of x are read here: nothing behind the planes.
  let planes = try padded(&e, x, c, columnsOut: Int.max, slack: 0)
  let offsets = try planes.offsets(
    channels: c.inputsPerGroup, window: c.window, steps: c.dilation, isReversed: false)
  let lanes = e.kernels.panelColumns / 2
  let terms = c.inputsPerGroup * c.w[2] * c.w[3]
  let width = blocks(c.outputsPerGroup, lanes) * lanes
  let sums = e.scratch(c.groups * terms * width)
  let sum = LongSum(places: c.y[0] * c.y[2] * c.y[3], sums: c.groups * terms * width)
  let parts = e.scratch(sum.blocksAtOnce * sum.sums)
  let pointers = [g, planes.place, parts, e.pool.store(offsets), planes.padding, e.unpooledPlaces()]
  let slices = c.groups * blocks(c.outputsPerGroup, 2 * lanes)
  for first in stride(from: 0, to: sum.blocks, by: sum.blocksAtOnce) {
    let count = min(sum.blocksAtOnce, sum.blocks - first)
    let cost = c.flops * 0.012 * Double(count) / Double(sum.blocks)
    e.emit(e.kernels.convWeights, pointers, units: count * slices, cost: cost) {
      ($0.n0, $0.n1, $0.n2, $0.n3) = (c.y[0], terms, c.outputsPerGroup, c.groups)
      ($0.n4, $0.n5) = (planes.channels * planes.stored, c.inputsPerGroup * planes.stored)
      ($0.n6, $0.n7) = (c.y[2], c.y[3])
      ($0.n8, $0.n9, $0.n10) = (c.stride[0] * planes.rowStride, c.stride[1] * planes.pixelStride, first)
      ($0.n11, $0.n12) = c.isLast ? (1, 1) : (c.inputsPerGroup, 0)
    }
    e.emit(
      e.kernels.addBlocks, [parts, sums], units: KernelTable.chunks(sum.sums),
      cost: 0.05 * Double(count * sum.sums)
    ) {
      ($0.n0, $0.n1, $0.n2) = (count, sum.sums, first == 0 ? 0 : 1)
    }
  }
  try emitCopy(
    &e, from: sums, [terms * width, 1, width], to: target, [c.outputsPerGroup * terms, terms, 1],
    sizes: [c.groups, c.outputsPerGroup, terms])
}

/// Sums over many places, cut into the blocks of rule 1.
private struct LongSum {
  let blocks: Int
  /// Elements of a block's result.
  let sums: Int
  /// Blocks whose results are kept side by side before they are added.
  let blocksAtOnce: Int

  /// Elements of blocks side by side: more would not stay near.
  private static let mostKept = 1 << 20

  init(places: Int, sums: Int) {
    blocks = KernelTable.sumBlocks(places)
    self.sums = sums
    blocksAtOnce = max(1, min(blocks, Self.mostKept / max(1, sums)))
  }
}

private func blocks(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }
