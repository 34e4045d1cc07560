// Loss values, and the gradient of the negative log likelihood.
import AdamFormulas
import AdamKernelABI

/// Terms (x − y)² without storing them.
private struct SquaredDifferences: RowTerms {
  let x, y: Floats
  @inline(__always)
  func lanes(_ at: Int) -> SIMD8<Float> {
    let d = PlainTerms(x: x).lanes(at) - PlainTerms(x: y).lanes(at)
    return d * d
  }
  @inline(__always)
  func single(_ at: Int) -> Float { Float.squaredDifference(x[at], y[at]) }
}

/// Terms of the logistic loss; both halves of a vector hold the same eight.
private struct LogisticTerms: RowTerms {
  let x, y: Floats
  @inline(__always)
  func lanes(_ at: Int) -> SIMD8<Float> {
    let a = PlainTerms(x: x).lanes(at), b = PlainTerms(x: y).lanes(at)
    return Lane16.bceWithLogits(
      Lane16(lowHalf: a, highHalf: a), Lane16(lowHalf: b, highHalf: b)
    ).lowHalf
  }
  @inline(__always)
  func single(_ at: Int) -> Float { Float.bceWithLogits(x[at], y[at]) }
}

func mseLoss(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  guard begin < end else { return }
  let a = arguments(raw)
  let terms = SquaredDifferences(x: a.pointee.p0.floats, y: a.pointee.p1.floats)
  a.pointee.p2.floats[0] = sumRow(terms, a.pointee.n0) / Float(a.pointee.n0)
}

func mseLossGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let a = arguments(raw)
  let x = a.pointee.p1.floats, y = a.pointee.p2.floats, out = a.pointee.p3.floats
  let share = Lane16(repeating: a.pointee.f0), g = Lane16(repeating: a.pointee.p0.floats[0])
  let last = min(end &* KernelTable.chunk, a.pointee.n0)
  var at = begin &* KernelTable.chunk
  while at < last {
    let rest = last &- at
    put((share * (some(x + at, rest) - some(y + at, rest))) * g, out + at, rest)
    at &+= 16
  }
}

func bceWithLogits(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  guard begin < end else { return }
  let a = arguments(raw)
  let terms = LogisticTerms(x: a.pointee.p0.floats, y: a.pointee.p1.floats)
  a.pointee.p2.floats[0] = sumRow(terms, a.pointee.n0) / Float(a.pointee.n0)
}

/// Eight levels of partial sums; the first element goes straight to the top (`nll_mean`).
func nllLoss(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  guard begin < end else { return }
  let a = arguments(raw)
  let logp = a.pointee.p0.floats, target = a.pointee.p1.integers
  let n = a.pointee.n0, classes = a.pointee.n1
  let bits = n > 1 ? Int.bitWidth &- (n &- 1).leadingZeroBitCount : 0
  let power = max(4, bits / 8)
  let mask = (1 &<< power) &- 1
  var level = SIMD8<Float>(repeating: 0)
  for b in 0..<n {
    let t = Int(target[b])
    level[0] = level[0] - (t >= 0 && t < classes ? logp[b &* classes &+ t] : .nan)
    for j in 0..<7 {
      if b & (mask &<< (j &* power)) != 0 { break }
      level[j &+ 1] = level[j &+ 1] + level[j]
      level[j] = 0
    }
  }
  var total: Float = 0
  for j in 0..<8 { total = total + level[j] }
  a.pointee.p2.floats[0] = total / Float(n)
}

/// The rows of log_softmax, then the mean of the losses.
func crossEntropyLoss(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  guard begin < end else { return }
  var scores = KernelArguments()
  let a = arguments(raw)
  (scores.p0, scores.p1) = (a.pointee.p3, a.pointee.p0)
  (scores.n0, scores.n1) = (a.pointee.n0, a.pointee.n1)
  logSoftmax(&scores, 0, a.pointee.n0)
  nllLoss(raw, begin, end)
}

func crossEntropyLossGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let a = arguments(raw)
  let classes = a.pointee.n1
  let value = -(a.pointee.p0.floats[0] / Float(a.pointee.n0))
  let lanes = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  for b in begin..<end {
    let t = a.pointee.p1.integers[b]
    // The sum of a row that is zero but for its target: zeros are added to it when there are any.
    let isInside = t >= 0 && Int(t) < classes
    let sums = Lane16(repeating: isInside ? (classes > 1 ? value + 0 : value) : 0)
    let logp = a.pointee.p2.floats + b &* classes, out = a.pointee.p3.floats + b &* classes
    var at = 0
    while at < classes {
      let count = min(16, classes &- at)
      let place = SIMD16<Int32>(repeating: t &- Int32(truncatingIfNeeded: at))
      let g = Lane16(repeating: 0).replacing(with: value, where: lanes .== place)
      let r = Lane16.fma(-Lane16.exp(some(logp + at, count)), sums, g)
      put(r, out + at, count)
      at &+= 16
    }
  }
}

func nllLossGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let a = arguments(raw)
  let classes = a.pointee.n1
  let value = -(a.pointee.p0.floats[0] / Float(a.pointee.n0))
  for b in begin..<end {
    let row = a.pointee.p2.floats + b &* classes
    row.update(repeating: 0, count: classes)
    let t = Int(a.pointee.p1.integers[b])
    if t >= 0, t < classes { row[t] = value }
  }
}
