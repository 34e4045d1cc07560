// The gradients of images that were pooled two by two, made where they are needed from those of the pooled images and
// the places of the largest elements.
import AdamFormulas
import AdamKernelABI

struct Unpooling {
  private let g: Floats
  private let places: Integers
  /// Of the pooled images.
  private let columns, channels: Int

  /// - Parameters:
  ///   - g: [.., columns, channels], and places of the same size: 2·row + column in the window.
  ///   - columns: of the images.
  init(_ g: Floats, _ places: Integers, columns: Int, channels: Int) {
    (self.g, self.places, self.columns, self.channels) = (g, places, columns / 2, channels)
  }

  /// Columns of the images.
  private var width: Int { 2 &* columns }

  /// Where the channels of the window of a pixel are; rows are counted over all images.
  @inline(__always)
  private func window(_ row: Int, _ column: Int) -> Int {
    ((row &>> 1) &* columns &+ column &>> 1) &* channels
  }

  /// The number of a pixel in its window.
  @inline(__always)
  private func place(_ row: Int, _ column: Int) -> Int32 {
    Int32(truncatingIfNeeded: (row & 1) &* 2 &+ column & 1)
  }

  /// Sixteen channels of a pixel.
  @inline(__always)
  private func sixteen(_ row: Int, _ column: Int, channel: Int) -> Lane16 {
    let at = window(row, column) &+ channel
    return Self.part(load16(g + at), bits16(places + at), place(row, column))
  }

  func sixteen(pixel: Int, channel: Int) -> Lane16 {
    let row = pixel / width
    return sixteen(row, pixel &- row &* width, channel: channel)
  }

  /// `count` channels of a pixel.
  @inline(__always)
  func copy(_ row: Int, _ column: Int, channel: Int, count: Int, to: Floats) {
    var done = 0
    while done &+ 16 <= count {
      store16(sixteen(row, column, channel: channel &+ done), to + done)
      done &+= 16
    }
    let rest = count &- done
    if rest > 0 { copyFew(window(row, column) &+ channel &+ done, place(row, column), rest, to + done) }
  }

  @inline(never)
  private func copyFew(_ at: Int, _ place: Int32, _ count: Int, _ to: Floats) {
    for i in 0..<count { to[i] = places[at &+ i] == place ? 0 + g[at &+ i] : 0 }
  }

  /// The sum with the zero there is exact but for a negative zero, which becomes positive.
  @inline(__always)
  private static func part(_ g: Lane16, _ places: SIMD16<Int32>, _ place: Int32) -> Lane16 {
    let zero = Lane16(repeating: 0)
    return zero.replacing(with: zero + g, where: places .== SIMD16(repeating: place))
  }

  /// `pairs` windows of a row, from the left pixel of one on; sixteen channels, or with `Single` false 32.
  @inline(never)
  private func copyPairs<Single: StaticBool>(
    _ row: Int, _ column: Int, _ pairs: Int, channel: Int, to: Floats, stride: Int, single: Single.Type
  ) {
    let left = place(row, 0), at = window(row, column) &+ channel
    var g = g + at, places = places + at, to = to
    for _ in 0..<pairs {
      Self.copyPair(g, places, left, to, stride)
      if !Single.isTrue { Self.copyPair(g + 16, places + 16, left, to + 16, stride) }
      (g, places, to) = (g + channels, places + channels, to + 2 &* stride)
    }
  }

  @_transparent
  private static func copyPair(_ g: Floats, _ places: Integers, _ left: Int32, _ to: Floats, _ stride: Int) {
    let zero = Lane16(repeating: 0)
    let v = zero + load16(g), which = bits16(places)
    store16(zero.replacing(with: v, where: which .== SIMD16(repeating: left)), to)
    store16(zero.replacing(with: v, where: which .== SIMD16(repeating: left &+ 1)), to + stride)
  }

  /// Neighbouring pixels, rows of images after one another, `stride` apart in `to`.
  func copy(pixels: Range<Int>, channel: Int, count: Int, to: Floats, stride: Int) {
    let width = width
    var pixel = pixels.lowerBound, to = to
    var row = pixel / width, column = pixel &- row &* width
    while pixel < pixels.upperBound {
      let length = min(width &- column, pixels.upperBound &- pixel)
      copyRun(row, column, length, channel: channel, count: count, to: to, stride: stride)
      to += length &* stride
      (pixel, row, column) = (pixel &+ length, row &+ 1, 0)
    }
  }

