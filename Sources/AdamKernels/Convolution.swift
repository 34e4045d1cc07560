// Convolution without copies of windows: a term of the chain is an offset into the (padded) images, and
// neighbouring outputs of a row lie side by side in a register (numerics rule 1).
import AdamFormulas
import AdamKernelABI

private typealias T = TileVector

/// Output channels of a register tile; each has up to three vectors of outputs.
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

/// Weights of n6 output channels side by side, term after term; zeros beyond the last.
func convPack(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
  let (rows, outer, inner) = (x.n0, x.n1, x.n2)
  let width = x.n6
  let blocks = (rows &+ width &- 1) / width
  let terms = outer &* inner
  for unit in begin..<end {
    let group = unit / blocks, first = (unit &- group &* blocks) &* width
    let to = x.p1.floats + unit &* terms &* width
    for r in 0..<width {
      guard first &+ r < rows else {
        for t in 0..<terms { to[t &* width &+ r] = 0 }
        continue
      }
      let from = x.p0.floats + (group &* x.n5 &+ (first &+ r) &* x.n3)
      for o in 0..<outer {
        for i in 0..<inner { to[(o &* inner &+ i) &* width &+ r] = from[o &* x.n4 &+ i] }
      }
    }
  }
}

/// The operands of one convolution, as the `conv` slots say.
struct Convolution {
  let x, w, y: Floats
  let bias: Floats?
  let offsets: Integers
  let channels, terms, groups, imageStride, groupStride: Int
  let rows, columns, rowStride, columnStride, rowsPerUnit: Int
  /// With channels last: columns of the window, whose elements follow one another as terms.
  let windowColumns: Int
  /// Room for the sums of a tile.
  let scratch: Floats
  let padding: ImagePadding
  let epilogue: Epilogue
  /// Where the places of the largest elements go: the results are pooled.
  let places: Integers?
  /// Room for rows before they are pooled.
  let rowsToPool: Floats
  /// Pooled sums below it become 0.
  let least: Float

  /// Floats of the sums of a tile.
  private static let sumCount = max(ConvTile.rows &* Triple<Three>.room, 16 &* Tile.columns)

  init(_ a: UnsafePointer<KernelArguments>) {
    (x, w, y) = (a.pointee.p0.floats, a.pointee.p1.floats, a.pointee.p2.floats)
    (bias, offsets) = (a.pointee.p3.optionalFloats, a.pointee.p4.integers)
    (channels, terms, groups) = (a.pointee.n1, a.pointee.n2, a.pointee.n3)
    (imageStride, groupStride) = (a.pointee.n4, a.pointee.n5)
    (rows, columns, rowStride, columnStride) = (a.pointee.n6, a.pointee.n7, a.pointee.n8, a.pointee.n9)
    (rowsPerUnit, windowColumns) = (a.pointee.n10, a.pointee.n0)
    scratch = a.pointee.scratch.floats
    padding = ImagePadding(a.pointee.p6, planes: a.pointee.n11, room: scratch + Self.sumCount)
    epilogue = Epilogue(a)
    (places, least) = (a.pointee.p7.optionalIntegers, a.pointee.f0)
    rowsToPool = scratch + (Self.sumCount &+ KernelArguments.imageBytes / 4)
  }
}

