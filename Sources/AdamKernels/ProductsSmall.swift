// Products too small or too crooked for tiles: any strides, straight from memory.
import AdamFormulas

func smallProduct(_ p: Product, _ rows: Range<Int>, _ columns: Range<Int>) {
  p.k == 1 && p.bColumn == 1 && !p.continues ? outerProduct(p, rows, columns) : chains(p, rows, columns)
}

/// Sixteen outputs at a time along the longer side of C, single outputs at the ends.
@inline(never)
private func chains(_ p: Product, _ rows: Range<Int>, _ columns: Range<Int>) {
  if columns.count >= 16 || rows.count < 16 {
    for i in rows {
      alongLanes(
        p.k, p.a + i &* p.aRow, p.aTerm, p.b, p.bTerm, p.bColumn, columns, p.c + i &* p.cRow, 1,
        p.bias, 1, p.continues)
    }
  } else {
    for j in columns {
      alongLanes(
        p.k, p.b + j &* p.bColumn, p.bTerm, p.a, p.aTerm, p.aRow, rows, p.c + j, p.cRow,
        p.bias.map { $0 + j }, 0, p.continues)
    }
  }
}

/// One term: every row is a multiple of B's.
@inline(never)
private func outerProduct(_ p: Product, _ rows: Range<Int>, _ columns: Range<Int>) {
  let (a, b, c, aRow, cRow) = (p.a, p.b, p.c, p.aRow, p.cRow)
  if let bias = p.bias {
    for i in rows { outerRow(a[i &* aRow], b, c + i &* cRow, columns, bias) }
  } else {
    var i = rows.lowerBound
    while columns == 0..<2, cRow == 2, aRow == 1, i &+ 16 <= rows.upperBound {
      outerPairs(load16(a + i), b, c + 2 &* i)
      i &+= 16
    }
    while i < rows.upperBound {
      outerRow(a[i &* aRow], b, c + i &* cRow, columns, nil)
      i &+= 1
    }
  }
}

/// Sixteen rows of two columns.
@inline(__always)
private func outerPairs(_ a: Lane16, _ b: Floats, _ out: Floats) {
  let zero = Lane16(repeating: 0)
  let (low, high) = zipped(
    Lane16.fma(a, Lane16(repeating: b[0]), zero), Lane16.fma(a, Lane16(repeating: b[1]), zero))
  store16(low, out)
  store16(high, out + 16)
}

/// out[j] = x·b[j] + bias[j]: a row of the product of two vectors.
@inline(__always)
private func outerRow(_ x: Float, _ b: Floats, _ out: Floats, _ columns: Range<Int>, _ bias: Floats?) {
  let v = Lane16(repeating: x), zero = Lane16(repeating: 0)
  var j = columns.lowerBound
  while j &+ 16 <= columns.upperBound {
    let product = Lane16.fma(v, load16(b + j), zero)
    store16(bias.map { product + load16($0 + j) } ?? product, out + j)
    j &+= 16
  }
  while j < columns.upperBound {
    let product = Float.fma(x, b[j], 0)
    out[j] = bias.map { product + $0[j] } ?? product
    j &+= 1
  }
}

/// out[i] = Σ_k x[k]·y[k, i] + bias[i] for i in `range`; every factor with its own strides. The sums go on from
/// what `out` holds, or start at 0.
@inline(__always)
private func alongLanes(
  _ k: Int, _ x: Floats, _ xTerm: Int, _ y: Floats, _ yTerm: Int, _ yLane: Int,
  _ range: Range<Int>, _ out: Floats, _ outLane: Int, _ bias: Floats?, _ biasLane: Int,
  _ continues: Bool
) {
  var i = range.lowerBound
  // Four chains side by side: one alone waits for each of its sums.
  while yLane == 1, outLane == 1, i &+ 64 <= range.upperBound {
    var sums = chain64(k, x, xTerm, y + i, yTerm, from: continues ? Lane64(out + i) : Lane64(repeating: 0))
    if let bias {
      let b = biasLane == 1 ? Lane64(bias + i) : Lane64(repeating: bias[0])
      sums.add(b)
    }
    sums.store(out + i)
    i &+= 64
  }
  while i &+ 16 <= range.upperBound {
    let start = continues ? gathered(out + i &* outLane, outLane) : Lane16(repeating: 0)
    var sum = chain16(k, x, xTerm, y + i &* yLane, yTerm, yLane, from: start)
    if let bias {
      sum = sum + (biasLane == 1 ? load16(bias + i) : Lane16(repeating: bias[0]))
    }
    if outLane == 1 {
      store16(sum, out + i)
    } else {
      for lane in 0..<16 { out[(i &+ lane) &* outLane] = sum[lane] }
    }
    i &+= 16
  }
  while i < range.upperBound {
    let sum = chain(k, x, xTerm, y + i &* yLane, yTerm, from: continues ? out[i &* outLane] : 0)
    if let bias {
      out[i &* outLane] = sum + bias[i &* biasLane]
    } else {
      out[i &* outLane] = sum
    }
    i &+= 1
  }
}

