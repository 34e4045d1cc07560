// Convolutions of images whose channels lie side by side: an image is one plane whose columns have an element a
// channel.
import AdamIR
import AdamKernelABI

extension Emission {
  /// Images are [n, height, width, channels].
  var isChannelsLast: Bool { attributes.bool(ChannelsLast.attribute) ?? false }
}

/// Images with zeros around and between their pixels, as a kernel sees them.
private struct PaddedImages {
  var place: Place
  var channels: Int
  var rows: Int
  var columns: Int
  /// Elements of an image in memory.
  var stored: Int
  /// How the kernel pads them.
  var padding: Place?

  /// `sizes` are [n, channels, rows, columns] of what is there.
  init(_ place: Place, _ sizes: [Int]) {
    (self.place, channels, rows, columns) = (place, sizes[1], sizes[2], sizes[3])
    stored = sizes[1] * sizes[2] * sizes[3]
  }

  /// Pixels from `first` on, `step` apart, in images of `size`: padded by the kernel that reads them where one image
  /// fits its room, else before it. `slack`: pixels that may be read behind the last one.
  init(
    _ e: inout Emission, _ place: Place, _ sizes: [Int], size: [Int], first: [Int], step: [Int], slack: Int
  ) throws(RuntimeError) {
    try ConvolutionSizes.checkPadded(sizes[0], sizes[1], size)
    self.init(place, sizes)
    var arguments = KernelArguments()
    (arguments.n1, arguments.n2) = (rows, columns * channels)
    (arguments.n3, arguments.n4) = (size[0], size[1] * channels)
    (arguments.n5, arguments.n6) = (first[0], first[1] * channels)
    (arguments.n7, arguments.n8) = (step[0], step[1] * channels)
    arguments.n9 = max(1, channels)
    let padded = size[0] * size[1] * channels
    (rows, columns) = (size[0], size[1])
    if sizes[0] >= manySlices, (padded + slack * channels) * 4 <= KernelArguments.imageBytes {
      padding = e.tables.store([arguments])
      return
    }
    stored = padded
    self.place = e.scratch(sizes[0] * padded + slack * channels)
    e.emit(
      e.kernels.padPlanes, [place, self.place], units: sizes[0], cost: Double(sizes[0]) * (20 + 0.2 * Double(padded))
    ) { $0 = arguments }
  }

  /// Offsets of a window's elements, channel after channel.
  func offsets(window: (Int, Int), steps: [Int], isReversed: Bool) throws(RuntimeError) -> [Int32] {
    guard channels * rows * columns <= Int(Int32.max) else {
      let shape = [channels, rows, columns]
      throw .allocation(AllocationError(shape: shape, byteCount: 4 * channels * rows * columns, budget: .process))
    }
    var offsets: [Int32] = []
    for c in 0..<channels {
      for u in 0..<window.0 {
        for v in 0..<window.1 {
          let (i, j) = isReversed ? (window.0 - 1 - u, window.1 - 1 - v) : (u, v)
          offsets.append(Int32(truncatingIfNeeded: (i * steps[0] * columns + j * steps[1]) * channels + c))
        }
      }
    }
    return offsets
  }
}

/// Outputs that the kernel computes at once in a row.
private let run = 7

/// The images of a convolution with its padding around; themselves where nothing is added.
private func padded(
  _ e: inout Emission, _ place: Place, _ c: ConvolutionSizes, slack: Int
) throws(RuntimeError) -> PaddedImages {
  if c.padding == [0, 0], slack == 0 || c.y[3] >= run { return PaddedImages(place, c.x) }
  let size = [c.x[2] + 2 * c.padding[0], c.x[3] + 2 * c.padding[1]]
  return try PaddedImages(&e, place, c.x, size: size, first: c.padding, step: [1, 1], slack: slack)
}

