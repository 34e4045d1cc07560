// Sums of columns in the order of rows (`sum_last` of numerics rule 3): what the bias of a convolution gets where
// channels lie side by side.
import AdamFormulas
import AdamKernelABI

/// A chunk of the rows of a matrix, of which each column is added up as `sumRow` adds a row.
private struct ColumnChunk {
  let x: Floats
  let first, terms, stride: Int
  /// The rows are pixels of images that were pooled.
  private let unpooling: Unpooling?
  /// Room for rows of those.
  private let room: Floats

  /// - Parameter p0: the matrix.
  init(_ x: KernelArguments, _ chunk: Int) {
    first = chunk &* KernelTable.sumChunk
    self.x = x.p0.floats + first &* x.n1
    (terms, stride) = (min(KernelTable.sumChunk, x.n0 &- first), x.n1)
    unpooling = x.p3.optionalIntegers.map { Unpooling(x.p0.floats, $0, columns: x.n3, channels: x.n1) }
    room = x.scratch.floats
  }

  /// Rows whose columns are added as lanes of eight.
  var vectors: Int { terms < 8 ? 0 : terms / 8 }

  @inline(__always)
  func term(_ t: Int, _ column: Int, _ count: Int) -> Lane16 {
    guard let unpooling else { return some(x + (t &* stride &+ column), count) }
    unpooling.copy(
      pixels: first &+ t..<first &+ t &+ 1, channel: column, count: count, to: room, stride: 16)
    return some(room, count)
  }

  /// Of sixteen columns.
  @inline(never)
  func lane(_ lane: Int, _ column: Int) -> Lane16 {
    interleavedSum(vectors) { load16(x + ((8 &* $0 &+ lane) &* stride &+ column)) }
  }

  /// Of fewer.
  @inline(never)
  func lane(_ lane: Int, _ column: Int, _ count: Int) -> Lane16 {
    interleavedSum(vectors) { term(8 &* $0 &+ lane, column, count) }
  }
}

/// The sums of all lanes of a chunk in the order of the pixels: the rows of images that were pooled would be made again
/// for every lane.
private struct UnpooledLanes {
  let unpooling: Unpooling
  /// First pixel of the chunk, and the vectors of eight that its lanes have.
  let first, vectors: Int
  /// Four levels of the four cascades of each lane, as `Cascade` has them.
  let sums: Floats

  private static let cascades = 32
  private static let level = 16 * cascades
  /// A chunk has too few terms for longer steps.
  private static let step = 16

  /// Of sixteen columns from one on, `stride` apart.
  func store(_ column: Int, to: Floats, stride: Int) {
    sums.update(repeating: 0, count: 4 &* Self.level)
    let terms = vectors / 4
    var term = 0
    while term < terms {
      let stop = min(term &+ Self.step, terms)
      unpooling.add(
        from: first &+ term &* Self.cascades, count: (stop &- term) &* Self.cascades, channel: column, to: sums,
        turn: Self.cascades)
      if stop == term &+ Self.step { carry(stop) }
      term = stop
    }
    for lane in 0..<8 { store16(total(lane, terms, column), to + lane &* stride) }
  }

  /// After so many terms of each cascade.
  private func carry(_ count: Int) {
    var level = 0
    repeat {
      let from = sums + level &* Self.level
      for at in Swift.stride(from: 0, to: Self.level, by: 16) {
        store16(load16(from + (Self.level &+ at)) + load16(from + at), from + (Self.level &+ at))
        store16(Lane16(repeating: 0), from + at)
      }
      level &+= 1
    } while level < 3 && count & ((Self.step &- 1) &<< (4 &* level)) == 0
  }

  private func total(_ lane: Int, _ terms: Int, _ column: Int) -> Lane16 {
    var first = cascade(lane)
    for vector in 4 &* terms..<vectors {
      first = first + unpooling.sixteen(pixel: self.first &+ 8 &* vector &+ lane, channel: column)
    }
    return ((first + cascade(8 &+ lane)) + cascade(16 &+ lane)) + cascade(24 &+ lane)
  }

  private func cascade(_ index: Int) -> Lane16 {
    let s = sums + 16 &* index
    return ((load16(s) + load16(s + Self.level)) + load16(s + 2 &* Self.level)) + load16(s + 3 &* Self.level)
  }
}

/// Lanes of images that were pooled: sixteen columns at a time, fewer lane by lane.
private func sumUnpooledLanes(_ x: KernelArguments, _ unpooling: Unpooling, chunk index: Int) {
  let chunk = ColumnChunk(x, index), to = x.p1.floats + 8 &* index &* x.n1
  let lanes = UnpooledLanes(
    unpooling: unpooling, first: chunk.first, vectors: chunk.vectors, sums: x.scratch.floats + 16)
  var column = 0
  while column &+ 16 <= x.n1 {
    lanes.store(column, to: to + column, stride: x.n1)
    column &+= 16
  }
  for lane in 0..<8 where column < x.n1 {
    put(chunk.lane(lane, column, x.n1 &- column), to + (lane &* x.n1 &+ column), x.n1 &- column)
  }
}

func sumColumnLanes(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
  if let places = x.p3.optionalIntegers {
    let unpooling = Unpooling(x.p0.floats, places, columns: x.n3, channels: x.n1)
    for chunk in begin..<end { sumUnpooledLanes(x, unpooling, chunk: chunk) }
    return
  }
  for unit in begin..<end {
    let chunk = ColumnChunk(x, unit / 8)
    let to = x.p1.floats + unit &* x.n1
    var column = 0
    while column < x.n1 {
      let count = min(16, x.n1 &- column)
      let sum = count == 16 ? chunk.lane(unit & 7, column) : chunk.lane(unit & 7, column, count)
      put(sum, to + column, count)
      column &+= 16
    }
  }
}

func sumColumns(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
  for unit in begin..<end {
    let column = unit &* 16
    let count = min(16, x.n1 &- column)
    var total = Lane16(repeating: 0)
    for index in 0..<KernelTable.sumChunks(x.n0) {
      let sum = chunkTotal(x, index, column, count)
      total = index == 0 ? sum : total + sum
    }
    put(x.n2 == 1 ? total / Lane16(repeating: Float(x.n0)) : total, x.p1.floats + column, count)
  }
}

/// Of one chunk.
private func chunkTotal(_ x: KernelArguments, _ index: Int, _ column: Int, _ count: Int) -> Lane16 {
  let chunk = ColumnChunk(x, index)
  if chunk.vectors == 0 { return interleavedSum(chunk.terms) { chunk.term($0, column, count) } }
  var sum = Lane16(repeating: 0)
  for t in (8 &* chunk.vectors)..<chunk.terms { sum = sum + chunk.term(t, column, count) }
  for lane in 0..<8 { sum = sum + some(x.p2.floats + ((8 &* index &+ lane) &* x.n1 &+ column), count) }
  return sum
}
