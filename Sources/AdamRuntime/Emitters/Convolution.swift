// Convolutions: images with their padding in scratch memory, terms as offsets into them.
import AdamIR
import AdamKernelABI

/// Sizes of one convolution: x [n, in, h, w] → y [n, out, rows, columns], whatever comes last in memory.
struct ConvolutionSizes {
  var x: [Int]
  var w: [Int]
  var y: [Int]
  var stride: [Int]
  var padding: [Int]
  var dilation: [Int]
  var groups: Int

  init(_ x: [Int], _ w: [Int], _ y: [Int], _ attributes: Attributes) {
    (self.x, self.w, self.y) = (x, w, y)
    stride = attributes.ints("stride") ?? [1, 1]
    padding = attributes.ints("padding") ?? [0, 0]
    dilation = attributes.ints("dilation") ?? [1, 1]
    groups = max(1, attributes.int("groups") ?? 1)
  }

  /// With rows and columns in the places of height and width.
  init(channelsLast x: [Int], _ w: [Int], _ y: [Int], _ attributes: Attributes) {
    func planes(_ sizes: [Int]) -> [Int] { [sizes[0], sizes[3], sizes[1], sizes[2]] }
    self.init(planes(x), w, planes(y), attributes)
  }

  var inputsPerGroup: Int { w[1] }
  var outputsPerGroup: Int { w[0] / groups }
  /// Rows and columns of the weights' window.
  var window: (Int, Int) { (w[2], w[3]) }
  var flops: Double { 2 * Double(y.reduce(1, *)) * Double(w[1] * w[2] * w[3]) }

  /// One pixel makes one pixel: a product of matrices where channels lie side by side.
  var isPointwise: Bool { w[2...] == [1, 1] && stride == [1, 1] && padding == [0, 0] && groups == 1 }

  /// Throws when images of `planes` planes of this size are more than any memory.
  static func checkPadded(_ images: Int, _ planes: Int, _ size: [Int]) throws(RuntimeError) {
    let shape = [images, planes] + size
    guard TensorType(.f32, Shape(sizes: shape)).shape.elementCount == nil else { return }
    throw .allocation(AllocationError(shape: shape, byteCount: nil, budget: .process))
  }
}

/// Planes, row major, as a kernel sees them: in memory, with room behind them for a vector that reads too far, or
/// padded by the kernel itself.
private struct Planes {
  var place: Place
  var channels: Int
  var rows: Int
  var columns: Int
  /// Elements of a plane in memory.
  var stored: Int
  /// How the kernel pads them.
  var padding: Place?

  /// Offsets of a window's elements, channel after channel. Throws for images that are larger than they reach.
  func offsets(
    channels: Int, window: (Int, Int), steps: [Int], isReversed: Bool
  ) throws(RuntimeError) -> [Int32] {
    guard channels * rows * columns <= Int(Int32.max) else {
      let shape = [channels, rows, columns]
      throw .allocation(AllocationError(shape: shape, byteCount: 4 * channels * rows * columns, budget: .process))
    }
    var offsets: [Int32] = []
    for c in 0..<channels {
      for u in 0..<window.0 {
        for v in 0..<window.1 {
          let (i, j) = isReversed ? (window.0 - 1 - u, window.1 - 1 - v) : (u, v)
          let offset = c * rows * columns + i * steps[0] * columns + j * steps[1]
          offsets.append(Int32(truncatingIfNeeded: offset))
        }
      }
    }
    return offsets
  }
}

/// How planes of `size` are made of smaller ones: from `first` on, `step` apart, zeros elsewhere.
private struct Spreading {
  var size: [Int]
  var first: [Int]
  var step: [Int]
  /// Elements that may be read behind the last one.
  var slack: Int

  func configure(_ a: inout KernelArguments, _ sizes: [Int]) {
    (a.n1, a.n2, a.n3, a.n4) = (sizes[2], sizes[3], size[0], size[1])
    (a.n5, a.n6, a.n7, a.n8, a.n9) = (first[0], first[1], step[0], step[1], 1)
  }
}

