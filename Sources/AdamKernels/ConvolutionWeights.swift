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
  let g, x, partials: Floats
  let offsets: Integers
  let terms, channels, groups, imageStride, groupStride: Int
  let rows, columns, rowStride, columnStride: Int
  /// Of the long sum.
  let places, firstBlock: Int
  let padding: ImagePadding
  /// Room for gradients, channels side by side.
  let gradients: Floats
  /// Whether they already lie so.
  let isLast: Bool
  /// Of the pooled images whose gradients g are.
  let unpooling: Unpooling?
  /// Of `partials` from term to term.
  let paddedChannels: Int

  init(_ a: UnsafePointer<KernelArguments>) {
    (g, x, partials) = (a.pointee.p0.floats, a.pointee.p1.floats, a.pointee.p2.floats)
    offsets = a.pointee.p3.integers
    (terms, channels, groups) = (a.pointee.n1, a.pointee.n2, a.pointee.n3)
    (imageStride, groupStride) = (a.pointee.n4, a.pointee.n5)
    (rows, columns, rowStride, columnStride) = (a.pointee.n6, a.pointee.n7, a.pointee.n8, a.pointee.n9)
    places = a.pointee.n0 &* rows &* columns
    (firstBlock, isLast) = (a.pointee.n10, a.pointee.n12 == 1)
    let scratch = a.pointee.scratch.floats
    padding = ImagePadding(a.pointee.p4, planes: a.pointee.n11, room: scratch)
    gradients = scratch + KernelArguments.imageBytes / 4
    paddedChannels = (channels &+ Tile.lanes &- 1) / Tile.lanes &* Tile.lanes
    let (columns, channels) = (columns, channels)
    unpooling = a.pointee.p5.optionalIntegers.map { [g] in Unpooling(g, $0, columns: columns, channels: channels) }
  }

  var channelBlocks: Int { (channels &+ Tile.columns &- 1) / Tile.columns }
  var plane: Int { rows &* columns }

  /// Gradients that are made here stay in the first cache until they are read.
  func placesAtOnce(from channel: Int) -> Int {
    unpooling == nil ? Int.max : channels &- channel > Tile.lanes ? 4096 / Tile.columns : 4096 / Tile.lanes
  }

  /// The sums of no places, of the channels of a unit.
  func clear(_ to: Floats, from channel: Int) {
    let count = min(Tile.columns, paddedChannels &- channel)
    for term in 0..<terms { (to + term &* paddedChannels).update(repeating: 0, count: count) }
  }
}

/// A unit sums one block of the long sum for some output channels, image by image: it brings the channels of the
/// image's gradients side by side, and adds to the sums of each tile what the image has.
func convWeights(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let s = WeightSums(arguments(raw))
  // A block ends inside an image as a rule, and the next one begins there.
  var (near, x) = (-1, s.x)
  for unit in begin..<end {
    let slice = unit / s.channelBlocks, block = slice / s.groups
    let group = slice &- block &* s.groups
    let channel = (unit &- slice &* s.channelBlocks) &* Tile.columns
    let to = s.partials + (slice &* s.terms &* s.paddedChannels &+ channel)
    let range = blockRange(s.firstBlock &+ block, of: s.places)
    if range.isEmpty { s.clear(to, from: channel) }
    var first = range.lowerBound
    while first < range.upperBound {
      let image = first / s.plane, inside = first &- image &* s.plane
      let count = min(min(s.plane &- inside, range.upperBound &- first), s.placesAtOnce(from: channel))
      if image &* s.groups &+ group != near {
        near = image &* s.groups &+ group
        x = s.padding.padded(s.x, image &* s.imageStride &+ group &* s.groupStride, image: image)
      }
      let place = SumPlace(
        x: x, slice: near, channel: channel, first: inside, count: count, to: to,
        isFirst: first == range.lowerBound)
      if s.channels &- channel > Tile.lanes {
        sumImage(s, place, single: False.self)
      } else {
        sumImage(s, place, single: True.self)
      }
      first &+= count
    }
  }
}

/// Neighbouring places of one image.
private struct SumPlace {
  /// The group's planes of the image.
  let x: Floats
  /// The group of the image, and its first channel.
  let slice, channel: Int
  /// Places inside the image.
  let first, count: Int
  /// The sums of the block.
  let to: Floats
  /// Nothing is there yet.
  let isFirst: Bool
}

/// Gradients of neighbouring places, channels side by side.
private struct GradientRows {
  let g: Floats
  /// From place to place.
  let stride: Int

