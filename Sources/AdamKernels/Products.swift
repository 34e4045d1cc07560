// Matrix products: chains of fma over k in blocks, tile by tile in registers (numerics rules 1, 2).
import AdamFormulas
import AdamKernelABI

/// Vectors of one register and the shape of the register tile: `rows` × 2 vectors.
#if ADAM_V4
  typealias TileVector = SIMD16<Float>
#elseif ADAM_V3
  typealias TileVector = SIMD8<Float>
#else
  typealias TileVector = SIMD4<Float>
#endif

enum Tile {
  #if ADAM_V4
    static let lanes = 16
    static let rows = 12
  #elseif ADAM_V3
    static let lanes = 8
    static let rows = 6
  #else
    static let lanes = 4
    static let rows = 6
  #endif
  /// Columns of a packed panel.
  static let columns = 2 * lanes

  /// Packed panels of so many columns.
  @inline(__always)
  static func panels(_ n: Int) -> Int { (n &+ columns &- 1) / columns }
}

/// One register from memory, at any address.
@inline(__always)
func loadT(_ p: UnsafePointer<Float>) -> TileVector {
  UnsafeRawPointer(p).loadUnaligned(as: TileVector.self)
}

@inline(__always)
func storeT(_ v: TileVector, _ p: Floats) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, as: TileVector.self)
}

/// As `FloatLanes.relu`: NaN and −0 stay.
@inline(__always)
func reluT(_ v: TileVector) -> TileVector { v.replacing(with: 0, where: v .< 0) }

/// `count` < `Tile.lanes` elements, the other lanes 0.
@inline(__always)
func loadFirst(_ p: UnsafePointer<Float>, _ count: Int) -> TileVector {
  #if ADAM_V4
    load(p, count: count)
  #elseif ADAM_V3
    load(p, count: count).lowHalf
  #else
    load(p, count: count).lowHalf.lowHalf
  #endif
}

/// The first `count` lanes: halves, quarters and so on as they fit.
@inline(__always)
func storeFirst(_ v: TileVector, _ p: Floats, _ count: Int) {
  #if ADAM_V4
    var half = v.lowHalf, at = 0
    if count & 8 != 0 {
      UnsafeMutableRawPointer(p).storeBytes(of: half, as: SIMD8<Float>.self)
      (half, at) = (v.highHalf, 8)
    }
    storeUnderEight(half, p + at, count)
  #elseif ADAM_V3
    storeUnderEight(v, p, count)
  #else
    storeUnderEight(SIMD8(lowHalf: v, highHalf: v), p, count)
  #endif
}

/// As many lanes as the last three bits of `count` say.
@inline(__always)
private func storeUnderEight(_ v: SIMD8<Float>, _ p: Floats, _ count: Int) {
  var quarter = v.lowHalf, at = 0
  if count & 4 != 0 {
    UnsafeMutableRawPointer(p).storeBytes(of: quarter, as: SIMD4<Float>.self)
    (quarter, at) = (v.highHalf, 4)
  }
  if count & 2 != 0 {
    UnsafeMutableRawPointer(p + at).storeBytes(of: quarter.lowHalf, as: SIMD2<Float>.self)
    (quarter.lowHalf, at) = (quarter.highHalf, at &+ 2)
  }
  if count & 1 != 0 { p[at] = quarter[0] }
}

/// A matrix by its strides.
struct Strided {
  let first: Floats
  let row, column: Int

  init(_ first: Floats, row: Int, column: Int = 1) { (self.first, self.row, self.column) = (first, row, column) }

  var transposed: Strided { Strided(first, row: column, column: row) }

  func from(row index: Int) -> Strided { Strided(first + index &* row, row: row, column: column) }
}

/// The operands of one product, as the `gemm` slots say.
struct Product {
  private(set) var a, b, c: Floats
  let bias: Floats?
  private(set) var packed: Floats?
  let m, n, k, aRow, aTerm, bTerm, bColumn, cRow: Int
  /// The chains go on from what C holds.
  let continues: Bool
  let scratch: Floats
  let epilogue: Epilogue

  @inline(__always)
  init(_ x: UnsafePointer<KernelArguments>) {
    (a, b, c) = (x.pointee.p0.floats, x.pointee.p1.floats, x.pointee.p2.floats)
    (bias, packed) = (x.pointee.p3.optionalFloats, x.pointee.p4.optionalFloats)
    (m, n, k) = (x.pointee.n0, x.pointee.n1, x.pointee.n2)
    (aRow, aTerm) = (x.pointee.n3, x.pointee.n4)
    (bTerm, bColumn, cRow) = (x.pointee.n5, x.pointee.n6, x.pointee.n7)
    continues = x.pointee.p6 != nil
    scratch = x.pointee.scratch.floats
    epilogue = Epilogue(x)
  }

  /// c [m, n] = a·b over k terms, nothing added and nothing behind it.
  init(
    _ a: Strided, _ b: Strided, into c: Strided, _ m: Int, _ n: Int, _ k: Int, packed: Floats? = nil, scratch: Floats
  ) {
    (self.a, self.b, self.c) = (a.first, b.first, c.first)
    (bias, self.packed) = (nil, packed)
    (self.m, self.n, self.k) = (m, n, k)
    (aRow, aTerm) = (a.row, a.column)
    (bTerm, bColumn, cRow) = (b.row, b.column, c.row)
    continues = false
    self.scratch = scratch
    epilogue = Epilogue()
  }