func conv(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let c = Convolution(arguments(raw))
  if arguments(raw).pointee.n12 == 1 { return convChannelsLast(c, begin, end) }
  let parts = (c.rows &+ c.rowsPerUnit &- 1) / c.rowsPerUnit
  let blocks = (c.channels &+ ConvTile.rows &- 1) / ConvTile.rows
  for unit in begin..<end {
    let slice = unit / parts, part = unit &- slice &* parts
    let image = slice / c.groups, group = slice &- image &* c.groups
    let first = part &* c.rowsPerUnit
    let rows = first..<min(first &+ c.rowsPerUnit, c.rows)
    let x = c.padding.padded(c.x, image &* c.imageStride &+ group &* c.groupStride, image: image)
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
      if !c.epilogue.isEmpty, !c.epilogue.isRelu { finish(c, slice &* c.channels &+ channel, tile.count, rows) }
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

/// Runs of a register tile.
private protocol RunCount {
  static var count: Int { get }
}

private enum One: RunCount { static var count: Int { 1 } }
private enum Two: RunCount { static var count: Int { 2 } }
private enum Three: RunCount { static var count: Int { 3 } }

private struct Runs {
  var a = Run(), b = Run(), c = Run()
  var count = 0

  @inline(__always)
  mutating func append(_ run: Run) {
    if count == 0 { a = run } else if count == 1 { b = run } else { c = run }
    count &+= 1
  }
}

/// Three runs at a time.
@inline(__always)
private func outputRows<Side: StaticBool>(
  _ c: Convolution, _ p: TilePlace, _ rows: Range<Int>, side: Side.Type
) {
  var runs = Runs()
  let end = rows.upperBound &* c.columns
  for row in rows {
    var column = 0
    while column < c.columns {
      // A last short run of a long row is moved back: some outputs are computed twice. What a short row writes
      // behind its end is written again by the next one.
      let at = c.columns >= Tile.lanes ? min(column, c.columns &- Tile.lanes) : column
      let to = row &* c.columns &+ at
      runs.append(
        Run(
          from: row &* c.rowStride &+ at &* c.columnStride, to: to,
          count: to &+ Tile.lanes <= end ? Tile.lanes : c.columns &- at))
      if runs.count == Three.count {
        convTile(c, p, runs, Three.self, side: side)
        runs.count = 0
      }
      column &+= Tile.lanes
    }
  }
  if runs.count == Two.count { convTile(c, p, runs, Two.self, side: side) }
  if runs.count == One.count { convTile(c, p, runs, One.self, side: side) }
}

/// The outputs of one channel, or inputs of one term.
private struct Triple<N: RunCount> {
  var a = T(repeating: 0)
  var b = T(repeating: 0)
  var c = T(repeating: 0)

  @inline(__always)
  mutating func step(_ w: Float, _ x: Triple) {
    let v = T(repeating: w)
    a.addProduct(v, x.a)
    if N.count > 1 { b.addProduct(v, x.b) }
    if N.count > 2 { c.addProduct(v, x.c) }
  }

  @inline(__always)
  mutating func add(_ other: Triple) {
    a = a + other.a
    if N.count > 1 { b = b + other.b }
    if N.count > 2 { c = c + other.c }
  }

  @inline(__always)
  mutating func add(_ v: T) { add(Triple(a: v, b: v, c: v)) }

  @inline(__always)
  mutating func relu() { (a, b, c) = (reluT(a), reluT(b), reluT(c)) }

  /// Floats of one in the scratch.
  @inline(__always)
  static var room: Int { N.count &* Tile.lanes }

  @inline(__always)
  init(a: T, b: T, c: T) { (self.a, self.b, self.c) = (a, b, c) }

  @inline(__always)
  init() {}

  @inline(__always)
  init(from p: Floats) {
    a = loadT(p)
    if N.count > 1 { b = loadT(p + Tile.lanes) }
    if N.count > 2 { c = loadT(p + 2 &* Tile.lanes) }
  }

  @inline(__always)
  func store(to p: Floats, isFirst: Bool) {
    var sums = self
    if !isFirst {
      sums = Triple(from: p)
      sums.add(self)
    }
    sums.store(to: p)
  }

  @inline(__always)
  private func store(to p: Floats) {
    storeT(a, p)
    if N.count > 1 { storeT(b, p + Tile.lanes) }
    if N.count > 2 { storeT(c, p + 2 &* Tile.lanes) }
  }
}

private struct Channels<N: RunCount> {
  var r0 = Triple<N>(), r1 = Triple<N>(), r2 = Triple<N>(), r3 = Triple<N>()
  #if ADAM_V4
    var r4 = Triple<N>(), r5 = Triple<N>(), r6 = Triple<N>(), r7 = Triple<N>()
  #endif

  @inline(__always)
  mutating func step(_ w: Floats, _ x: Triple<N>) {
    r0.step(w[0], x)
    r1.step(w[1], x)
    r2.step(w[2], x)
    r3.step(w[3], x)
    #if ADAM_V4
      r4.step(w[4], x)
      r5.step(w[5], x)
      r6.step(w[6], x)
      r7.step(w[7], x)
    #endif
  }

  /// Added to those in the scratch, unless they are the first.
  @inline(__always)
  func store(to p: Floats, isFirst: Bool) {
    let room = Triple<N>.room
    r0.store(to: p, isFirst: isFirst)
    r1.store(to: p + room, isFirst: isFirst)
    r2.store(to: p + 2 &* room, isFirst: isFirst)
    r3.store(to: p + 3 &* room, isFirst: isFirst)
    #if ADAM_V4
      r4.store(to: p + 4 &* room, isFirst: isFirst)
      r5.store(to: p + 5 &* room, isFirst: isFirst)
      r6.store(to: p + 6 &* room, isFirst: isFirst)
      r7.store(to: p + 7 &* room, isFirst: isFirst)
    #endif
  }
}

/// A block of terms at a time; between two of them the sums lie in the scratch.
@inline(never)
private func convTile<N: RunCount, Side: StaticBool>(
  _ c: Convolution, _ p: TilePlace, _ runs: Runs, _: N.Type, side: Side.Type
) {
  var term = 0
  repeat {
    let end = term &+ blockSize(c.terms &- term)
    let sums: Channels<N> = chainBlock(c, p, runs, term, end, side: side)
    sums.store(to: c.scratch, isFirst: term == 0)
    term = end
  } while term < c.terms
  finishTile(c, p, runs, N.self)
}

@inline(__always)
private func chainBlock<N: RunCount, Side: StaticBool>(
  _ c: Convolution, _ p: TilePlace, _ runs: Runs, _ first: Int, _ end: Int, side: Side.Type
) -> Channels<N> {
  var sums = Channels<N>()
  var w = p.w + first &* ConvTile.rows
  let xa = p.x + runs.a.from, xb = p.x + runs.b.from, xc = p.x + runs.c.from
  for t in first..<end {
    let offset = Int(c.offsets[t])
    var x = Triple<N>()
    x.a = Side.isTrue ? loadT(xa + offset) : loadT(xa + offset, c.columnStride)
    if N.count > 1 { x.b = Side.isTrue ? loadT(xb + offset) : loadT(xb + offset, c.columnStride) }
    if N.count > 2 { x.c = Side.isTrue ? loadT(xc + offset) : loadT(xc + offset, c.columnStride) }
    sums.step(w, x)
    w += ConvTile.rows
  }
  return sums
}

/// From the scratch to where the outputs belong.
@inline(__always)
private func finishTile<N: RunCount>(_ c: Convolution, _ p: TilePlace, _ runs: Runs, _: N.Type) {
  var to = p.y
  for row in 0..<p.count {
    var sums = Triple<N>(from: c.scratch + row &* Triple<N>.room)
    if let bias = p.bias { sums.add(T(repeating: bias[row])) }
    if c.epilogue.isRelu { sums.relu() }
    storeRun(sums.a, to + runs.a.to, runs.a.count)
    if N.count > 1 { storeRun(sums.b, to + runs.b.to, runs.b.count) }
    if N.count > 2 { storeRun(sums.c, to + runs.c.to, runs.c.count) }
    to += c.rows &* c.columns
  }
}

/// The first `count` lanes.
@inline(__always)
private func storeRun(_ v: T, _ to: Floats, _ count: Int) {
  count == Tile.lanes ? storeT(v, to) : storeFirst(v, to, count)
}
