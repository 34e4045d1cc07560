// The weights of a head: sixteen places that see others are the lanes of a vector, so that no sum runs along one.
import AdamFormulas

/// What sixteen places see of the others: [places, length], of which they are sixteen columns.
struct WeightStrip {
  let places, length: Int
  /// The first of the sixteen.
  let first: Int
  let isCausal: Bool
  /// Of sixteen vectors.
  let sums: Floats

  /// All of them see these rows; some also those up to `seen`.
  private var whole: Int { isCausal ? first : places }
  private var seen: Int { isCausal ? min(places, first &+ 16) : places }

  private static let lanes = Lane16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

  /// What the lanes have that see a row behind `whole`, 0 or another number in the others.
  @inline(__always)
  private func shown(_ v: Lane16, _ row: Int, else filler: Float) -> Lane16 {
    let last = Lane16(repeating: Float(Int32(truncatingIfNeeded: row &- first &- 1)))
    return Lane16.select(Lane16.less(last, Self.lanes), v, Lane16(repeating: filler))
  }

  // MARK: Sums, row by row in the order of `_row_sum16`

  @inline(__always)
  private func clearSums() {
    for i in 0..<16 { store16(Lane16(repeating: 0), sums + 16 &* i) }
  }

  @inline(__always)
  private func add(_ v: Lane16, _ row: Int) {
    let to = sums + 16 &* (row & 15)
    store16(load16(to) + v, to)
  }

  /// Halves 8, 4, 2, 1, the upper added to the lower.
  @inline(__always)
  private func total() -> Lane16 {
    var half = 8
    while half > 1 {
      for i in 0..<half { store16(load16(sums + 16 &* i) + load16(sums + 16 &* (i &+ half)), sums + 16 &* i) }
      half /= 2
    }
    return load16(sums) + load16(sums + 16)
  }

  /// One after the other: of less than sixteen rows.
  @inline(__always)
  private func chain() -> Lane16 {
    var sum = load16(sums)
    for i in 1..<16 { sum = sum + load16(sums + 16 &* i) }
    return sum
  }

  /// Lanes that see sixteen rows have their sums as halves.
  @inline(__always)
  private func sumOfSeen() -> Lane16 {
    if places < 16 { return chain() }
    if !isCausal || first > 0 { return total() }
    let short = chain()
    return Lane16.select(Lane16.less(Self.lanes, Lane16(repeating: 15)), short, total())
  }

  // MARK: Softmax

  /// Scores become weights, in place.
  func softmax(_ x: Floats, scale: Float) {
    let x = x + first, scale = Lane16(repeating: scale)
    clearBehind(x)
    exponentials(x, scale, top(x, scale))
    let factor = existing(Lane16(repeating: 1) / sumOfSeen())
    for row in 0..<seen { store16(load16(x + row &* length) * factor, x + row &* length) }
    clear(x, seen..<places)
  }

  @inline(__always)
  private func top(_ x: Floats, _ scale: Lane16) -> Lane16 {
    var best = Lane16(repeating: -.infinity)
    for row in 0..<whole { best = Lane16.larger(best, load16(x + row &* length) * scale) }
    for row in whole..<seen {
      best = Lane16.larger(best, shown(load16(x + row &* length) * scale, row, else: -.infinity))
    }
    return best
  }

  @inline(__always)
  private func exponentials(_ x: Floats, _ scale: Lane16, _ top: Lane16) {
    clearSums()
    for row in 0..<whole {
      let e = Lane16.exp(load16(x + row &* length) * scale - top)
      store16(e, x + row &* length)
      add(e, row)
    }
    for row in whole..<seen {
      let e = shown(Lane16.exp(load16(x + row &* length) * scale - top), row, else: 0)
      store16(e, x + row &* length)
      add(e, row)
    }
  }

  /// Behind the last place there are lanes, but no places that see.
  @inline(__always)
  private func existing(_ v: Lane16) -> Lane16 {
    let count = Lane16(repeating: Float(Int32(truncatingIfNeeded: places &- first)))
    return Lane16.select(Lane16.less(Self.lanes, count), v, Lane16(repeating: 0))
  }

  @inline(__always)
  private func clearBehind(_ x: Floats) {
    if places &- first >= 16 { return }
    for row in 0..<seen { store16(existing(load16(x + row &* length)), x + row &* length) }
  }

  @inline(__always)
  private func clear(_ x: Floats, _ rows: Range<Int>) {
    for row in rows { store16(Lane16(repeating: 0), x + row &* length) }
  }

  // MARK: Its gradient

  /// Gradients `u` of the weights `w` become `scale` times those of the scores, in place; `more` rows behind those that
  /// are seen become 0.
  func slopes(_ u: Floats, _ w: Floats, scale: Float, more: Int) {
    let (u, w, scale) = (u + first, w + first, Lane16(repeating: scale))
    clearBehind(u)
    clearSums()
    for row in 0..<seen { add(load16(u + row &* length) * load16(w + row &* length), row) }
    let sum = places < 16 ? chain() : total()
    for row in 0..<seen {
      let at = row &* length
      store16((load16(u + at) - sum) * load16(w + at) * scale, u + at)
    }
    clear(u, seen..<min(places, seen &+ more))
  }
}
