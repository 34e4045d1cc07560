// Convolution without copies of windows: a term of the chain is an offset into the (padded) images, and
// neighbouring outputs of a row lie side by side in a register (numerics rule 1).
import AdamFormulas
import AdamKernelABI

private typealias T = TileVector

/// Output channels of a register tile; each has two vectors of outputs.
enum ConvTile {
  #if ADAM_V4
    static let rows = 8
  #else
    static let rows = 4
  #endif
}

/// Every `stride`-th element.
@inline(__always)
private func loadT(_ p: UnsafePointer<Float>, _ stride: Int) -> T {
  var v = T(repeating: 0)
  for lane in 0..<Tile.lanes { v[lane] = p[lane &* stride] }
  return v
}

/// Zeros with the elements of a plane among them, `n7` rows and `n8` columns apart.
func padPlanes(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
  let (rows, columns) = (x.n1, x.n2)
  for plane in begin..<end {
    let from = x.p0.floats + plane &* rows &* columns
    let to = x.p1.floats + plane &* x.n3 &* x.n4
    to.update(repeating: 0, count: x.n3 &* x.n4)
    for i in 0..<rows {
      let row = x.n5 &+ i &* x.n7
      guard row >= 0, row < x.n3 else { continue }
      padRow(from + i &* columns, to + row &* x.n4, columns, x.n4, first: x.n6, step: x.n8)
    }
  }
}

@inline(__always)
private func padRow(_ from: Floats, _ to: Floats, _ count: Int, _ room: Int, first: Int, step: Int) {
  if step == 1, first >= 0, first &+ count <= room {
    return copyShort(from, to + first, count)
  }
  for j in 0..<count {
    let column = first &+ j &* step
    if column >= 0, column < room { to[column] = from[j] }
  }
}

/// Weights of `ConvTile.rows` output channels side by side, term after term; zeros beyond the last.
func convPack(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
  let (rows, outer, inner) = (x.n0, x.n1, x.n2)
  let blocks = (rows &+ ConvTile.rows &- 1) / ConvTile.rows
  let terms = outer &* inner
  for unit in begin..<end {
    let group = unit / blocks, first = (unit &- group &* blocks) &* ConvTile.rows
    let to = x.p1.floats + unit &* terms &* ConvTile.rows
    for r in 0..<ConvTile.rows {
      guard first &+ r < rows else {
        for t in 0..<terms { to[t &* ConvTile.rows &+ r] = 0 }
        continue
      }
      let from = x.p0.floats + (group &* x.n5 &+ (first &+ r) &* x.n3)
      for o in 0..<outer {
        for i in 0..<inner { to[(o &* inner &+ i) &* ConvTile.rows &+ r] = from[o &* x.n4 &+ i] }
      }
    }
  }
}

/// The operands of one convolution, as the `conv` slots say.
private struct Convolution {
  let x, w, y: Floats
  let bias: Floats?
  let offsets: Integers
  let channels, terms, groups, imageStride, groupStride: Int
  let rows, columns, rowStride, columnStride, rowsPerUnit: Int
  /// Room for one vector.
  let scratch: Floats
  let epilogue: Epilogue

  init(_ a: UnsafePointer<KernelArguments>) {
    (x, w, y) = (a.pointee.p0.floats, a.pointee.p1.floats, a.pointee.p2.floats)
    (bias, offsets) = (a.pointee.p3.optionalFloats, a.pointee.p4.integers)
    (channels, terms, groups) = (a.pointee.n1, a.pointee.n2, a.pointee.n3)
    (imageStride, groupStride) = (a.pointee.n4, a.pointee.n5)
    (rows, columns, rowStride, columnStride) = (a.pointee.n6, a.pointee.n7, a.pointee.n8, a.pointee.n9)
    rowsPerUnit = a.pointee.n10
    scratch = a.pointee.scratch.floats
    epilogue = Epilogue(a)
  }
}

