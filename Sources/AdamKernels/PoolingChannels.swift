// Poolings of images whose channels lie side by side: one window at a time, all its channels at once.
import AdamFormulas
import AdamKernelABI

/// A window of an image: the elements of it that exist, `channels` apart along a row.
private struct Window {
  let rows, columns: Range<Int>
  let step: (Int, Int)

  init(_ w: Windows, _ i: Int, _ j: Int) {
    rows = Self.inside(i &* w.stride.0 &- w.padding.0, w.kernel.0, w.dilation.0, w.rows)
    columns = Self.inside(j &* w.stride.1 &- w.padding.1, w.kernel.1, w.dilation.1, w.columns)
    step = w.dilation
  }

  /// From the first element that is not padding to the last.
  private static func inside(_ first: Int, _ count: Int, _ step: Int, _ size: Int) -> Range<Int> {
    let skipped = first < 0 ? (step &- 1 &- first) / step : 0
    let from = first &+ skipped &* step, to = min(first &+ (count &- 1) &* step &+ 1, size)
    return from..<max(from, to)
  }

  /// Offsets of its elements in row-major order.
  @inline(__always)
  func each(_ w: Windows, _ body: (Int) -> Void) {
    var row = rows.lowerBound
    while row < rows.upperBound {
      var column = columns.lowerBound
      while column < columns.upperBound {
        body((row &* w.columns &+ column) &* w.channels)
        column &+= step.1
      }
      row &+= step.0
    }
  }
}

/// Up to sixteen channels of a pixel; all of them where the compiler knows it.
private struct Channels<Whole: StaticBool> {
  let count: Int

  @inline(__always)
  func load(_ p: Floats) -> Lane16 { Whole.isTrue ? load16(p) : some(p, count) }

  @inline(__always)
  func store(_ v: Lane16, _ p: Floats) { Whole.isTrue ? store16(v, p) : put(v, p, count) }

  @inline(__always)
  func store(_ v: SIMD16<Int32>, _ p: Integers) {
    if Whole.isTrue { return UnsafeMutableRawPointer(p).storeBytes(of: v, as: SIMD16<Int32>.self) }
    for i in 0..<count { p[i] = v[i] }
  }
}

/// What is done to the channels of a window.
private protocol WindowWork {
  /// For the channels from `at` on of the window in row i, column j of the result.
  func run<Whole: StaticBool>(_ i: Int, _ j: Int, _ at: Int, _ channels: Channels<Whole>)
}

/// Of some rows of windows.
@inline(__always)
private func eachWindow(_ w: Windows, _ rows: Range<Int>, _ work: some WindowWork) {
  let whole = w.channels & ~15
  for i in rows {
    for j in 0..<w.outColumns {
      var at = 0
      while at < whole {
        work.run(i, j, at, Channels<True>(count: 16))
        at &+= 16
      }
      if at < w.channels { work.run(i, j, at, Channels<False>(count: w.channels &- at)) }
    }
  }
}

func maxPoolChannelsLast(_ x: UnsafePointer<KernelArguments>, _ w: Windows, _ begin: Int, _ end: Int) {
  let epilogue = Epilogue(x)
  let row = w.outColumns &* w.channels
  for unit in begin..<end {
    let image = unit / w.outRows, i = unit &- image &* w.outRows
    let from = x.pointee.p0.floats + image &* w.inPlane &* w.channels
    let to = x.pointee.p1.floats + image &* w.outPlane &* w.channels
    if w.isPlain {
      eachWindow(w, i..<i &+ 1, PlainMaxima(w: w, from: from, to: to))
    } else {
      eachWindow(w, i..<i &+ 1, Maxima(w: w, from: from, to: to))
    }
    epilogue.finish(unit &* row, (unit &+ 1) &* row)
  }
}

private struct Maxima: WindowWork {
  let w: Windows
  let from, to: Floats