/// Four vectors side by side.
private struct Lane64 {
  var a, b, c, d: Lane16

  @inline(__always)
  init(repeating x: Float) {
    a = Lane16(repeating: x)
    (b, c, d) = (a, a, a)
  }

  @inline(__always)
  init(_ p: Floats) { (a, b, c, d) = (load16(p), load16(p + 16), load16(p + 32), load16(p + 48)) }

  @inline(__always)
  mutating func add(_ x: Lane64) { (a, b, c, d) = (a + x.a, b + x.b, c + x.c, d + x.d) }

  @inline(__always)
  mutating func addProduct(_ x: Lane16, _ y: Lane64) {
    a = Lane16.fma(x, y.a, a)
    b = Lane16.fma(x, y.b, b)
    c = Lane16.fma(x, y.c, c)
    d = Lane16.fma(x, y.d, d)
  }

  @inline(__always)
  func store(_ p: Floats) {
    store16(a, p)
    store16(b, p + 16)
    store16(c, p + 32)
    store16(d, p + 48)
  }
}

/// As `chain16`, for 64 outputs whose factors lie side by side.
@inline(__always)
private func chain64(_ k: Int, _ x: Floats, _ xTerm: Int, _ y: Floats, _ yTerm: Int, from start: Lane64) -> Lane64 {
  var total = Lane64(repeating: 0)
  var at = 0
  while at < k {
    let end = at &+ blockSize(k &- at)
    let isFirst = at == 0
    var sums = isFirst ? start : Lane64(repeating: 0)
    while at < end {
      sums.addProduct(Lane16(repeating: x[at &* xTerm]), Lane64(y + at &* yTerm))
      at &+= 1
    }
    if isFirst { total = sums } else { total.add(sums) }
  }
  return total
}

@inline(__always)
private func chain16(
  _ k: Int, _ x: Floats, _ xTerm: Int, _ y: Floats, _ yTerm: Int, _ yLane: Int, from start: Lane16
) -> Lane16 {
  var total = Lane16(repeating: 0)
  var at = 0
  while at < k {
    let end = at &+ blockSize(k &- at)
    let isFirst = at == 0
    var sum = isFirst ? start : Lane16(repeating: 0)
    while at < end {
      sum = Lane16.fma(Lane16(repeating: x[at &* xTerm]), gathered(y + at &* yTerm, yLane), sum)
      at &+= 1
    }
    total = isFirst ? sum : total + sum
  }
  return total
}

@inline(__always)
private func gathered(_ y: Floats, _ stride: Int) -> Lane16 {
  if stride == 1 { return load16(y) }
  // Two inputs are common, and nothing behind the last element is read.
  if stride == 2 {
    let first = load16(y), last = load16(y + 15)
    return Lane16(lowHalf: evens(first, first).lowHalf, highHalf: odds(last, last).lowHalf)
  }
  var v = Lane16(repeating: 0)
  for lane in 0..<16 { v[lane] = y[lane &* stride] }
  return v
}

@inline(__always)
private func chain(_ k: Int, _ x: Floats, _ xTerm: Int, _ y: Floats, _ yTerm: Int, from start: Float) -> Float {
  var total: Float = 0
  var at = 0
  while at < k {
    let end = at &+ blockSize(k &- at)
    let isFirst = at == 0
    var sum: Float = isFirst ? start : 0
    while at < end {
      sum = Float.fma(x[at &* xTerm], y[at &* yTerm], sum)
      at &+= 1
    }
    total = isFirst ? sum : total + sum
  }
  return total
}
