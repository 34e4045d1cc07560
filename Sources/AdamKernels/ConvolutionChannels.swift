// Convolution of images whose channels lie side by side: output channels fill the registers, and a term of the
// chain is one element of the image for all of them. Neighbouring outputs of a row are a run.
import AdamFormulas
import AdamKernelABI

private typealias T = TileVector

/// How outputs make a register tile: runs of neighbours in a row, each output with one or two vectors of channels.
/// The sums fill no more than half of the registers: the elements of a run are all loaded before they are used.
private protocol TileShape {
  /// Outputs of a run.
  static var length: Int { get }
  /// Runs of a tile with two vectors, and with one.
  static var runs: Int { get }
  static var singleRuns: Int { get }
}

#if ADAM_V4
  private enum Sevens: TileShape {
    static var length: Int { 7 }
    static var runs: Int { 1 }
    static var singleRuns: Int { 2 }
  }
#endif

private enum Fours: TileShape {
  static var length: Int { 4 }
  #if ADAM_V4
    static var runs: Int { 2 }
    static var singleRuns: Int { 3 }
  #else
    static var runs: Int { 1 }
    static var singleRuns: Int { 2 }
  #endif
}

/// A unit is some rows of an image.
func convChannelsLast(_ c: Convolution, _ begin: Int, _ end: Int) {
  let parts = (c.rows &+ c.rowsPerUnit &- 1) / c.rowsPerUnit
  for unit in begin..<end {
    let image = unit / parts, first = (unit &- image &* parts) &* c.rowsPerUnit
    let rows = first..<min(first &+ c.rowsPerUnit, c.rows)
    let y = image &* c.rows &* c.columns &* c.channels
    let x = c.padding.padded(c.x, image &* c.imageStride, image: image)
    if let places = c.places {
      pooledRows(c, x, image, rows, places)
      continue
    }
    eachBlock(c, ImagePlace(x: x, y: c.y + y), rows)
    if !c.epilogue.isEmpty, !c.epilogue.isRelu {
      let row = c.columns &* c.channels
      c.epilogue.finish(y &+ rows.lowerBound &* row, y &+ rows.upperBound &* row)
    }
  }
}

/// A few rows at a time, which are pooled before they leave the first cache.
private func pooledRows(_ c: Convolution, _ x: Floats, _ image: Int, _ rows: Range<Int>, _ places: Integers) {
  let row = c.columns &* c.channels
  let atOnce = max(2, 4096 / max(1, row) & ~1)
  for first in stride(from: rows.lowerBound, to: rows.upperBound, by: atOnce) {
    let end = min(first &+ atOnce, rows.upperBound)
    eachBlock(c, ImagePlace(x: x, y: c.rowsToPool - first &* row), first..<end)
    let to = (image &* c.rows &+ first) / 2 &* (c.columns / 2) &* c.channels
    let windows = Windows(twoByTwoIn: end &- first, columns: c.columns, channels: c.channels)
    maxPoolPlaces(windows, c.rowsToPool, c.y + to, places + to, isRelu: c.least == 0)
  }
}

private func eachBlock(_ c: Convolution, _ p: ImagePlace, _ rows: Range<Int>) {
  #if ADAM_V4
    // The shape that computes fewer outputs twice.
    let (sevens, fours) = ((c.columns &+ 6) / 7 &* 7, (c.columns &+ 3) / 4 &* 4)
    sevens <= fours ? eachBlock(c, p, rows, Sevens.self) : eachBlock(c, p, rows, Fours.self)
  #else
    eachBlock(c, p, rows, Fours.self)
  #endif
}

extension Convolution {
  /// Sums below it become 0: 0 for relu, else nothing is.
  fileprivate var leastSum: Float { places != nil ? least : epilogue.isRelu ? 0 : -.infinity }

  /// The window's elements lie the other way round than outputs.
  fileprivate var isTurned: Bool { terms > 1 && offsets[1] < offsets[0] }

  fileprivate var slides: Bool {
    guard windowColumns == 3, terms > 1 else { return false }
    let distance = Int(offsets[1]) &- Int(offsets[0])
    return distance == columnStride || distance == -columnStride
  }

