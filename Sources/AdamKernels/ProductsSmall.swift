// Products too small or too crooked for tiles: any strides, straight from memory.
import AdamFormulas

/// Sixteen outputs at a time along the longer side of C, single outputs at the ends.
func smallProduct(_ p: Product, _ rows: Range<Int>, _ columns: Range<Int>) {
  if columns.count >= 16 || rows.count < 16 {
    for i in rows {
      alongLanes(
        p.k, p.a + i &* p.aRow, p.aTerm, p.b, p.bTerm, p.bColumn, columns, p.c + i &* p.cRow, 1,
        p.bias, 1)
    }
  } else {
    for j in columns {
      alongLanes(
        p.k, p.b + j &* p.bColumn, p.bTerm, p.a, p.aTerm, p.aRow, rows, p.c + j, p.cRow,
        p.bias.map { $0 + j }, 0)
    }
  }
}

/// out[i] = Σ_k x[k]·y[k, i] + bias[i] for i in `range`; every factor with its own strides.
@inline(__always)
private func alongLanes(
  _ k: Int, _ x: Floats, _ xTerm: Int, _ y: Floats, _ yTerm: Int, _ yLane: Int,
  _ range: Range<Int>, _ out: Floats, _ outLane: Int, _ bias: Floats?, _ biasLane: Int
) {
  var i = range.lowerBound
  while i &+ 16 <= range.upperBound {
    var sum = chain16(k, x, xTerm, y + i &* yLane, yTerm, yLane)
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
    let sum = chain(k, x, xTerm, y + i &* yLane, yTerm)
    if let bias {
      out[i &* outLane] = sum + bias[i &* biasLane]
    } else {
      out[i &* outLane] = sum
    }
    i &+= 1
  }
}

@inline(__always)
private func chain16(
  _ k: Int, _ x: Floats, _ xTerm: Int, _ y: Floats, _ yTerm: Int, _ yLane: Int
) -> Lane16 {
  var total = Lane16(repeating: 0)
  var at = 0
  while at < k {
    let end = at &+ blockSize(k &- at)
    var sum = Lane16(repeating: 0)
    let isFirst = at == 0
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
  var v = Lane16(repeating: 0)
  for lane in 0..<16 { v[lane] = y[lane &* stride] }
  return v
}

@inline(__always)
private func chain(_ k: Int, _ x: Floats, _ xTerm: Int, _ y: Floats, _ yTerm: Int) -> Float {
  var total: Float = 0
  var at = 0
  while at < k {
    let end = at &+ blockSize(k &- at)
    var sum: Float = 0
    let isFirst = at == 0
    while at < end {
      sum = Float.fma(x[at &* xTerm], y[at &* yTerm], sum)
      at &+= 1
    }
    total = isFirst ? sum : total + sum
  }
  return total
}
