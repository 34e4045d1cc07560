// Pooling by two rows and two columns with nothing around. The larger of two neighbours is the same for all
// rows, however short: neighbours are compared all along the memory, and rows only after that.
import AdamFormulas
import AdamKernelABI

/// Lanes where `v` takes the place of `best`: it is larger, or the first NaN.
@inline(__always)
func wins(_ v: Lane16, _ best: Lane16) -> SIMDMask<SIMD16<Int32>> {
  .!(v .<= best) .& (best .== best)
}

/// Sixteen elements and their right neighbours.
private struct Neighbours {
  let left, right: Lane16
  let isRight: SIMDMask<SIMD16<Int32>>

  @inline(__always)
  init(_ x: Floats) { self.init(load16(x), load16(x + 16)) }

  /// From `count` < 16 pairs.
  @inline(__always)
  init(_ x: Floats, count: Int) {
    self.init(
      some(x, 2 &* count), count > 8 ? load(x + 16, count: 2 &* count &- 16) : Lane16(repeating: 0))
  }

  @inline(__always)
  private init(_ low: Lane16, _ high: Lane16) {
    (left, right) = (evens(low, high), odds(low, high))
    isRight = wins(right, left)
  }

  @inline(__always)
  var best: Lane16 { left.replacing(with: right, where: isRight) }

  /// What belongs to the larger of each pair, in the order of the elements.
  @inline(__always)
  func spread(_ g: Lane16) -> (Lane16, Lane16) {
    let zero = Lane16(repeating: 0)
    return zipped(g.replacing(with: zero, where: isRight), zero.replacing(with: g, where: isRight))
  }
}

/// Windows of a few rows: as many as their pairs have room in the scratch.
struct PairBlock {
  /// Rows of windows, and windows in a row.
  let rows, width: Int
  /// From row to row of the elements.
  let stride: Int

  /// Pairs of a block. The scratch has room for two numbers of each and the registers of an epilogue.
  static let mostPairs = 2_560

  /// Nothing lies between the rows.
  @inline(__always)
  private var isDense: Bool { stride == 2 &* width }

  /// For each run of neighbouring pairs: where it begins among the elements, among the pairs, and its length.
  @inline(__always)
  private func eachRun(_ body: (Int, Int, Int) -> Void) {
    if isDense { return body(0, 0, 2 &* rows &* width) }
    for row in 0..<2 &* rows { body(row &* stride, row &* width, width) }
  }

  /// The larger of each pair.
  @inline(__always)
  func pairMaxima(_ x: Floats, into maxima: Floats) {
    eachRun { element, pair, count in
      let x = x + element, maxima = maxima + pair
      var k = 0
      while k &+ 16 <= count {
        store16(Neighbours(x + 2 &* k).best, maxima + k)
        k &+= 16
      }
      if k < count { store16(Neighbours(x + 2 &* k, count: count &- k).best, maxima + k) }
    }
  }

  /// The larger of the pairs above each other. What a row writes behind its end, up to `end`, is written again
  /// by the next one.
  @inline(__always)
  func rowMaxima(_ maxima: Floats, into out: Floats, stride outStride: Int, end: Floats) {
    for row in 0..<rows {
      let upper = maxima + 2 &* row &* width, to = out + row &* outStride
      var j = 0
      while j < width {
        let (a, b) = (load16(upper + j), load16(upper + (width &+ j)))
        let best = a.replacing(with: b, where: wins(b, a))
        put(best, to + j, to + (j &+ 16) <= end ? 16 : width &- j)
        j &+= 16
      }
    }
  }

  /// The gradient of each window for its upper or its lower pair, 0 for the other. `isRelu`: nothing where the
  /// largest element is 0 or less.
  @inline(__always)
  func pairGradients(
    _ g: Floats, stride gStride: Int, end: Floats, _ maxima: Floats, into gradients: Floats, isRelu: Bool
  ) {
    let zero = Lane16(repeating: 0)
    for row in 0..<rows {
      let upper = 2 &* row &* width, from = g + row &* gStride
      // Last columns first: what a row writes behind its end is written again by the next.
      var j = (width &- 1) & ~15
      while j >= 0 {
        let (a, b) = (load16(maxima + (upper &+ j)), load16(maxima + (upper &+ width &+ j)))
        let isLower = wins(b, a)
        // The sum with the zero there is exact but for a negative zero, which becomes positive.
        var sum = zero + some(from + j, from + (j &+ 16) <= end ? 16 : width &- j)
        if isRelu { sum = Lane16.reluGrad(sum, a.replacing(with: b, where: isLower)) }
        store16(sum.replacing(with: zero, where: isLower), gradients + (upper &+ j))
        store16(zero.replacing(with: sum, where: isLower), gradients + (upper &+ width &+ j))
        j &-= 16
      }
    }
  }

  /// To the larger of each pair.
  @inline(__always)
  func spread(_ gradients: Floats, _ x: Floats, into out: Floats) {
    eachRun { element, pair, count in
      let x = x + element, out = out + element, gradients = gradients + pair
      var k = 0
      while k &+ 16 <= count {
        let (low, high) = Neighbours(x + 2 &* k).spread(load16(gradients + k))
        store16(low, out + 2 &* k)
        store16(high, out + (2 &* k &+ 16))
        k &+= 16
      }
      let rest = count &- k
      if rest == 0 { return }
      let (low, high) = Neighbours(x + 2 &* k, count: rest).spread(load16(gradients + k))
      put(low, out + 2 &* k, 2 &* rest)
      if rest > 8 { store(high, out + (2 &* k &+ 16), count: 2 &* rest &- 16) }
    }
  }
}
