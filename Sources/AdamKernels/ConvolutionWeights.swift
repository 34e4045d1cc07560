// The gradient of a convolution's weights: sums over images and places, output channels side by side in
// a register (numerics rule 1 over n, row, column).
import AdamFormulas
import AdamKernelABI

private typealias T = TileVector

/// Terms (weights of one output channel) of a register tile; each has two vectors of output channels.
enum WeightTile {
  #if ADAM_V4
    static let rows = 9
  #else
    static let rows = 5
  #endif
}

/// The operands, as the `convWeights` slots say.
private struct WeightSums {
  let g, x, sums: Floats
  let offsets: Integers
  let images, terms, channels, groups, imageStride, groupStride: Int
  let rows, columns, rowStride, columnStride: Int
  /// Of `sums` from term to term, and of `g` from place to place.
  let paddedChannels, gStride: Int

  init(_ a: UnsafePointer<KernelArguments>) {
    (g, x, sums) = (a.pointee.p0.floats, a.pointee.p1.floats, a.pointee.p2.floats)
    offsets = a.pointee.p3.integers
    (images, terms, channels, groups) = (a.pointee.n0, a.pointee.n1, a.pointee.n2, a.pointee.n3)
    (imageStride, groupStride) = (a.pointee.n4, a.pointee.n5)
    (rows, columns, rowStride, columnStride) = (a.pointee.n6, a.pointee.n7, a.pointee.n8, a.pointee.n9)
    paddedChannels = (channels &+ Tile.lanes &- 1) / Tile.lanes &* Tile.lanes
    gStride = groups &* channels
  }
}

/// All units share a block of the long sum before the next block begins, so that it stays near.
func convWeights(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let s = WeightSums(arguments(raw))
  let total = s.images &* s.rows &* s.columns
  let termBlocks = (s.terms &+ WeightTile.rows &- 1) / WeightTile.rows
  let channelBlocks = (s.channels &+ Tile.columns &- 1) / Tile.columns
  var first = 0
  repeat {
    let last = first &+ blockSize(total &- first)
    for unit in begin..<end {
      let group = unit / (termBlocks &* channelBlocks)
      let rest = unit &- group &* termBlocks &* channelBlocks
      let channelBlock = rest / termBlocks
      let place = SumPlace(
        group: group, term: (rest &- channelBlock &* termBlocks) &* WeightTile.rows,
        channel: channelBlock &* Tile.columns)
      if s.channels &- place.channel > Tile.lanes {
        weightTile(s, place, first, last, single: False.self)
      } else {
        weightTile(s, place, first, last, single: True.self)
      }
    }
    first = last
  } while first < total
}

private struct SumPlace {
  let group, term, channel: Int
}

/// Sums of one term over output channels.
private struct Pair {
  var a = T(repeating: 0)
  var b = T(repeating: 0)

  @inline(__always)
  mutating func step<Single: StaticBool>(_ x: Float, _ g: T, _ h: T, single: Single.Type) {
    let v = T(repeating: x)
    a.addProduct(v, g)
    if !Single.isTrue { b.addProduct(v, h) }
  }
}

private struct Terms {
  var r0 = Pair(), r1 = Pair(), r2 = Pair(), r3 = Pair(), r4 = Pair()
  #if ADAM_V4
    var r5 = Pair(), r6 = Pair(), r7 = Pair(), r8 = Pair()
  #endif
}

/// Offsets of a tile's terms; those that do not exist are the last one again.
private struct TermOffsets {
  let o0, o1, o2, o3, o4: Int
  #if ADAM_V4
    let o5, o6, o7, o8: Int
  #endif

  @inline(__always)
  init(_ s: WeightSums, _ term: Int) {
    let last = s.terms &- 1
    func at(_ i: Int) -> Int { Int(s.offsets[min(term &+ i, last)]) }
    (o0, o1, o2, o3, o4) = (at(0), at(1), at(2), at(3), at(4))
    #if ADAM_V4
      (o5, o6, o7, o8) = (at(5), at(6), at(7), at(8))
    #endif
  }
}

@inline(never)
private func weightTile<Single: StaticBool>(
  _ s: WeightSums, _ p: SumPlace, _ first: Int, _ last: Int, single: Single.Type
) {
  var sums = Terms()
  let o = TermOffsets(s, p.term)
  let plane = s.rows &* s.columns
  var g = s.g + (first &* s.gStride &+ p.group &* s.channels &+ p.channel)
  var place = first
  while place < last {
    let image = place / plane, inside = place &- image &* plane
    let row = inside / s.columns, column = inside &- row &* s.columns
    let count = min(s.columns &- column, last &- place)
    var x = s.x + (image &* s.imageStride &+ p.group &* s.groupStride)
    x += row &* s.rowStride &+ column &* s.columnStride
    for _ in 0..<count {
      let u = loadT(g), v = Single.isTrue ? u : loadT(g + Tile.lanes)
      sums.r0.step(x[o.o0], u, v, single: single)
      sums.r1.step(x[o.o1], u, v, single: single)
      sums.r2.step(x[o.o2], u, v, single: single)
      sums.r3.step(x[o.o3], u, v, single: single)
      sums.r4.step(x[o.o4], u, v, single: single)
      #if ADAM_V4
        sums.r5.step(x[o.o5], u, v, single: single)
        sums.r6.step(x[o.o6], u, v, single: single)
        sums.r7.step(x[o.o7], u, v, single: single)
        sums.r8.step(x[o.o8], u, v, single: single)
      #endif
      x += s.columnStride
      g += s.gStride
    }
    place &+= count
  }
  let to = s.sums + ((p.group &* s.terms &+ p.term) &* s.paddedChannels &+ p.channel)
  let out = SumTarget(
    to: to, stride: s.paddedChannels, count: s.terms &- p.term, isFirst: first == 0)
  out.put(sums.r0, 0, single: single)
  out.put(sums.r1, 1, single: single)
  out.put(sums.r2, 2, single: single)
  out.put(sums.r3, 3, single: single)
  out.put(sums.r4, 4, single: single)
  #if ADAM_V4
    out.put(sums.r5, 5, single: single)
    out.put(sums.r6, 6, single: single)
    out.put(sums.r7, 7, single: single)
    out.put(sums.r8, 8, single: single)
  #endif
}

/// Where the sums of a block go: added to what earlier blocks left there.
private struct SumTarget {
  let to: Floats
  let stride, count: Int
  let isFirst: Bool

  @inline(__always)
  func put<Single: StaticBool>(_ pair: Pair, _ term: Int, single: Single.Type) {
    guard term < count else { return }
    let p = to + term &* stride
    storeT(isFirst ? pair.a : loadT(p) + pair.a, p)
    if Single.isTrue { return }
    storeT(isFirst ? pair.b : loadT(p + Tile.lanes) + pair.b, p + Tile.lanes)
  }
}
