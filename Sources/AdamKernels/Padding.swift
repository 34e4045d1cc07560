// Planes with zeros around and between their elements: what convolutions read.
import AdamKernelABI

/// Zeros with the elements of a plane among them, `n7` rows and `n8` columns apart; a column has `n9` elements.
func padPlanes(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let to = x.pointee.p1.floats + begin &* x.pointee.n3 &* x.pointee.n4
  if let places = x.pointee.p2.optionalIntegers {
    let size = x.pointee.n3 &* x.pointee.n4
    for plane in begin..<end { unpool(x, x.pointee.p0.floats, places, plane, to + (plane &- begin) &* size) }
  } else {
    let from = x.pointee.p0.floats + begin &* x.pointee.n1 &* x.pointee.n2
    pad(x, from, to, planes: end &- begin)
  }
}

/// The plane of one image, of the gradients of all pooled ones.
private func unpool(
  _ sizes: UnsafePointer<KernelArguments>, _ g: Floats, _ places: Integers, _ image: Int, _ to: Floats
) {
  let x = sizes.pointee
  let at = image &* (x.n1 &* x.n2 / 4)
  Unpooling(g + at, places + at, columns: x.n2 / x.n9, channels: x.n9).pad(x, to)
}

extension KernelArguments {
  /// Of `padPlanes`: the zeros are only around the elements.
  var padsFrame: Bool {
    n1 > 0 && n7 == 1 && n8 == n9 && n5 >= 0 && n6 >= 0 && n5 &+ n1 <= n3 && n6 &+ n2 <= n4
  }
}

/// The same with planes from and to somewhere else: sizes and steps as the slots of `padPlanes` say.
func pad(_ sizes: UnsafePointer<KernelArguments>, _ from: Floats, _ to: Floats, planes: Int) {
  let x = sizes.pointee
  let (source, size) = (x.n1 &* x.n2, x.n3 &* x.n4)
  let isFrame = x.padsFrame
  let frame = Frame(x)
  // What is read and written behind these planes is less than the others together.
  let lastOnes = planes &- 1 &- 48 / max(1, min(source, size))
  for plane in 0..<planes {
    let from = from + plane &* source, to = to + plane &* size
    isFrame ? frame.pad(from, to, isLast: plane >= lastOnes) : spread(x, from, to)
  }
}

/// How a kernel pads the images that it reads by itself, one at a time, in its scratch.
struct ImagePadding {
  private let sizes: UnsafePointer<KernelArguments>?
  private let planes: Int
  let room: Floats

  /// - Parameters:
  ///   - sizes: as the slots of `padPlanes` say; nil: images are read where they are.
  ///   - room: at least `KernelArguments.imageBytes`.
  init(_ sizes: UnsafeMutableRawPointer?, planes: Int, room: Floats) {
    self.sizes = sizes.map { UnsafePointer($0.assumingMemoryBound(to: KernelArguments.self)) }
    self.planes = planes
    self.room = room
  }

  /// Where the image can be read that lies at `from + offset`, the number `image`.
  @inline(__always)
  func padded(_ from: Floats, _ offset: Int, image: Int) -> Floats {
    guard let sizes else { return from + offset }
    if let places = sizes.pointee.p2.optionalIntegers {
      unpool(sizes, from, places, image, room)
    } else {
      pad(sizes, from + offset, room, planes: planes)
    }
    return room
  }
}

private func spread(_ x: KernelArguments, _ from: Floats, _ to: Floats) {
  to.update(repeating: 0, count: x.n3 &* x.n4)
  for i in 0..<x.n1 {
    let row = x.n5 &+ i &* x.n7
    guard row >= 0, row < x.n3 else { continue }
    padRow(from + i &* x.n2, to + row &* x.n4, x, x.n9)
  }
}

/// A plane with zeros around it, written from the first element to the last in whole vectors: what one writes too
/// much the next one writes again.
private struct Frame {
  let rows, columns: Int
  /// Zeros before the first row, between two rows, behind the last one.
  let before, between, behind: Int
  /// All bits in the lanes of the last vector of a row.
  private let tail: SIMD16<Int32>

  init(_ x: KernelArguments) {
    (rows, columns) = (x.n1, x.n2)
    var tail = SIMD16<Int32>(repeating: 0)
    for lane in 0..<x.n2 & 15 { tail[lane] = -1 }
    self.tail = tail
    (before, between) = (x.n5 &* x.n4 &+ x.n6, x.n4 &- x.n2)
    behind = x.n3 &* x.n4 &- before &- rows &* x.n4 &+ between
  }

  /// - Parameter isLast: nothing may be read or written behind the plane; else up to 32 elements.
  @inline(__always)
  func pad(_ from: Floats, _ to: Floats, isLast: Bool) {
    clear(to, before, isLast ? before : before &+ 16)
    var at = to + before
    // A vector reads and writes what follows its row; the last rows have less than a vector behind them.
    let careful = isLast ? 16 / max(1, columns) &+ 1 : 0
    for i in 0..<max(0, rows &- careful) {
      copyRow(from + i &* columns, at)
      at += columns &+ between
    }
    for i in max(0, rows &- careful)..<rows {
      copyExactly(from + i &* columns, at)
      at += columns
      if i < rows &- 1 {
        clear(at, between, between)
        at += between
      }
    }
    if careful == 0 { at -= between }
    clear(at, behind, isLast ? behind : behind &+ 16)
  }

  /// A row and the zeros behind it, which the next row follows.
  @inline(__always)
  private func copyRow(_ from: Floats, _ to: Floats) {
    var at = 0
    while at &+ 16 <= columns {
      store16(load16(from + at), to + at)
      at &+= 16
    }
    if at < columns {
      store16(Lane16.float(Lane16.bits(load16(from + at)) & tail), to + at)
      at &+= 16
    }
    let left = columns &+ between &- at
    if left > 0 { clear(to + at, left, left &+ 16) }
  }

  @inline(__always)
  private func copyExactly(_ from: Floats, _ to: Floats) {
    var at = 0
    while at < columns {
      put(some(from + at, columns &- at), to + at, columns &- at)
      at &+= 16
    }
  }

  /// - Parameter room: that may be written.
  @inline(__always)
  private func clear(_ to: Floats, _ count: Int, _ room: Int) {
    var at = 0
    while at < count {
      put(Lane16(repeating: 0), to + at, room &- at)
      at &+= 16
    }
  }
}

@inline(__always)
private func padRow(_ from: Floats, _ to: Floats, _ x: KernelArguments, _ width: Int) {
  for j in 0..<x.n2 / width {
    let column = x.n6 &+ j &* x.n8
    if column >= 0, column < x.n4 { (to + column).update(from: from + j &* width, count: width) }
  }
}