func conv(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let c = Convolution(arguments(raw))
  let parts = (c.rows &+ c.rowsPerUnit &- 1) / c.rowsPerUnit
  let blocks = (c.channels &+ ConvTile.rows &- 1) / ConvTile.rows
  for unit in begin..<end {
    let slice = unit / parts, part = unit &- slice &* parts
    let image = slice / c.groups, group = slice &- image &* c.groups
    let first = part &* c.rowsPerUnit
    let rows = first..<min(first &+ c.rowsPerUnit, c.rows)
    let x = c.x + (image &* c.imageStride &+ group &* c.groupStride)
    let y = c.y + slice &* c.channels &* c.rows &* c.columns
    for block in 0..<blocks {
      let channel = block &* ConvTile.rows
      let tile = TilePlace(
        x: x, w: c.w + (group &* blocks &+ block) &* c.terms &* ConvTile.rows,
        y: y + channel &* c.rows &* c.columns, count: min(ConvTile.rows, c.channels &- channel),
        bias: c.bias.map { $0 + (group &* c.channels &+ channel) })
      if c.columnStride == 1 {
        outputRows(c, tile, rows, side: True.self)
      } else {
        outputRows(c, tile, rows, side: False.self)
      }
      if !c.epilogue.isEmpty { finish(c, slice &* c.channels &+ channel, tile.count, rows) }
    }
  }
}

/// Runs the epilogue on rows of the planes of some channels.
@inline(never)
private func finish(_ c: Convolution, _ plane: Int, _ count: Int, _ rows: Range<Int>) {
  for plane in plane..<plane &+ count {
    let first = plane &* c.rows &* c.columns
    c.epilogue.finish(first &+ rows.lowerBound &* c.columns, first &+ rows.upperBound &* c.columns)
  }
}

/// Where the channels of a tile read and write.
private struct TilePlace {
  let x, w, y: Floats
  /// Channels that exist.
  let count: Int
  let bias: Floats?
}

/// Up to a vector of outputs in one row.
private struct Run {
  var from = 0
  var to = 0
  var count = 0
}

/// Two runs at a time. `side`: the inputs of neighbouring outputs lie side by side.
@inline(__always)
private func outputRows<Side: StaticBool>(
  _ c: Convolution, _ p: TilePlace, _ rows: Range<Int>, side: Side.Type
) {
  var waiting = Run()
  for row in rows {
    var column = 0
    while column < c.columns {
      // A last short run of a long row is moved back: some outputs are computed twice.
      let at = c.columns >= Tile.lanes ? min(column, c.columns &- Tile.lanes) : column
      let run = Run(
        from: row &* c.rowStride &+ at &* c.columnStride, to: row &* c.columns &+ at,
        count: min(Tile.lanes, c.columns &- at))
      if waiting.count == 0 {
        waiting = run
      } else {
        convTile(c, p, waiting, run, side: side, single: False.self)
        waiting.count = 0
      }
      column &+= Tile.lanes
    }
  }
  if waiting.count > 0 { convTile(c, p, waiting, waiting, side: side, single: True.self) }
}

/// The outputs of one channel.
private struct Pair {
  var a = T(repeating: 0)
  var b = T(repeating: 0)

  @inline(__always)
  mutating func step<Single: StaticBool>(_ w: Float, _ x: T, _ y: T, single: Single.Type) {
    let v = T(repeating: w)
    a.addProduct(v, x)
    if !Single.isTrue { b.addProduct(v, y) }
  }

  @inline(__always)
  mutating func add(_ other: Pair) {
    a = a + other.a
    b = b + other.b
  }
}

private struct Channels {
  var r0 = Pair(), r1 = Pair(), r2 = Pair(), r3 = Pair()
  #if ADAM_V4
    var r4 = Pair(), r5 = Pair(), r6 = Pair(), r7 = Pair()
  #endif

  @inline(__always)
  mutating func step<Single: StaticBool>(_ w: Floats, _ x: T, _ y: T, single: Single.Type) {
    r0.step(w[0], x, y, single: single)
    r1.step(w[1], x, y, single: single)
    r2.step(w[2], x, y, single: single)
    r3.step(w[3], x, y, single: single)
    #if ADAM_V4
      r4.step(w[4], x, y, single: single)
      r5.step(w[5], x, y, single: single)
      r6.step(w[6], x, y, single: single)
      r7.step(w[7], x, y, single: single)
    #endif
  }

