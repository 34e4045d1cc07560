// Planes with zeros around and between their elements: what convolutions read.
import AdamKernelABI

/// Zeros with the elements of a plane among them, `n7` rows and `n8` columns apart.
func padPlanes(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
  let size = x.n3 &* x.n4
  let isFrame =
    x.n1 > 0 && x.n7 == 1 && x.n8 == 1 && x.n5 >= 0 && x.n6 >= 0 && x.n5 &+ x.n1 <= x.n3 && x.n6 &+ x.n2 <= x.n4
  let frame = Frame(x, fromEnd: x.p0.floats + end &* x.n1 &* x.n2, toEnd: x.p1.floats + end &* size)
  for plane in begin..<end {
    let from = x.p0.floats + plane &* x.n1 &* x.n2, to = x.p1.floats + plane &* size
    isFrame ? frame.pad(from, to) : spread(x, from, to)
  }
}

private func spread(_ x: KernelArguments, _ from: Floats, _ to: Floats) {
  to.update(repeating: 0, count: x.n3 &* x.n4)
  for i in 0..<x.n1 {
    let row = x.n5 &+ i &* x.n7
    guard row >= 0, row < x.n3 else { continue }
    padRow(from + i &* x.n2, to + row &* x.n4, x.n2, x.n4, first: x.n6, step: x.n8)
  }
}

/// A plane with zeros around it, written from the first element to the last in whole vectors: what one writes too
/// much the next one writes again.
private struct Frame {
  let rows, columns: Int
  /// Zeros before the first row, between two rows, behind the last one.
  let before, between, behind: Int
  /// Of the planes that are read and written.
  let fromEnd, toEnd: Floats

  init(_ x: KernelArguments, fromEnd: Floats, toEnd: Floats) {
    (rows, columns) = (x.n1, x.n2)
    (before, between) = (x.n5 &* x.n4 &+ x.n6, x.n4 &- x.n2)
    behind = x.n3 &* x.n4 &- before &- rows &* x.n4 &+ between
    (self.fromEnd, self.toEnd) = (fromEnd, toEnd)
  }

  @inline(__always)
  func pad(_ from: Floats, _ to: Floats) {
    clear(to, before)
    var at = to + before
    for i in 0..<rows {
      copy(from + i &* columns, at)
      at += columns
      if i < rows &- 1 {
        clear(at, between)
        at += between
      }
    }
    clear(at, behind)
  }

  @inline(__always)
  private func copy(_ from: Floats, _ to: Floats) {
    var at = 0
    while at < columns {
      if from + (at &+ 16) <= fromEnd, to + (at &+ 16) <= toEnd {
        store16(load16(from + at), to + at)
      } else {
        put(some(from + at, columns &- at), to + at, columns &- at)
      }
      at &+= 16
    }
  }

  @inline(__always)
  private func clear(_ to: Floats, _ count: Int) {
    var at = 0
    while at < count {
      put(Lane16(repeating: 0), to + at, to + (at &+ 16) <= toEnd ? 16 : count &- at)
      at &+= 16
    }
  }
}

@inline(__always)
private func padRow(_ from: Floats, _ to: Floats, _ count: Int, _ room: Int, first: Int, step: Int) {
  for j in 0..<count {
    let column = first &+ j &* step
    if column >= 0, column < room { to[column] = from[j] }
  }
}