  /// Neighbouring pixels of a row.
  private func copyRun(_ row: Int, _ first: Int, _ length: Int, channel: Int, count: Int, to: Floats, stride: Int) {
    let pairs = count & 15 == 0 ? (length &- first & 1) / 2 : 0
    let start = pairs > 0 ? first & 1 : 0, end = start &+ 2 &* pairs
    for i in 0..<start { copy(row, first &+ i, channel: channel, count: count, to: to + i &* stride) }
    var done = 0
    while pairs > 0, done < count {
      let (at, out) = (channel &+ done, to + (start &* stride &+ done))
      if count &- done >= 32 {
        copyPairs(row, first &+ start, pairs, channel: at, to: out, stride: stride, single: False.self)
      } else {
        copyPairs(row, first &+ start, pairs, channel: at, to: out, stride: stride, single: True.self)
      }
      done &+= 32
    }
    for i in end..<length { copy(row, first &+ i, channel: channel, count: count, to: to + i &* stride) }
  }

  /// Adds sixteen channels of `count` pixels, an even number of them from an even one on, to those of `sums` in turn,
  /// which are `turn` and a power of two; the first pixel to the first of them.
  func add(from pixel: Int, count: Int, channel: Int, to sums: Floats, turn: Int) {
    var row = pixel / width, column = pixel &- row &* width
    var done = 0
    while done < count {
      let end = min(done &+ width &- column, count), left = place(row, 0)
      var at = window(row, column) &+ channel
      while done < end {
        let v = Lane16(repeating: 0) + load16(g + at), which = bits16(places + at)
        Self.add(v, which .== SIMD16(repeating: left), to: sums + 16 &* (done & (turn &- 1)))
        Self.add(v, which .== SIMD16(repeating: left &+ 1), to: sums + 16 &* ((done &+ 1) & (turn &- 1)))
        at &+= channels
        done &+= 2
      }
      (row, column) = (row &+ 1, 0)
    }
  }

  @_transparent
  private static func add(_ v: Lane16, _ isThere: SIMDMask<SIMD16<Int32>>, to sum: Floats) {
    store16(load16(sum) + Lane16(repeating: 0).replacing(with: v, where: isThere), sum)
  }

  /// One image among zeros: sizes and steps as the slots of `padPlanes` say.
  func pad(_ x: KernelArguments, _ to: Floats) {
    if x.padsFrame { return frame(x, to) }
    to.update(repeating: 0, count: x.n3 &* x.n4)
    for i in 0..<x.n1 {
      let row = x.n5 &+ i &* x.n7
      guard row >= 0, row < x.n3 else { continue }
      for j in 0..<width {
        let column = x.n6 &+ j &* x.n8
        if column >= 0, column < x.n4 { copy(i, j, channel: 0, count: channels, to: to + (row &* x.n4 &+ column)) }
      }
    }
  }

  /// One with zeros around, which alone have to be cleared.
  private func frame(_ x: KernelArguments, _ to: Floats) {
    var at = x.n5 &* x.n4 &+ x.n6
    clear(to, at)
    for i in 0..<x.n1 {
      copyRun(i, 0, width, channel: 0, count: channels, to: to + at, stride: channels)
      at &+= x.n2
      if i &+ 1 < x.n1 { clear(to + at, x.n4 &- x.n2) }
      at &+= x.n4 &- x.n2
    }
    at &-= x.n4 &- x.n2
    clear(to + at, x.n3 &* x.n4 &- at)
  }

  @inline(__always)
  private func clear(_ to: Floats, _ count: Int) {
    var at = 0
    while at < count {
      put(Lane16(repeating: 0), to + at, count &- at)
      at &+= 16
    }
  }
}

@inline(__always)
private func bits16(_ p: Integers) -> SIMD16<Int32> { UnsafeRawPointer(p).loadUnaligned(as: SIMD16<Int32>.self) }