  /// Of whole vectors.
  fileprivate var paddedChannels: Int { (channels &+ Tile.lanes &- 1) / Tile.lanes &* Tile.lanes }
}

private struct ImagePlace {
  let x, y: Floats
}

private func eachBlock<S: TileShape>(_ c: Convolution, _ p: ImagePlace, _ rows: Range<Int>, _: S.Type) {
  var first = 0
  while first < c.channels {
    let count = min(Tile.columns, c.channels &- first)
    let bias = c.bias.map { ChannelPair($0 + first, count: count) } ?? ChannelPair(repeating: -0.0)
    let block = ChannelBlock(
      x: p.x, w: c.w + first &* c.terms, y: p.y + first, count: count, bias: bias,
      least: T(repeating: c.leastSum),
      isWhole: count % Tile.lanes == 0 && c.columns >= S.length, width: min(Tile.columns, c.paddedChannels),
      step: c.isTurned ? -c.columnStride : c.columnStride, outStep: c.isTurned ? -c.channels : c.channels,
      slides: c.slides)
    if count > Tile.lanes {
      eachTile(c, block, rows, S.self, single: False.self)
    } else {
      eachTile(c, block, rows, S.self, single: True.self)
    }
    first &+= Tile.columns
  }
}

/// Two vectors of channels.
private struct ChannelBlock {
  let x, w, y: Floats
  /// Channels that exist.
  let count: Int
  /// -0 where there is none: it changes no sum.
  let bias: ChannelPair
  /// As `Convolution.leastSum`.
  let least: T
  /// All channels of the block exist, and all outputs of every run.
  let isWhole: Bool
  /// From term to term of w.
  let width: Int
  /// From output to output of a run, in x and in y: backwards where the window is turned round.
  let step, outStep: Int
  /// Rows of the window have three elements that lie apart as outputs do.
  let slides: Bool

  @inline(__always)
  private func finished(_ v: T, _ bias: T) -> T {
    let sum = v + bias
    return sum.replacing(with: 0, where: sum .< least)
  }

  /// Of all channels of the block: one vector, or two.
  @inline(__always)
  func put<Single: StaticBool>(_ sums: ChannelPair, _ to: Floats, single: Single.Type) {
    storeT(finished(sums.a, bias.a), to)
    if !Single.isTrue { storeT(finished(sums.b, bias.b), to + Tile.lanes) }
  }

  /// Of `outputs` outputs `stride` apart, as far as there are channels.
  @inline(never)
  func put(_ sums: Floats, _ to: Floats, outputs: Int, stride: Int) {
    for i in 0..<outputs {
      let from = sums + i &* Tile.columns, to = to + i &* stride
      put(finished(loadT(from), bias.a), to, count)
      if count > Tile.lanes { put(finished(loadT(from + Tile.lanes), bias.b), to + Tile.lanes, count &- Tile.lanes) }
    }
  }

  @inline(__always)
  private func put(_ v: T, _ to: Floats, _ count: Int) {
    count >= Tile.lanes ? storeT(v, to) : storeFirst(v, to, count)
  }
}

/// A run: where its first output reads and is written.
private struct Run {
  var from = 0
  var to = 0
}

private struct Runs {
  var a = Run(), b = Run(), c = Run()

  /// The last of them, and whatever is missing behind it.
  @inline(__always)
  mutating func set(_ index: Int, _ run: Run) {
    if index == 0 { a = run }
    if index <= 1 { b = run }
    c = run
  }
}

@inline(__always)
private func eachTile<S: TileShape, Single: StaticBool>(
  _ c: Convolution, _ p: ChannelBlock, _ rows: Range<Int>, _: S.Type, single: Single.Type
) {
  var runs = Runs(), count = 0
  let whole = Single.isTrue ? S.singleRuns : S.runs
  let outputs = min(S.length, c.columns)
  for row in rows {
    var column = 0
    while column < c.columns {
      // A last short run of a row is moved back: some outputs are computed twice.
      let at = c.columns >= S.length ? min(column, c.columns &- S.length) : column
      // Backwards from the last output; what there is none for is read behind the row either way.
      let (first, to) = p.step < 0 ? (at &+ S.length &- 1, at &+ outputs &- 1) : (at, at)
      runs.set(
        count, Run(from: row &* c.rowStride &+ first &* c.columnStride, to: (row &* c.columns &+ to) &* c.channels))
      count &+= 1
      if count == whole {
        channelTile(c, p, runs, S.self, single: single)
        count = 0
      }
      column &+= S.length
    }
  }
  if count > 0 { channelTile(c, p, runs, S.self, single: single) }
}

