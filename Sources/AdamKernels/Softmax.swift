// Softmax, its logarithm and their gradients, row by row (numerics rules 3 and 4).
import AdamFormulas
import AdamKernelABI

/// `_row_sum16` of f(0), f(1), …: one after the other below 16 terms, else 16 lanes and halves.
@inline(__always)
private func rowSum16(_ count: Int, _ single: (Int) -> Float, _ lanes: (Int, Int) -> Lane16)
  -> Float
{
  if count < 16 {
    var sum = count > 0 ? single(0) : 0
    for j in 1..<max(count, 1) { sum = sum + single(j) }
    return sum
  }
  var sum = lanes(0, 16)
  var at = 16
  while at &+ 16 <= count {
    sum = sum + lanes(at, 16)
    at &+= 16
  }
  if at < count {
    // Lanes past the end add nothing: minus zero keeps every bit.
    let rest = lanes(at, count &- at)
    for j in 0..<(count &- at) { sum[j] = sum[j] + rest[j] }
  }
  return halfTree(sum)
}

/// Sixteen lanes or as many as there are.
@inline(__always)
func some(_ p: Floats, _ count: Int) -> Lane16 {
  count >= 16 ? load16(p) : load(p, count: count)
}

@inline(__always)
func put(_ v: Lane16, _ p: Floats, _ count: Int) {
  if count >= 16 { store16(v, p) } else { store(v, p, count: count) }
}

/// The largest element; NaN if there is one.
@inline(__always)
private func rowMax(_ x: Floats, _ count: Int) -> Float {
  if count < 16 {
    var best = -Float.infinity
    for j in 0..<count { best = Float.larger(best, x[j]) }
    return best
  }
  var best = load16(x)
  var at = 16
  while at &+ 16 <= count {
    best = Lane16.larger(best, load16(x + at))
    at &+= 16
  }
  if at < count { best = Lane16.larger(best, load16(x + (count &- 16))) }
  var result = best[0]
  for lane in 1..<16 { result = Float.larger(result, best[lane]) }
  return result
}

/// Rows of the two-operand kernels: p0, p1, p2 at `row`.
private struct Row {
  let a, b, out: Floats
  let count: Int

  @inline(__always)
  init(_ x: UnsafePointer<KernelArguments>, _ row: Int, isUnary: Bool, count seen: Int? = nil) {
    count = seen ?? x.pointee.n1
    let at = row &* x.pointee.n1
    a = x.pointee.p0.floats + at
    b = x.pointee.p1.floats + at
    out = isUnary ? b : x.pointee.p2.floats + at
  }

  @inline(__always)
  func each(_ body: (Int, Int) -> Lane16) {
    var at = 0
    while at < count {
      let lanes = min(16, count &- at)
      put(body(at, lanes), out + at, lanes)
      at &+= 16
    }
  }
}

func softmax(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  for row in begin..<end { softmax(Row(arguments(raw), row, isUnary: true)) }
}

@inline(__always)
private func softmax(_ r: Row) {
  let top = Lane16(repeating: rowMax(r.a, r.count))
  r.each { at, lanes in Lane16.exp(some(r.a + at, lanes) - top) }
  let sum = rowSum16(r.count, { r.out[$0] }, { at, lanes in some(r.out + at, lanes) })
  let factor = Lane16(repeating: 1 / sum)
  r.each { at, lanes in some(r.out + at, lanes) * factor }
}

func causalSoftmax(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let columns = x.pointee.n1, rows = x.pointee.n2
  for row in begin..<end {
    let seen = max(0, columns &- rows &+ row % rows &+ 1)
    let r = Row(x, row, isUnary: true, count: seen)
    if seen > 0 { softmax(r) }
    (r.out + seen).update(repeating: 0, count: columns &- seen)
  }
}

func logSoftmax(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  for row in begin..<end {
    let r = Row(arguments(raw), row, isUnary: true)
    let top = rowMax(r.a, r.count)
    let tops = Lane16(repeating: top)
    // Short rows take their exponentials from one vector too: the same formula lane by lane.
    let short = Lane16.exp(some(r.a, min(r.count, 16)) - tops)
    let sum = rowSum16(
      r.count, { short[$0] }, { at, lanes in Lane16.exp(some(r.a + at, lanes) - tops) })
    let size = Lane16(repeating: Float.log(sum))
    r.each { at, lanes in (some(r.a + at, lanes) - tops) - size }
  }
}

func softmaxGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  for row in begin..<end {
    let r = Row(arguments(raw), row, isUnary: false)
    let sum = rowSum16(
      r.count, { r.a[$0] * r.b[$0] },
      { at, lanes in some(r.a + at, lanes) * some(r.b + at, lanes) })
    let sums = Lane16(repeating: sum)
    r.each { at, lanes in (some(r.a + at, lanes) - sums) * some(r.b + at, lanes) }
  }
}

func logSoftmaxGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  for row in begin..<end {
    let r = Row(arguments(raw), row, isUnary: false)
    let sum = rowSum16(r.count, { r.a[$0] }, { at, lanes in some(r.a + at, lanes) })
    let sums = Lane16(repeating: sum)
    r.each { at, lanes in
      Lane16.fma(-Lane16.exp(some(r.b + at, lanes)), sums, some(r.a + at, lanes))
    }
  }
}