  @inline(__always)
  mutating func add(_ other: Channels) {
    r0.add(other.r0)
    r1.add(other.r1)
    r2.add(other.r2)
    r3.add(other.r3)
    #if ADAM_V4
      r4.add(other.r4)
      r5.add(other.r5)
      r6.add(other.r6)
      r7.add(other.r7)
    #endif
  }
}

@inline(never)
private func convTile<Side: StaticBool, Single: StaticBool>(
  _ c: Convolution, _ p: TilePlace, _ a: Run, _ b: Run, side: Side.Type, single: Single.Type
) {
  var total = chainBlock(c, p, a, b, 0, blockSize(c.terms), side: side, single: single)
  var term = blockSize(c.terms)
  while term < c.terms {
    let end = term &+ blockSize(c.terms &- term)
    total.add(chainBlock(c, p, a, b, term, end, side: side, single: single))
    term = end
  }
  put(total.r0, 0, c, p, a, b, single: single)
  put(total.r1, 1, c, p, a, b, single: single)
  put(total.r2, 2, c, p, a, b, single: single)
  put(total.r3, 3, c, p, a, b, single: single)
  #if ADAM_V4
    put(total.r4, 4, c, p, a, b, single: single)
    put(total.r5, 5, c, p, a, b, single: single)
    put(total.r6, 6, c, p, a, b, single: single)
    put(total.r7, 7, c, p, a, b, single: single)
  #endif
}

@inline(__always)
private func chainBlock<Side: StaticBool, Single: StaticBool>(
  _ c: Convolution, _ p: TilePlace, _ a: Run, _ b: Run, _ first: Int, _ end: Int, side: Side.Type,
  single: Single.Type
) -> Channels {
  var sums = Channels()
  var w = p.w + first &* ConvTile.rows
  let x = p.x + a.from, y = p.x + b.from
  for t in first..<end {
    let offset = Int(c.offsets[t])
    let u = Side.isTrue ? loadT(x + offset) : loadT(x + offset, c.columnStride)
    let v = Single.isTrue ? u : (Side.isTrue ? loadT(y + offset) : loadT(y + offset, c.columnStride))
    sums.step(w, u, v, single: single)
    w += ConvTile.rows
  }
  return sums
}

@inline(__always)
private func put<Single: StaticBool>(
  _ pair: Pair, _ row: Int, _ c: Convolution, _ p: TilePlace, _ a: Run, _ b: Run, single: Single.Type
) {
  guard row < p.count else { return }
  let to = p.y + row &* c.rows &* c.columns
  let bias = p.bias.map { T(repeating: $0[row]) }
  put(bias.map { pair.a + $0 } ?? pair.a, to + a.to, a.count, c.scratch)
  if !Single.isTrue { put(bias.map { pair.b + $0 } ?? pair.b, to + b.to, b.count, c.scratch) }
}

/// The first `count` lanes; half a vector or more as two halves that may overlap.
@inline(__always)
private func put(_ v: T, _ to: Floats, _ count: Int, _ scratch: Floats) {
  if count == Tile.lanes {
    UnsafeMutableRawPointer(to).storeBytes(of: v, as: T.self)
    return
  }
  UnsafeMutableRawPointer(scratch).storeBytes(of: v, as: T.self)
  let half = Tile.lanes / 2
  if count >= half {
    let rest = UnsafeRawPointer(scratch + (count &- half)).loadUnaligned(as: TileHalf.self)
    UnsafeMutableRawPointer(to).storeBytes(of: v.lowHalf, as: TileHalf.self)
    UnsafeMutableRawPointer(to + (count &- half)).storeBytes(of: rest, as: TileHalf.self)
  } else {
    for j in 0..<count { to[j] = scratch[j] }
  }
}