/// The weights of one term: one or two vectors of channels.
private struct TermWeights {
  let a, b: T

  @inline(__always)
  init<Single: StaticBool>(_ p: Floats, single: Single.Type) {
    a = loadT(p)
    b = Single.isTrue ? a : loadT(p + Tile.lanes)
  }
}

/// The sums of one run.
private struct RunSums<S: TileShape> {
  var p0 = ChannelPair(), p1 = ChannelPair(), p2 = ChannelPair(), p3 = ChannelPair()
  var p4 = ChannelPair(), p5 = ChannelPair(), p6 = ChannelPair()

  @inline(__always)
  init() {}

  /// `stride`: from output to output.
  @inline(__always)
  mutating func step<Single: StaticBool>(
    _ x: UnsafePointer<Float>, _ stride: Int, _ w: T, _ v: T, single: Single.Type
  ) {
    p0.step(x[0], w, v, single: single)
    p1.step(x[stride], w, v, single: single)
    p2.step(x[2 &* stride], w, v, single: single)
    p3.step(x[3 &* stride], w, v, single: single)
    if S.length > 4 {
      p4.step(x[4 &* stride], w, v, single: single)
      p5.step(x[5 &* stride], w, v, single: single)
      p6.step(x[6 &* stride], w, v, single: single)
    }
  }

  /// Three neighbours of a row of the window at once, the distance of two being `stride` as well: an element is
  /// loaded for all outputs that use it. The terms of each output keep their order.
  @inline(__always)
  mutating func slide<Single: StaticBool>(
    _ x: UnsafePointer<Float>, _ stride: Int, _ w: TermWeights, _ v: TermWeights, _ u: TermWeights,
    single: Single.Type
  ) {
    let y = x + 3 &* stride, z = y + 3 &* stride
    p0.step(x[0], w.a, w.b, single: single)
    p0.step(x[stride], v.a, v.b, single: single)
    p1.step(x[stride], w.a, w.b, single: single)
    p0.step(x[2 &* stride], u.a, u.b, single: single)
    p1.step(x[2 &* stride], v.a, v.b, single: single)
    p2.step(x[2 &* stride], w.a, w.b, single: single)
    p1.step(y[0], u.a, u.b, single: single)
    p2.step(y[0], v.a, v.b, single: single)
    p3.step(y[0], w.a, w.b, single: single)
    p2.step(y[stride], u.a, u.b, single: single)
    p3.step(y[stride], v.a, v.b, single: single)
    if S.length > 4 {
      p4.step(y[stride], w.a, w.b, single: single)
      p3.step(y[2 &* stride], u.a, u.b, single: single)
      p4.step(y[2 &* stride], v.a, v.b, single: single)
      p5.step(y[2 &* stride], w.a, w.b, single: single)
      p4.step(z[0], u.a, u.b, single: single)
      p5.step(z[0], v.a, v.b, single: single)
      p6.step(z[0], w.a, w.b, single: single)
      p5.step(z[stride], u.a, u.b, single: single)
      p6.step(z[stride], v.a, v.b, single: single)
      p6.step(z[2 &* stride], u.a, u.b, single: single)
    } else {
      p3.step(y[2 &* stride], u.a, u.b, single: single)
    }
  }

  /// Those of the next block of terms.
  @inline(__always)
  mutating func add(to earlier: Floats) {
    p0.add(to: earlier)
    p1.add(to: earlier + Tile.columns)
    p2.add(to: earlier + 2 &* Tile.columns)
    p3.add(to: earlier + 3 &* Tile.columns)
    if S.length > 4 {
      p4.add(to: earlier + 4 &* Tile.columns)
      p5.add(to: earlier + 5 &* Tile.columns)
      p6.add(to: earlier + 6 &* Tile.columns)
    }
  }