/// One convolution kernel call; `sizes` [n, channels, rows, columns] are the result's.
private func emitConv(
  _ e: inout Emission, _ images: PaddedImages, _ rows: WeightRows, _ w: Place, _ c: ConvolutionSizes, to target: Place,
  sizes: [Int], bias: Place?, offsets: [Int32], stride: [Int]
) throws(RuntimeError) {
  let lanes = e.kernels.panelColumns / 2
  let packed = rows.packed(&e, w, c, width: rows.rows <= lanes ? lanes : 2 * lanes)
  let table = e.pool.store(offsets)
  // Few images are cut into rows, so that threads find work.
  let perUnit = max(1, sizes[0] >= manySlices ? sizes[2] : min(sizes[2], 4))
  let units = sizes[0] * ((sizes[2] + perUnit - 1) / perUnit)
  let epilogue = try e.takeEpilogue()
  e.emit(
    e.kernels.conv, [images.place, packed, target, bias, table, epilogue?.place, images.padding],
    units: sizes[2] > 0 && sizes[3] > 0 ? units : 0, cost: 50 * Double(units) + c.flops * 0.01 + (epilogue?.cost ?? 0)
  ) {
    ($0.n0, $0.n1, $0.n2, $0.n3) = (c.window.1, rows.rows, offsets.count, 1)
    ($0.n4, $0.n6, $0.n7) = (images.stored, sizes[2], sizes[3])
    ($0.n8, $0.n9) = (stride[0] * images.columns * images.channels, stride[1] * images.channels)
    ($0.n10, $0.n11, $0.n12) = (perUnit, 1, 1)
  }
}

extension ConvolutionSizes {
  /// Of all images of y.
  fileprivate var pixels: Int { y[0] * y[2] * y[3] }
}

func emitConv2dLast(_ e: inout Emission) throws(RuntimeError) {
  let c = ConvolutionSizes(channelsLast: e.operandSizes(0), e.operandSizes(1), e.resultSizes(), e.attributes)
  let (x, w, y) = (e.operand(0), e.operand(1), e.result())
  let bias = e.operation.operands.count > 2 ? e.operand(2) : nil
  if c.isPointwise {
    return try Product(
      m: c.pixels, n: c.y[1], k: c.x[1], a: .init(place: x, rowStride: c.x[1], columnStride: 1),
      b: .init(place: w, rowStride: 1, columnStride: c.x[1]), c: y, bias: bias
    ).emit(&e)
  }
  let images = try padded(&e, x, c, slack: run * c.stride[1])
  let offsets = try images.offsets(window: c.window, steps: c.dilation, isReversed: false)
  try emitConv(
    &e, images, WeightRows(c, ofInputs: false), w, c, to: y, sizes: c.y, bias: bias, offsets: offsets,
    stride: c.stride)
}

/// As with channels first, a convolution of the output's gradient.
func emitConv2dInputGradLast(_ e: inout Emission) throws(RuntimeError) {
  let c = ConvolutionSizes(channelsLast: e.resultSizes(), e.operandSizes(1), e.operandSizes(0), e.attributes)
  let (g, w, x) = (e.operand(0), e.operand(1), e.result())
  if c.isPointwise {
    return try Product(
      m: c.pixels, n: c.x[1], k: c.y[1], a: .init(place: g, rowStride: c.y[1], columnStride: 1),
      b: .init(place: w, rowStride: c.x[1], columnStride: 1), c: x, bias: nil
    ).emit(&e)
  }
  let reach = [0, 1].map { c.dilation[$0] * (c.w[$0 + 2] - 1) }
  let images = try PaddedImages(
    &e, g, c.y, size: [c.x[2] + reach[0], c.x[3] + reach[1]],
    first: [reach[0] - c.padding[0], reach[1] - c.padding[1]], step: c.stride, slack: run)
  let offsets = try images.offsets(window: c.window, steps: c.dilation, isReversed: true)
  try emitConv(
    &e, images, WeightRows(c, ofInputs: true), w, c, to: x, sizes: c.x, bias: nil, offsets: offsets, stride: [1, 1])
}

func emitConv2dWeightGradLast(_ e: inout Emission) throws(RuntimeError) {
  let c = ConvolutionSizes(channelsLast: e.operandSizes(1), e.resultSizes(), e.operandSizes(0), e.attributes)
  let (g, x, target) = (e.operand(0), e.operand(1), e.result())
  let images = try padded(&e, x, c, slack: 0)
  let offsets = try images.offsets(window: c.window, steps: c.dilation, isReversed: false)
  try emitWeightSums(&e, [g, images.place, nil, e.pool.store(offsets), images.padding], c, to: target) {
    ($0.n4, $0.n8) = (images.stored, c.stride[0] * images.columns * images.channels)
    ($0.n9, $0.n11, $0.n12) = (c.stride[1] * images.channels, 1, 1)
  }
}
