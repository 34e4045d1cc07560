// The largest element of every window, and its gradient.
import AdamFormulas
import AdamKernelABI

/// Windows over one plane, as the `maxPool` slots say.
private struct Windows {
  /// Behind the last element of all planes: a vector may read up to here.
  let end: Floats
  let rows, columns, outRows, outColumns: Int
  let kernel, stride, padding, dilation: (Int, Int)

  init(_ a: UnsafePointer<KernelArguments>) {
    let x = a.pointee
    end = x.p3.floats
    (rows, columns, outRows, outColumns) = (x.n0, x.n1, x.n2, x.n3)
    (kernel, stride, padding, dilation) = ((x.n4, x.n5), (x.n6, x.n7), (x.n8, x.n9), (x.n10, x.n11))
  }

  /// 2 × 2, side by side, nothing around: the common case.
  @inline(__always)
  var isPlain: Bool {
    kernel == (2, 2) && stride == (2, 2) && padding == (0, 0) && dilation == (1, 1)
      && outRows &* 2 <= rows && outColumns &* 2 <= columns
  }

  /// Plain, and every element is in a window: gradients are written, none is left out.
  @inline(__always)
  var isWhole: Bool { isPlain && outRows &* 2 == rows && outColumns &* 2 == columns }

  /// Whether two rows of 32 elements from here lie inside the planes.
  @inline(__always)
  func canRead(_ p: Floats) -> Bool { p + (columns &+ 32) <= end }

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
}

/// Lanes where `v` takes the place of `best`.
@inline(__always)
private func wins(_ v: Lane16, _ best: Lane16) -> SIMDMask<SIMD16<Int32>> {
  (v .> best) .| ((v .!= v) .& (best .== best))
}

/// Four neighbours of sixteen windows, and who is the largest.
private struct Quads {
  let a, b, c, d: Lane16
  let best: Lane16
  let second, third, fourth: SIMDMask<SIMD16<Int32>>

  @inline(__always)
  init(_ upper: Floats, _ lower: Floats) {
    let u = SIMD32(lowHalf: load16(upper), highHalf: load16(upper + 16))
    let l = SIMD32(lowHalf: load16(lower), highHalf: load16(lower + 16))
    (a, b, c, d) = (u.evenHalf, u.oddHalf, l.evenHalf, l.oddHalf)
    var m = a
    second = wins(b, m)
    m.replace(with: b, where: second)
    third = wins(c, m)
    m.replace(with: c, where: third)
    fourth = wins(d, m)
    m.replace(with: d, where: fourth)
    best = m
  }
}

func maxPool(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let w = Windows(x)
  let epilogue = Epilogue(x)
  // What is written behind a row is written again by the next one.
  let outEnd = x.pointee.p1.floats + end &* w.outRows &* w.outColumns
  for plane in begin..<end {
    let from = x.pointee.p0.floats + plane &* w.rows &* w.columns
    let to = x.pointee.p1.floats + plane &* w.outRows &* w.outColumns
    for i in 0..<w.outRows {
      let out = to + i &* w.outColumns
      var j = 0
      let upper = from + 2 &* i &* w.columns
      while w.isPlain, j < w.outColumns, w.canRead(upper + 2 &* j) {
        let best = Quads(upper + 2 &* j, upper + (w.columns &+ 2 &* j)).best
        if out + (j &+ 16) <= outEnd {
          store16(best, out + j)
        } else {
          withUnsafePointer(to: best) {
            copyShort(UnsafeRawPointer($0), out + j, w.outColumns &- j)
          }
        }
        j &+= 16
      }
      while j < w.outColumns {
        let best = w.best(from, i, j)
        out[j] = best < 0 ? -Float.infinity : from[best]
        j &+= 1
      }
    }
    let size = w.outRows &* w.outColumns
    epilogue.finish(plane &* size, (plane &+ 1) &* size)
  }
}

func maxPoolGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let w = Windows(x)
  let epilogue = Epilogue(x)
  let (gEnd, toEnd) = (
    x.pointee.p0.floats + end &* w.outRows &* w.outColumns, x.pointee.p2.floats + end &* w.rows &* w.columns
  )
  for plane in begin..<end {
    let from = x.pointee.p1.floats + plane &* w.rows &* w.columns
    let g = x.pointee.p0.floats + plane &* w.outRows &* w.outColumns
    let to = x.pointee.p2.floats + plane &* w.rows &* w.columns
    if !w.isWhole { to.update(repeating: 0, count: w.rows &* w.columns) }
    for i in 0..<w.outRows {
      let row = g + i &* w.outColumns
      var j = 0
      let upper = 2 &* i &* w.columns
      while w.isPlain, j < w.outColumns, w.canRead(from + (upper &+ 2 &* j)) {
        let at = upper &+ 2 &* j
        // What a short row writes behind its end is written again by the next one.
        let canSpill = w.isWhole && j == 0 && row + 16 <= gEnd && to + (at &+ w.columns &+ 32) <= toEnd
        let count = canSpill ? 16 : min(16, w.outColumns &- j)
        scatter(row + j, from + at, to + at, w.columns, count: count)
        j &+= 16
      }
      while j < w.outColumns {
        let best = w.best(from, i, j)
        if w.isWhole { clearQuad(to + (upper &+ 2 &* j), w.columns) }
        if best >= 0 { to[best] = to[best] + row[j] }
        j &+= 1
      }
    }
    let size = w.rows &* w.columns
    epilogue.finish(plane &* size, (plane &+ 1) &* size)
  }
}

@inline(__always)
private func clearQuad(_ to: Floats, _ columns: Int) {
  (to[0], to[1], to[columns], to[columns &+ 1]) = (0, 0, 0, 0)
}

/// Up to sixteen gradients to the largest of four neighbours each; the sum with the zero there is exact but
/// for a negative zero, which becomes positive as in the plain form.
@inline(__always)
private func scatter(_ g: Floats, _ x: Floats, _ to: Floats, _ columns: Int, count: Int) {
  let q = Quads(x, x + columns)
  let zero = Lane16(repeating: 0)
  let sum = zero + (count == 16 ? load16(g) : load(g, count: count))
  let isFourth = q.fourth, isThird = q.third .& .!isFourth
  let isSecond = q.second .& .!isThird .& .!isFourth
  let isFirst = .!(isSecond .| isThird .| isFourth)
  var upper = SIMD32<Float>(repeating: 0), lower = SIMD32<Float>(repeating: 0)
  upper.evenHalf = zero.replacing(with: sum, where: isFirst)
  upper.oddHalf = zero.replacing(with: sum, where: isSecond)
  lower.evenHalf = zero.replacing(with: sum, where: isThird)
  lower.oddHalf = zero.replacing(with: sum, where: isFourth)
  if count == 16 {
    store16(upper.lowHalf, to)
    store16(upper.highHalf, to + 16)
    store16(lower.lowHalf, to + columns)
    store16(lower.highHalf, to + (columns &+ 16))
  } else {
    withUnsafePointer(to: upper) { copyShort($0, to, 2 &* count) }
    withUnsafePointer(to: lower) { copyShort($0, to + columns, 2 &* count) }
  }
}
