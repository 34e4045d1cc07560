// Rows to mean 0 and variance 1, and the gradient: the formulas of the single operations, a few rows at a time, so that
// what one formula leaves is still in the first cache for the next.
import AdamFormulas
import AdamKernelABI

private struct Squares: RowTerms {
  let x: Floats
  @inline(__always)
  func lanes(_ at: Int) -> SIMD8<Float> {
    let v = PlainTerms(x: x).lanes(at)
    return v * v
  }
  @inline(__always)
  func single(_ at: Int) -> Float { x[at] * x[at] }
}

private struct Negatives: RowTerms {
  let x: Floats
  @inline(__always)
  func lanes(_ at: Int) -> SIMD8<Float> { SIMD8(repeating: -0.0) - PlainTerms(x: x).lanes(at) }
  @inline(__always)
  func single(_ at: Int) -> Float { -0.0 - x[at] }
}

/// So many rows go through a formula before the next one: sums of different rows do not wait for each other.
private let mostRows = 16

/// `rows` gets the first of some rows and how many they are: those stay in the first cache together.
@inline(__always)
private func byGroups(
  _ raw: UnsafeRawPointer, _ begin: Int, _ end: Int, _ rows: (UnsafePointer<KernelArguments>, Int, Int) -> Void
) {
  let x = arguments(raw)
  let size = max(1, min(mostRows, 2048 / max(x.pointee.n1, 1)))
  var row = begin
  while row < end {
    rows(x, row, min(size, end &- row))
    row &+= size
  }
}

func layerNorm(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  byGroups(raw, begin, end) { normalize($0, $1, $2) }
}

@inline(__always)
private func normalize(_ x: UnsafePointer<KernelArguments>, _ row: Int, _ rows: Int) {
  let n = x.pointee.n1, at = row &* n
  let from = x.pointee.p0.floats + at, weight = x.pointee.p1.floats, bias = x.pointee.p2.floats
  let y = x.pointee.p3.floats + at, distance = x.pointee.p4.floats + at, normal = x.pointee.p6.floats + at
  let deviation = x.pointee.p5.floats + row
  for i in 0..<rows {
    let mean = Lane16(repeating: sumRow(PlainTerms(x: from + i &* n), n) / Float(n))
    subtract(mean, from + i &* n, to: distance + i &* n, n)
  }
  for i in 0..<rows { deviation[i] = sumRow(Squares(x: distance + i &* n), n) / Float(n) }
  put((some(deviation, rows) + Lane16(repeating: x.pointee.f0)).squareRoot(), deviation, rows)
  for i in 0..<rows {
    let s = Lane16(repeating: deviation[i])
    var j = 0
    while j < n {
      let v = some(distance + (i &* n &+ j), n &- j) / s
      put(v, normal + (i &* n &+ j), n &- j)
      put(v * some(weight + j, n &- j) + some(bias + j, n &- j), y + (i &* n &+ j), n &- j)
      j &+= 16
    }
  }
}

@inline(__always)
private func subtract(_ mean: Lane16, _ from: Floats, to: Floats, _ n: Int) {
  var j = 0
  while j < n {
    put(some(from + j, n &- j) - mean, to + j, n &- j)
    j &+= 16
  }
}

func layerNormGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  byGroups(raw, begin, end) { pullBack($0, $1, $2) }
}

/// The rows of the result hold the terms of the first sum, then h, then h less its mean.
@inline(__always)
private func pullBack(_ x: UnsafePointer<KernelArguments>, _ row: Int, _ rows: Int) {
  let n = x.pointee.n1, at = row &* n, size = Float(x.pointee.n1)
  let g = x.pointee.p0.floats + at, weight = x.pointee.p1.floats, normal = x.pointee.p2.floats + at
  let deviation = x.pointee.p3.floats + row, distance = x.pointee.p4.floats + at
  let out = x.pointee.p5.floats + at, factors = x.pointee.scratch.floats
  for i in 0..<rows {
    let s = Lane16(repeating: deviation[i])
    var j = 0
    while j < n {
      let rest = n &- j, k = i &* n &+ j
      put(-(some(g + k, rest) * some(weight + j, rest)) * (some(normal + k, rest) / s), out + k, rest)
      j &+= 16
    }
  }
  for i in 0..<rows { factors[i] = sumRow(PlainTerms(x: out + i &* n), n) / (2 * deviation[i]) / size }
  for i in 0..<rows {
    let s = Lane16(repeating: deviation[i]), factor = Lane16(repeating: factors[i])
    var j = 0
    while j < n {
      let rest = n &- j, k = i &* n &+ j
      let slope = factor * some(distance + k, rest)
      put(some(g + k, rest) * some(weight + j, rest) / s + slope + slope, out + k, rest)
      j &+= 16
    }
  }
  for i in 0..<rows { factors[i] = sumRow(Negatives(x: out + i &* n), n) / size }
  for i in 0..<rows {
    let other = x.pointee.p6.optionalFloats.map { $0 + (at &+ i &* n) }
    // What is subtracted has the other sign already.
    add(Lane16(repeating: factors[i]), to: out + i &* n, n, other)
  }
}

@inline(__always)
private func add(_ mean: Lane16, to out: Floats, _ n: Int, _ other: Floats?) {
  var j = 0
  if let other {
    while j < n {
      put(some(other + j, n &- j) + some(out + j, n &- j) + mean, out + j, n &- j)
      j &+= 16
    }
  } else {
    while j < n {
      put(some(out + j, n &- j) + mean, out + j, n &- j)
      j &+= 16
    }
  }
}