  func run<Whole: StaticBool>(_ i: Int, _ j: Int, _ at: Int, _ channels: Channels<Whole>) {
    var best = Lane16(repeating: -.infinity), isFirst = true
    Window(w, i, j).each(w) { element in
      let v = channels.load(from + (element &+ at))
      best = isFirst ? v : best.replacing(with: v, where: wins(v, best))
      isFirst = false
    }
    channels.store(best, to + ((i &* w.outColumns &+ j) &* w.channels &+ at))
  }
}

/// The largest of two by two.
private struct Square {
  let isB, isD, isLower: SIMDMask<SIMD16<Int32>>
  let best: Lane16

  /// Transparent: the compiler would call it otherwise, and the masks would go through memory.
  @_transparent
  init(_ a: Lane16, _ b: Lane16, _ c: Lane16, _ d: Lane16) {
    (isB, isD) = (wins(b, a), wins(d, c))
    let (upper, lower) = (a.replacing(with: b, where: isB), c.replacing(with: d, where: isD))
    isLower = wins(lower, upper)
    best = upper.replacing(with: lower, where: isLower)
  }

  /// Of the window that begins at `x`.
  @_transparent
  init<Whole: StaticBool>(_ x: Floats, _ w: Windows, _ channels: Channels<Whole>) {
    let right = w.channels, below = w.columns &* w.channels
    self.init(
      channels.load(x), channels.load(x + right), channels.load(x + below), channels.load(x + (below &+ right)))
  }

  /// Which of them: 0 a … 3 d.
  @_transparent
  var place: SIMD16<Int32> {
    let zero = SIMD16<Int32>(repeating: 0), two = SIMD16<Int32>(repeating: 2)
    let upper = zero.replacing(with: 1, where: isB), lower = two.replacing(with: 3, where: isD)
    return upper.replacing(with: lower, where: isLower)
  }
}

/// The largest of two by two in some rows, and which it is: 2·row + column; with `isRelu` -1 where it is 0 or less.
func maxPoolPlaces(_ w: Windows, _ from: Floats, _ to: Floats, _ places: Integers, isRelu: Bool) {
  if isRelu {
    eachWindow(w, 0..<w.outRows, PlainPlaces<True>(w: w, from: from, to: to, places: places))
  } else {
    eachWindow(w, 0..<w.outRows, PlainPlaces<False>(w: w, from: from, to: to, places: places))
  }
}

private struct PlainPlaces<IsRelu: StaticBool>: WindowWork {
  let w: Windows
  let from, to: Floats
  let places: Integers

  @inline(__always)
  func run<Whole: StaticBool>(_ i: Int, _ j: Int, _ at: Int, _ channels: Channels<Whole>) {
    let x = from + (2 &* (i &* w.columns &+ j) &* w.channels &+ at)
    let square = Square(x, w, channels)
    let out = (i &* w.outColumns &+ j) &* w.channels &+ at
    channels.store(square.best, to + out)
    var place = square.place
    if IsRelu.isTrue { place.replace(with: -1, where: square.best .<= 0) }
    channels.store(place, places + out)
  }
}

private struct PlainMaxima: WindowWork {
  let w: Windows
  let from, to: Floats

  @inline(__always)
  func run<Whole: StaticBool>(_ i: Int, _ j: Int, _ at: Int, _ channels: Channels<Whole>) {
    let x = from + (2 &* (i &* w.columns &+ j) &* w.channels &+ at)
    let square = Square(x, w, channels)
    channels.store(square.best, to + ((i &* w.outColumns &+ j) &* w.channels &+ at))
  }
}