  /// Without a packed B: each block brings what it reads into the order of tiles itself.
  @inline(__always)
  var packsItself: Bool {
    m >= KernelTable.leastPackedRows && KernelTable.needsPacking(m: m, n: n, k: k, aRow: aRow, bColumn: bColumn)
  }

  /// The product of the matrices so many places further on.
  @inline(__always)
  func matrix(_ index: Int, _ x: UnsafePointer<KernelArguments>) -> Product {
    var product = self
    product.a += index &* x.pointee.n8
    product.b += index &* x.pointee.n9
    product.c += index &* x.pointee.n10
    if let packed { product.packed = packed + index &* Tile.panels(n) &* Tile.columns &* k }
    return product
  }
}

/// The next block of rule 1 when `rest` terms remain.
@inline(__always)
func blockSize(_ rest: Int) -> Int {
  let most = KernelTable.blockTerms
  if rest >= 2 &* most { return most }
  return rest > most ? (rest &+ 1) / 2 : rest
}

/// The terms of a block of rule 1; empty behind the last one.
func blockRange(_ block: Int, of total: Int) -> Range<Int> {
  let whole = min(block, KernelTable.wholeBlocks(total))
  var first = whole &* KernelTable.blockTerms
  for _ in whole..<block { first &+= blockSize(total &- first) }
  return first..<first &+ blockSize(total &- first)
}

func gemm(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let p = Product(x)
  guard p.m > 0, p.n > 0 else { return }
  let cut = Cut(p, rows: x.pointee.n11, columns: x.pointee.n12)
  if x.pointee.n10 == 0 || end <= cut.blocks {
    for block in begin..<end { gemmBlock(p, block, cut) }
  } else {
    for unit in begin..<end {
      let matrix = cut.blocks == 1 ? unit : unit / cut.blocks
      gemmBlock(p.matrix(matrix, x), unit &- matrix &* cut.blocks, cut)
    }
  }
}

/// The blocks of C, those with the same columns one after the other.
private struct Cut {
  let rows, columns, rowBlocks, blocks: Int

  /// A division takes longer than a small product.
  @inline(__always)
  init(_ p: Product, rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    rowBlocks = p.m <= rows ? 1 : (p.m &+ rows &- 1) / rows
    blocks = p.n <= columns ? rowBlocks : rowBlocks &* ((p.n &+ columns &- 1) / columns)
  }
}

@inline(__always)
private func gemmBlock(_ p: Product, _ block: Int, _ cut: Cut) {
  let columnBlock = cut.rowBlocks == 1 ? block : block / cut.rowBlocks
  let row = (block &- columnBlock &* cut.rowBlocks) &* cut.rows
  let column = columnBlock &* cut.columns
  let rows = row..<min(row &+ cut.rows, p.m)
  let columns = column..<min(column &+ cut.columns, p.n)
  if p.packed == nil, p.bColumn != 1 || p.n & 15 != 0 || p.m == 1, !p.packsItself {
    smallProduct(p, rows, columns)
    p.epilogue.finish(rows, columns, length: p.n)
  } else {
    tiledProduct(p, rows, columns)
  }
}

/// out[r] = 16 lanes over the terms, halves added, bias last.
func dot16(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let w = x.pointee.p1.floats, out = x.pointee.p2.floats
  let bias = x.pointee.p3.optionalFloats
  let k = x.pointee.n1
  for r in begin..<end {
    let row = x.pointee.p0.floats + r &* x.pointee.n2
    var sum = Lane16(repeating: 0)
    var at = 0
    while at &+ 16 <= k {
      sum = Lane16.fma(load16(row + at), load16(w + at), sum)
      at &+= 16
    }
    if at < k {
      sum = Lane16.fma(load(row + at, count: k &- at), load(w + at, count: k &- at), sum)
    }
    let total = halfTree(sum)
    if let bias { out[r] = total + bias[0] } else { out[r] = total }
  }
}

/// Panel after panel, term after term, `Tile.columns` numbers; zeros beyond the last column.
func gemmPack(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let b = x.pointee.p0.floats, packed = x.pointee.p1.floats
  let k = x.pointee.n0, n = x.pointee.n1, termStride = x.pointee.n2, columnStride = x.pointee.n3
  let panels = Tile.panels(n)
  for unit in begin..<end {
    let matrix = unit < panels ? 0 : unit / panels
    let first = (unit &- matrix &* panels) &* Tile.columns
    let count = min(Tile.columns, n &- first)
    let from = b + (matrix &* x.pointee.n4 &+ first &* columnStride)
    packPanel(from, termStride, columnStride, columns: count, terms: k, to: packed + unit &* Tile.columns &* k)
  }
}

/// A panel of `columns` columns.
func packPanel(_ from: Floats, _ termStride: Int, _ columnStride: Int, columns: Int, terms: Int, to: Floats) {
  if columnStride == 1, columns == Tile.columns {
    for t in 0..<terms {
      (to + t &* Tile.columns).update(from: from + t &* termStride, count: Tile.columns)
    }
  } else {
    packTransposed(from, to, terms, columns, termStride, columnStride)
  }
}

/// Eight columns at a time.
private func packTransposed(
  _ from: Floats, _ to: Floats, _ k: Int, _ count: Int, _ termStride: Int, _ columnStride: Int
) {
  interleaveRuns(from, columnStride, termStride, k, to, runs: count, rowLength: Tile.columns)
  if count == Tile.columns { return }
  for t in 0..<k { (to + (t &* Tile.columns &+ count)).update(repeating: 0, count: Tile.columns &- count) }
}