/// The images with `padding` zeros around; themselves where nothing has to be added.
private func padded(
  _ e: inout Emission, _ place: Place, _ c: ConvolutionSizes, columnsOut: Int, slack: Int
) throws(RuntimeError) -> Planes {
  let sizes = c.x
  if c.padding == [0, 0], columnsOut >= e.kernels.panelColumns / 2 {
    return Planes(
      place: place, channels: sizes[1], rows: sizes[2], columns: sizes[3], stored: sizes[2] * sizes[3])
  }
  let spreading = Spreading(
    size: [sizes[2] + 2 * c.padding[0], sizes[3] + 2 * c.padding[1]], first: c.padding, step: [1, 1], slack: slack)
  return try spread(&e, place, sizes, spreading, groups: c.groups)
}

/// Larger planes: padded by the kernel that reads them where one image fits its room and is read by one unit, else
/// all of them before it.
private func spread(
  _ e: inout Emission, _ place: Place, _ sizes: [Int], _ spreading: Spreading, groups: Int
) throws(RuntimeError) -> Planes {
  try ConvolutionSizes.checkPadded(sizes[0], sizes[1], spreading.size)
  let (planes, size) = (sizes[0] * sizes[1], spreading.size[0] * spreading.size[1])
  var result = Planes(
    place: place, channels: sizes[1], rows: spreading.size[0], columns: spreading.size[1], stored: sizes[2] * sizes[3])
  if sizes[0] * groups >= manySlices, (sizes[1] / groups * size + spreading.slack) * 4 <= KernelArguments.imageBytes {
    var arguments = KernelArguments()
    spreading.configure(&arguments, sizes)
    result.padding = e.tables.store([arguments])
    return result
  }
  (result.place, result.stored) = (e.scratch(planes * size + spreading.slack), size)
  let cost = 20 * Double(planes) + 0.2 * Double(planes * size)
  e.emit(e.kernels.padPlanes, [place, result.place], units: planes, cost: cost) { spreading.configure(&$0, sizes) }
  return result
}

/// Images, each with its groups apart, from which on threads find work enough in whole ones.
let manySlices = 16

