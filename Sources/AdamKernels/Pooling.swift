// The largest element of every window, and its gradient.
import AdamFormulas
import AdamKernelABI

/// Windows over one plane, or over one image whose channels lie side by side, as the `maxPool` slots say.
struct Windows {
  let rows, columns, outRows, outColumns: Int
  /// Side by side; 0 for planes.
  let channels: Int
  let kernel, stride, padding, dilation: (Int, Int)

  init(_ a: UnsafePointer<KernelArguments>) {
    let x = a.pointee
    (rows, columns, outRows, outColumns) = (x.n0, x.n1, x.n2, x.n3)
    channels = x.n12
    (kernel, stride, padding, dilation) = ((x.n4, x.n5), (x.n6, x.n7), (x.n8, x.n9), (x.n10, x.n11))
  }

  /// Two by two of a few rows.
  init(twoByTwoIn rows: Int, columns: Int, channels: Int) {
    (self.rows, self.columns, self.channels) = (rows, columns, channels)
    (outRows, outColumns) = (rows / 2, columns / 2)
    (kernel, stride, padding, dilation) = ((2, 2), (2, 2), (0, 0), (1, 1))
  }

  @inline(__always)
  var inPlane: Int { rows &* columns }
  @inline(__always)
  var outPlane: Int { outRows &* outColumns }

  /// 2 × 2, side by side, nothing around: the common case.
  @inline(__always)
  var isPlain: Bool {
    kernel == (2, 2) && stride == (2, 2) && padding == (0, 0) && dilation == (1, 1)
      && outRows &* 2 <= rows && outColumns &* 2 <= columns
  }

  /// Plain, and every element is in a window: one plane goes on where the last one ends.
  @inline(__always)
  var isWhole: Bool { isPlain && outRows &* 2 == rows && outColumns &* 2 == columns }

  /// Offset of the first largest element; the first NaN wins.
  @inline(__always)
  func best(_ x: Floats, _ i: Int, _ j: Int) -> Int {
    var best = -1
    for u in 0..<kernel.0 {
      let row = i &* stride.0 &+ u &* dilation.0 &- padding.0
      guard row >= 0, row < rows else { continue }
      for v in 0..<kernel.1 {
        let column = j &* stride.1 &+ v &* dilation.1 &- padding.1
        guard column >= 0, column < columns else { continue }
        let at = row &* columns &+ column
        if best < 0 || x[at] > x[best] || (x[at].isNaN && !x[best].isNaN) { best = at }
      }
    }
    return best
  }

  /// Blocks of plain windows over `planes` planes, each with the offsets of its first element and window.
  @inline(__always)
  func eachBlock(planes: Int, _ body: (PairBlock, Int, Int) -> Void) {
    // Planes without a gap are one tall one.
    let (tall, count) = isWhole ? (outRows &* planes, 1) : (outRows, planes)
    let mostColumns = PairBlock.mostPairs / 2
    let blockRows = max(1, mostColumns / max(outColumns, 1))
    for plane in 0..<count {
      for row in Swift.stride(from: 0, to: tall, by: blockRows) {
        for column in Swift.stride(from: 0, to: outColumns, by: mostColumns) {
          let block = PairBlock(
            rows: min(blockRows, tall &- row), width: min(mostColumns, outColumns &- column), stride: columns)
          body(
            block, plane &* inPlane &+ 2 &* (row &* columns &+ column),
            plane &* outPlane &+ row &* outColumns &+ column)
        }
      }
    }
  }
}

func maxPool(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let w = Windows(x)
  if w.channels > 0 { return maxPoolChannelsLast(x, w, begin, end) }
  let from = x.pointee.p0.floats + begin &* w.inPlane, to = x.pointee.p1.floats + begin &* w.outPlane
  if w.isPlain {
    let maxima = x.pointee.scratch.floats, outEnd = to + (end &- begin) &* w.outPlane
    w.eachBlock(planes: end &- begin) { block, element, window in
      block.pairMaxima(from + element, into: maxima)
      block.rowMaxima(maxima, into: to + window, stride: w.outColumns, end: outEnd)
    }
  } else {
    for plane in 0..<end &- begin { largest(w, from + plane &* w.inPlane, to + plane &* w.outPlane) }
  }
  Epilogue(x).finish(begin &* w.outPlane, end &* w.outPlane)
}

/// Of the windows of one plane.
@inline(__always)
private func largest(_ w: Windows, _ from: Floats, _ to: Floats) {
  for i in 0..<w.outRows {
    for j in 0..<w.outColumns {
      let best = w.best(from, i, j)
      to[i &* w.outColumns &+ j] = best < 0 ? -Float.infinity : from[best]
    }
  }
}

func maxPoolGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let w = Windows(x)
  if w.channels > 0 { return maxPoolGradChannelsLast(x, w, begin, end) }
  let epilogue = Epilogue(x)
  let g = x.pointee.p0.floats + begin &* w.outPlane, from = x.pointee.p1.floats + begin &* w.inPlane
  let to = x.pointee.p2.floats + begin &* w.inPlane
  if !w.isWhole { to.update(repeating: 0, count: (end &- begin) &* w.inPlane) }
  guard w.isPlain else {
    for plane in 0..<end &- begin {
      addGradients(w, g + plane &* w.outPlane, from + plane &* w.inPlane, to + plane &* w.inPlane)
    }
    return epilogue.finish(begin &* w.inPlane, end &* w.inPlane)
  }
  let maxima = x.pointee.scratch.floats, gradients = maxima + (PairBlock.mostPairs &+ 16)
  let gEnd = g + (end &- begin) &* w.outPlane
  let isRelu = epilogue.isReluGrad(of: x.pointee.p1.floats)
  w.eachBlock(planes: end &- begin) { block, element, window in
    block.pairMaxima(from + element, into: maxima)
    block.pairGradients(
      g + window, stride: w.outColumns, end: gEnd, maxima, into: gradients, isRelu: isRelu)
    block.spread(gradients, from + element, into: to + element)
  }
  if !isRelu { epilogue.finish(begin &* w.inPlane, end &* w.inPlane) }
}

/// Of the windows of one plane, to their largest elements.
@inline(__always)
private func addGradients(_ w: Windows, _ g: Floats, _ from: Floats, _ to: Floats) {
  for i in 0..<w.outRows {
    for j in 0..<w.outColumns {
      let best = w.best(from, i, j)
      if best >= 0 { to[best] = to[best] + g[i &* w.outColumns &+ j] }
    }
  }
}