  init(_ s: WeightSums, _ p: SumPlace) {
    let count = min(s.channels &- p.channel, Tile.columns)
    if let unpooling = s.unpooling {
      let first = p.slice &* s.plane &+ p.first
      (g, stride) = (s.gradients, count <= Tile.lanes ? Tile.lanes : Tile.columns)
      unpooling.copy(pixels: first..<first &+ p.count, channel: p.channel, count: count, to: g, stride: stride)
      return
    }
    if s.isLast {
      let from = s.g + ((p.slice &* s.plane &+ p.first) &* s.channels &+ p.channel)
      if count % Tile.lanes == 0 {
        (g, stride) = (from, s.channels)
        return
      }
      for i in 0..<p.count { (s.gradients + i &* Tile.columns).update(from: from + i &* s.channels, count: count) }
    } else {
      let plane = p.slice &* s.channels &+ p.channel
      interleaveRuns(
        s.g + (plane &* s.plane &+ p.first), s.plane, 1, p.count, s.gradients, runs: count, rowLength: Tile.columns)
    }
    (g, stride) = (s.gradients, Tile.columns)
  }
}

@inline(__always)
private func sumImage<Single: StaticBool>(_ s: WeightSums, _ p: SumPlace, single: Single.Type) {
  let gradients = GradientRows(s, p)
  var term = 0
  while term < s.terms {
    weightTile(s, p, gradients, term, single: single)
    term &+= WeightTile.rows
  }
}

private struct Terms {
  var r0, r1, r2, r3, r4: ChannelPair
  #if ADAM_V4
    var r5, r6, r7, r8: ChannelPair
  #endif

  @inline(__always)
  init<Single: StaticBool>(_ t: SumTarget, isFirst: Bool, single: Single.Type) {
    r0 = ChannelPair(t[0], isFirst: isFirst, single: single)
    r1 = ChannelPair(t[1], isFirst: isFirst, single: single)
    r2 = ChannelPair(t[2], isFirst: isFirst, single: single)
    r3 = ChannelPair(t[3], isFirst: isFirst, single: single)
    r4 = ChannelPair(t[4], isFirst: isFirst, single: single)
    #if ADAM_V4
      r5 = ChannelPair(t[5], isFirst: isFirst, single: single)
      r6 = ChannelPair(t[6], isFirst: isFirst, single: single)
      r7 = ChannelPair(t[7], isFirst: isFirst, single: single)
      r8 = ChannelPair(t[8], isFirst: isFirst, single: single)
    #endif
  }
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
  _ s: WeightSums, _ p: SumPlace, _ gradients: GradientRows, _ term: Int, single: Single.Type
) {
  let target = SumTarget(
    to: p.to + term &* s.paddedChannels, stride: s.paddedChannels, last: min(WeightTile.rows, s.terms &- term) &- 1)
  var sums = Terms(target, isFirst: p.isFirst, single: single)
  let o = TermOffsets(s, term)
  var g = gradients.g
  var rest = p.count
  var row = p.first / s.columns, column = p.first &- row &* s.columns
  while rest > 0 {
    let count = min(s.columns &- column, rest)
    var x = p.x + (row &* s.rowStride &+ column &* s.columnStride)
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
      g += gradients.stride
    }
    rest &-= count
    (row, column) = (row &+ 1, 0)
  }
  target.put(sums.r0, 0, single: single)
  target.put(sums.r1, 1, single: single)
  target.put(sums.r2, 2, single: single)
  target.put(sums.r3, 3, single: single)
  target.put(sums.r4, 4, single: single)
  #if ADAM_V4
    target.put(sums.r5, 5, single: single)
    target.put(sums.r6, 6, single: single)
    target.put(sums.r7, 7, single: single)
    target.put(sums.r8, 8, single: single)
  #endif
}

/// Where the sums of a tile are.
private struct SumTarget {
  let to: Floats
  let stride: Int
  /// The last term that exists: those behind it compute it again.
  let last: Int

  @inline(__always)
  subscript(term: Int) -> Floats { to + min(term, last) &* stride }

  @inline(__always)
  func put<Single: StaticBool>(_ pair: ChannelPair, _ term: Int, single: Single.Type) {
    storeT(pair.a, self[term])
    if !Single.isTrue { storeT(pair.b, self[term] + Tile.lanes) }
  }
}

/// Adds the sums of blocks in their order, to those that are there where `n2` says so.
func addBlocks(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
  let (blocks, count) = (x.n0, x.n1)
  for unit in begin..<end {
    let last = min((unit &+ 1) &* KernelTable.chunk, count)
    var at = unit &* KernelTable.chunk
    while at < last {
      let lanes = min(16, last &- at)
      var sum = some((x.n2 == 1 ? x.p1.floats : x.p0.floats) + at, lanes)
      for block in (x.n2 == 1 ? 0 : 1)..<blocks { sum = sum + some(x.p0.floats + (block &* count &+ at), lanes) }
      put(sum, x.p1.floats + at, lanes)
      at &+= 16
    }
  }
}