/// Weights seen as rows of terms: `outer` × the window.
struct WeightRows {
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

/// One convolution kernel call over padded planes.
private func emitConv(
  _ e: inout Emission, _ planes: Planes, _ w: Place, _ rows: WeightRows, _ c: ConvolutionSizes,
  to target: Place, sizes: [Int], bias: Place?, offsets: [Int32], stride: [Int]
) throws(RuntimeError) {
  let terms = rows.outer * c.window.0 * c.window.1
  let packed = rows.packed(&e, w, c, width: e.kernels.convRows)
  let table = e.pool.store(offsets)
  // Few images are cut into rows, so that threads find work.
  let slices = sizes[0] * c.groups
  let perUnit = max(1, slices >= manySlices ? sizes[2] : min(sizes[2], 4))
  let units = slices * ((sizes[2] + perUnit - 1) / perUnit)
  let epilogue = try e.takeEpilogue()
  e.emit(
    e.kernels.conv, [planes.place, packed, target, bias, table, epilogue?.place, planes.padding],
    units: sizes[2] > 0 && sizes[3] > 0 ? units : 0,
    cost: 50 * Double(units) + c.flops * 0.01 + (epilogue?.cost ?? 0)
  ) {
    ($0.n1, $0.n2, $0.n3) = (rows.rows, terms, c.groups)
    ($0.n4, $0.n5) = (planes.channels * planes.stored, rows.outer * planes.stored)
    ($0.n6, $0.n7) = (sizes[2], sizes[3])
    ($0.n8, $0.n9, $0.n10) = (stride[0] * planes.columns, stride[1], perUnit)
    $0.n11 = rows.outer
  }
}

@Sendable func emitConv2d(_ e: inout Emission) throws(RuntimeError) {
  if e.isChannelsLast { return try emitConv2dLast(&e) }
  let c = ConvolutionSizes(e.operandSizes(0), e.operandSizes(1), e.resultSizes(), e.attributes)
  let (x, w, y) = (e.operand(0), e.operand(1), e.result())
  let bias = e.operation.operands.count > 2 ? e.operand(2) : nil
  let planes = try padded(
    &e, x, c, columnsOut: c.y[3], slack: e.kernels.panelColumns / 2 * c.stride[1])
  let rows = WeightRows(c, ofInputs: false)
  let offsets = try planes.offsets(
    channels: c.inputsPerGroup, window: c.window, steps: c.dilation, isReversed: false)
  try emitConv(
    &e, planes, w, rows, c, to: y, sizes: c.y, bias: bias, offsets: offsets, stride: c.stride)
}

/// The gradient of the images is a convolution of the output's gradient, spread by the stride, with the
/// window turned round.
@Sendable func emitConv2dInputGrad(_ e: inout Emission) throws(RuntimeError) {
  if e.isChannelsLast { return try emitConv2dInputGradLast(&e) }
  let c = ConvolutionSizes(e.resultSizes(), e.operandSizes(1), e.operandSizes(0), e.attributes)
  let (g, w, x) = (e.operand(0), e.operand(1), e.result())
  let reach = [0, 1].map { c.dilation[$0] * (c.w[$0 + 2] - 1) }
  let spreading = Spreading(
    size: [c.x[2] + reach[0], c.x[3] + reach[1]], first: [reach[0] - c.padding[0], reach[1] - c.padding[1]],
    step: c.stride, slack: e.kernels.panelColumns)
  let planes = try spread(&e, g, c.y, spreading, groups: c.groups)
  let rows = WeightRows(c, ofInputs: true)
  let offsets = try planes.offsets(
    channels: c.outputsPerGroup, window: c.window, steps: c.dilation, isReversed: true)
  try emitConv(
    &e, planes, w, rows, c, to: x, sizes: c.x, bias: nil, offsets: offsets, stride: [1, 1])
}

@Sendable func emitConv2dWeightGrad(_ e: inout Emission) throws(RuntimeError) {
  if e.isChannelsLast { return try emitConv2dWeightGradLast(&e) }
  let c = ConvolutionSizes(e.operandSizes(1), e.resultSizes(), e.operandSizes(0), e.attributes)
  let (g, x, target) = (e.operand(0), e.operand(1), e.result())
  // Only single elements of x are read here: nothing behind the planes.
  let planes = try padded(&e, x, c, columnsOut: Int.max, slack: 0)
  let offsets = try planes.offsets(
    channels: c.inputsPerGroup, window: c.window, steps: c.dilation, isReversed: false)
  try emitWeightSums(&e, [g, planes.place, nil, e.pool.store(offsets), planes.padding], c, to: target) {
    ($0.n4, $0.n5) = (planes.channels * planes.stored, c.inputsPerGroup * planes.stored)
    ($0.n8, $0.n9, $0.n11) = (c.stride[0] * planes.columns, c.stride[1], c.inputsPerGroup)
  }
}

/// The long sums of a convolution's weights, block by block.
/// - Parameters:
///   - pointers: of `convWeights`, without the sums.
///   - configure: sets how x lies in memory.
func emitWeightSums(
  _ e: inout Emission, _ pointers: [Place?], _ c: ConvolutionSizes, to target: Place,
  _ configure: (inout KernelArguments) -> Void
) throws(RuntimeError) {
  let lanes = e.kernels.panelColumns / 2
  let terms = c.inputsPerGroup * c.w[2] * c.w[3]
  let width = blocks(c.outputsPerGroup, lanes) * lanes
  let sums = e.scratch(c.groups * terms * width)
  let sum = LongSum(places: c.y[0] * c.y[2] * c.y[3], sums: c.groups * terms * width)
  let parts = e.scratch(sum.blocksAtOnce * sum.sums)
  var pointers = pointers
  pointers[2] = parts
  let slices = c.groups * blocks(c.outputsPerGroup, 2 * lanes)
  for first in stride(from: 0, to: sum.blocks, by: sum.blocksAtOnce) {
    let count = min(sum.blocksAtOnce, sum.blocks - first)
    let cost = c.flops * 0.012 * Double(count) / Double(sum.blocks)
    e.emit(e.kernels.convWeights, pointers, units: count * slices, cost: cost) {
      configure(&$0)
      ($0.n0, $0.n1, $0.n2, $0.n3) = (c.y[0], terms, c.outputsPerGroup, c.groups)
      ($0.n6, $0.n7, $0.n10) = (c.y[2], c.y[3], first)
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
