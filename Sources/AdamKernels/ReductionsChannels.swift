// Sums of columns in the order of rows (`sum_last` of numerics rule 3): what the bias of a convolution gets where
// channels lie side by side.
import AdamFormulas
import AdamKernelABI

/// A chunk of the rows of a matrix, of which each column is added up as `sumRow` adds a row.
private struct ColumnChunk {
  let x: Floats
  let terms, stride: Int

  /// - Parameter p0: the matrix.
  init(_ x: KernelArguments, _ chunk: Int) {
    let first = chunk &* KernelTable.sumChunk
    self.x = x.p0.floats + first &* x.n1
    (terms, stride) = (min(KernelTable.sumChunk, x.n0 &- first), x.n1)
  }

  /// Rows whose columns are added as lanes of eight.
  var vectors: Int { terms < 8 ? 0 : terms / 8 }

  @inline(__always)
  func term(_ t: Int, _ column: Int, _ count: Int) -> Lane16 { some(x + (t &* stride &+ column), count) }

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

func sumColumnLanes(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
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