func maxPoolGradChannelsLast(_ x: UnsafePointer<KernelArguments>, _ w: Windows, _ begin: Int, _ end: Int) {
  let epilogue = Epilogue(x)
  let isRelu = w.isPlain && epilogue.isReluGrad(of: x.pointee.p1.floats)
  let size = w.inPlane &* w.channels
  for unit in begin..<end {
    let image = unit / w.outRows, row = unit &- image &* w.outRows
    // Windows that may share elements are one piece of work.
    if !w.isPlain, row > 0 { continue }
    let rows = w.isPlain ? row..<row &+ 1 : 0..<w.outRows
    let elements = w.elements(of: rows)
    let g = x.pointee.p0.floats + image &* w.outPlane &* w.channels
    let from = x.pointee.p1.floats + image &* size, to = x.pointee.p2.floats + image &* size
    if !w.isWhole { (to + elements.lowerBound).update(repeating: 0, count: elements.count) }
    if isRelu {
      eachWindow(w, rows, PlainGradients<True>(w: w, g: g, from: from, to: to))
    } else if w.isPlain {
      eachWindow(w, rows, PlainGradients<False>(w: w, g: g, from: from, to: to))
    } else {
      eachWindow(w, rows, Gradients(w: w, g: g, from: from, to: to))
    }
    if !isRelu { epilogue.finish(image &* size &+ elements.lowerBound, image &* size &+ elements.upperBound) }
  }
}

extension Windows {
  /// Of the image that lie in some rows of plain windows, or in all rows; with the last ones what is behind them.
  fileprivate func elements(of rows: Range<Int>) -> Range<Int> {
    let row = columns &* channels
    let end = rows.upperBound == outRows ? inPlane &* channels : 2 &* rows.upperBound &* row
    return (rows.lowerBound == 0 ? 0 : 2 &* rows.lowerBound &* row)..<end
  }
}

/// Of windows that may share elements.
private struct Gradients: WindowWork {
  let w: Windows
  let g, from, to: Floats

  func run<Whole: StaticBool>(_ i: Int, _ j: Int, _ at: Int, _ channels: Channels<Whole>) {
    let window = Window(w, i, j)
    var best = Lane16(repeating: 0), place = SIMD16<Int32>(repeating: 0), isFirst = true
    window.each(w) { element in
      let v = channels.load(from + (element &+ at))
      let takes = isFirst ? SIMDMask(repeating: true) : wins(v, best)
      best = best.replacing(with: v, where: takes)
      place = place.replacing(with: Int32(truncatingIfNeeded: element), where: takes)
      isFirst = false
    }
    let sum = channels.load(g + ((i &* w.outColumns &+ j) &* w.channels &+ at)), zero = Lane16(repeating: 0)
    window.each(w) { element in
      let isThere = place .== SIMD16(repeating: Int32(truncatingIfNeeded: element))
      let out = to + (element &+ at)
      channels.store(channels.load(out) + zero.replacing(with: sum, where: isThere), out)
    }
  }
}

/// Of windows of two by two that lie side by side; with `IsRelu` nothing where the largest element is 0 or less.
private struct PlainGradients<IsRelu: StaticBool>: WindowWork {
  let w: Windows
  let g, from, to: Floats

  @inline(__always)
  func run<Whole: StaticBool>(_ i: Int, _ j: Int, _ at: Int, _ channels: Channels<Whole>) {
    let right = w.channels, below = w.columns &* w.channels
    let element = 2 &* (i &* w.columns &+ j) &* w.channels &+ at
    let x = from + element
    let square = Square(x, w, channels)
    let out = to + element, zero = Lane16(repeating: 0)
    // The sum with the zero there is exact but for a negative zero, which becomes positive.
    var sum = zero + channels.load(g + ((i &* w.outColumns &+ j) &* w.channels &+ at))
    if IsRelu.isTrue { sum = Lane16.reluGrad(sum, square.best) }
    let upper = sum.replacing(with: zero, where: square.isLower)
    let lower = zero.replacing(with: sum, where: square.isLower)
    channels.store(upper.replacing(with: zero, where: square.isB), out)
    channels.store(zero.replacing(with: upper, where: square.isB), out + right)
    channels.store(lower.replacing(with: zero, where: square.isD), out + below)
    channels.store(zero.replacing(with: lower, where: square.isD), out + (below &+ right))
  }
}