  @inline(__always)
  func store(_ to: Floats) {
    p0.store(to)
    p1.store(to + Tile.columns)
    p2.store(to + 2 &* Tile.columns)
    p3.store(to + 3 &* Tile.columns)
    if S.length > 4 {
      p4.store(to + 4 &* Tile.columns)
      p5.store(to + 5 &* Tile.columns)
      p6.store(to + 6 &* Tile.columns)
    }
  }

  @inline(__always)
  func put<Single: StaticBool>(_ p: ChannelBlock, _ to: Floats, _ stride: Int, single: Single.Type) {
    p.put(p0, to, single: single)
    p.put(p1, to + stride, single: single)
    p.put(p2, to + 2 &* stride, single: single)
    p.put(p3, to + 3 &* stride, single: single)
    if S.length > 4 {
      p.put(p4, to + 4 &* stride, single: single)
      p.put(p5, to + 5 &* stride, single: single)
      p.put(p6, to + 6 &* stride, single: single)
    }
  }
}

/// A block of terms at a time; between two of them the sums lie in the scratch, output by output.
@inline(never)
private func channelTile<S: TileShape, Single: StaticBool>(
  _ c: Convolution, _ p: ChannelBlock, _ runs: Runs, _: S.Type, single: Single.Type
) {
  let count = Single.isTrue ? S.singleRuns : S.runs
  let xa = p.x + runs.a.from, xb = p.x + runs.b.from, xc = p.x + runs.c.from
  let sa = c.scratch, sb = sa + S.length &* Tile.columns, sc = sb + S.length &* Tile.columns
  var w = p.w
  var term = 0
  repeat {
    let last = term &+ blockSize(c.terms &- term)
    var (a, b, d) = (RunSums<S>(), RunSums<S>(), RunSums<S>())
    if p.slides, (last &- term) % 3 == 0 {
      var t = term
      while t < last {
        let offset = Int(c.offsets[t])
        let u = TermWeights(w, single: single), v = TermWeights(w + p.width, single: single)
        let z = TermWeights(w + 2 &* p.width, single: single)
        a.slide(xa + offset, p.step, u, v, z, single: single)
        if count > 1 { b.slide(xb + offset, p.step, u, v, z, single: single) }
        if count > 2 { d.slide(xc + offset, p.step, u, v, z, single: single) }
        w += 3 &* p.width
        t &+= 3
      }
    } else {
      for t in term..<last {
        let offset = Int(c.offsets[t])
        let u = TermWeights(w, single: single)
        a.step(xa + offset, p.step, u.a, u.b, single: single)
        if count > 1 { b.step(xb + offset, p.step, u.a, u.b, single: single) }
        if count > 2 { d.step(xc + offset, p.step, u.a, u.b, single: single) }
        w += p.width
      }
    }
    if term > 0 {
      a.add(to: sa)
      if count > 1 { b.add(to: sb) }
      if count > 2 { d.add(to: sc) }
    }
    if last == c.terms, p.isWhole {
      a.put(p, p.y + runs.a.to, p.outStep, single: single)
      if count > 1 { b.put(p, p.y + runs.b.to, p.outStep, single: single) }
      if count > 2 { d.put(p, p.y + runs.c.to, p.outStep, single: single) }
      return
    }
    a.store(sa)
    if count > 1 { b.store(sb) }
    if count > 2 { d.store(sc) }
    term = last
  } while term < c.terms
  let outputs = min(S.length, c.columns)
  let skipped = p.step < 0 ? (S.length &- outputs) &* Tile.columns : 0
  p.put(sa + skipped, p.y + runs.a.to, outputs: outputs, stride: p.outStep)
  if count > 1 { p.put(sb + skipped, p.y + runs.b.to, outputs: outputs, stride: p.outStep) }
  if count > 2 { p.put(sc + skipped, p.y + runs.c.to, outputs: outputs, stride: p.outStep) }
}
