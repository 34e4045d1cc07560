// Kernels that only move elements, and the gradient of picking rows.
import AdamKernelABI

func fill(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let out = x.pointee.p0.floats
  let first = begin &* KernelTable.chunk
  let last = min(end &* KernelTable.chunk, x.pointee.n0)
  let value = x.pointee.f0
  var at = first
  while at &+ 16 <= last {
    store16(Lane16(repeating: value), out + at)
    at &+= 16
  }
  while at < last {
    out[at] = value
    at &+= 1
  }
}

func stridedCopy(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let plan = x.pointee.p2.unsafelyUnwrapped.assumingMemoryBound(to: StridedCopy.self)
  let n = plan.pointee.sizes, s = plan.pointee.sourceStrides, d = plan.pointee.destinationStrides
  let blocks = (n.4 &+ StridedCopy.rowsPerUnit &- 1) / StridedCopy.rowsPerUnit
  for unit in begin..<end {
    var rest = unit
    let block = rest % blocks
    rest /= blocks
    let i3 = rest % n.3
    rest /= n.3
    let i2 = rest % n.2
    rest /= n.2
    let i1 = rest % n.1
    let i0 = rest / n.1
    let first = block &* StridedCopy.rowsPerUnit
    let from =
      x.pointee.p0.integers + (i0 &* s.0 &+ i1 &* s.1 &+ i2 &* s.2 &+ i3 &* s.3 &+ first &* s.4)
    let to =
      x.pointee.p1.integers + (i0 &* d.0 &+ i1 &* d.1 &+ i2 &* d.2 &+ i3 &* d.3 &+ first &* d.4)
    copyRows(
      from, to, rows: min(StridedCopy.rowsPerUnit, n.4 &- first), columns: n.5,
      (s.4, s.5), (d.4, d.5))
  }
}

/// Rows one after the other; when the source runs down the rows, four columns at a time or column by column.
@inline(__always)
private func copyRows(
  _ from: Integers, _ to: Integers, rows: Int, columns: Int, _ s: (Int, Int), _ d: (Int, Int)
) {
  if s.1 == 1, d.1 == 1 {
    for i in 0..<rows { (to + i &* d.0).update(from: from + i &* s.0, count: columns) }
  } else if s.0 == 1, d.1 == 1 {
    interleaveRuns(floats(from), s.1, 1, rows, floats(to), runs: columns, rowLength: d.0)
  } else if s.0 == 1, rows == StridedCopy.rowsPerUnit {
    for j in 0..<columns {
      for i in 0..<StridedCopy.rowsPerUnit { to[i &* d.0 &+ j &* d.1] = from[j &* s.1 &+ i] }
    }
  } else {
    for i in 0..<rows {
      for j in 0..<columns { to[i &* d.0 &+ j &* d.1] = from[i &* s.0 &+ j &* s.1] }
    }
  }
}

/// Only moved: what the bits mean does not matter.
@inline(__always)
private func floats(_ p: Integers) -> Floats {
  UnsafeMutableRawPointer(p).assumingMemoryBound(to: Float.self)
}

func indexSelect(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let from = x.pointee.p0.integers, index = x.pointee.p1.integers, to = x.pointee.p2.integers
  let length = x.pointee.n1, inner = x.pointee.n2, count = x.pointee.n3
  // What is not there must not pass for a number: the loss shows it.
  let outside = x.pointee.n4 == 0 ? Int32(bitPattern: Float.nan.bitPattern) : 0
  for unit in begin..<end {
    let outer = unit / count
    let place = Int(index[unit &- outer &* count])
    let out = to + unit &* inner
    if place >= 0, place < length {
      out.update(from: from + (outer &* length &+ place) &* inner, count: inner)
    } else {
      out.update(repeating: outside, count: inner)
    }
  }
}

func indexAdd(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let index = x.pointee.p1.integers
  let length = x.pointee.n1, inner = x.pointee.n2, count = x.pointee.n3
  for outer in begin..<end {
    let out = x.pointee.p2.floats + outer &* length &* inner
    let g = x.pointee.p0.floats + outer &* count &* inner
    out.update(repeating: 0, count: length &* inner)
    for j in 0..<count {
      let place = Int(index[j])
      guard place >= 0, place < length else { continue }
      let to = out + place &* inner, from = g + j &* inner
      for i in 0..<inner { to[i] = to[i] + from[i] }
    }
  }
}
