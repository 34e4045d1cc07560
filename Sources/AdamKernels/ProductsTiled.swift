// The tiled product: twelve (six) rows by two vectors of C stay in registers for a block of terms.
import AdamFormulas

private typealias T = TileVector

/// Two rows of the tile.
private struct RowPair {
  var p0 = T(repeating: 0), p1 = T(repeating: 0)
  var q0 = T(repeating: 0), q1 = T(repeating: 0)

  @inline(__always)
  mutating func step<Narrow: StaticBool>(_ a: Float, _ b: Float, _ b0: T, _ b1: T, _: Narrow.Type) {
    let x = T(repeating: a), y = T(repeating: b)
    p0.addProduct(x, b0)
    q0.addProduct(y, b0)
    if Narrow.isTrue { return }
    p1.addProduct(x, b1)
    q1.addProduct(y, b1)
  }
}

/// What happens to a finished tile: where it goes and how much of it.
private struct Destination {
  let c: Floats
  let cRow: Int
  let rows: Int
  let columns: Int
  /// Added to what earlier blocks left in C.
  let isFirst: Bool
  /// The chains go on from what C holds.
  let continues: Bool
  /// Of the tile's first column; only with the last block.
  let bias: Floats?

  /// Nothing is left but to store whole rows, of two vectors or of one.
  @inline(__always)
  var isPlain: Bool { columns == Tile.columns && isFirst && bias == nil }
  @inline(__always)
  var isPlainVector: Bool { columns == Tile.lanes && isFirst && bias == nil }

  /// Two whole rows of a plain one.
  @inline(__always)
  func store<Narrow: StaticBool>(_ pair: RowPair, _ row: Int, _: Narrow.Type) {
    let p = c + row &* cRow, q = p + cRow
    storeT(pair.p0, p)
    storeT(pair.q0, q)
    if Narrow.isTrue { return }
    storeT(pair.p1, p + Tile.lanes)
    storeT(pair.q1, q + Tile.lanes)
  }

  /// What the chains of two rows start from where they go on.
  @inline(never)
  func begun(_ row: Int) -> RowPair {
    var pair = RowPair()
    if row < rows { (pair.p0, pair.p1) = held(c + row &* cRow) }
    if row &+ 1 < rows { (pair.q0, pair.q1) = held(c + (row &+ 1) &* cRow) }
    return pair
  }

  private func held(_ row: Floats) -> (T, T) {
    let first = columns < Tile.lanes ? loadFirst(row, columns) : loadT(row)
    let others = columns &- Tile.lanes
    if others <= 0 { return (first, T(repeating: 0)) }
    return (first, others == Tile.lanes ? loadT(row + Tile.lanes) : loadFirst(row + Tile.lanes, others))
  }

  @inline(__always)
  func put(_ pair: RowPair, _ row: Int) {
    if row < rows { put(pair.p0, pair.p1, c + row &* cRow) }
    if row &+ 1 < rows { put(pair.q0, pair.q1, c + (row &+ 1) &* cRow) }
  }

  @inline(__always)
  private func put(_ v0: T, _ v1: T, _ to: Floats) {
    if columns == Tile.columns {
      storeT(finished(v0, to, 0), to)
      storeT(finished(v1, to, Tile.lanes), to + Tile.lanes)
    } else if columns == Tile.lanes {
      storeT(finished(v0, to, 0), to)
    } else {
      putRagged(v0, v1, to)
    }
  }

  @inline(__always)
  private func finished(_ v: T, _ to: Floats, _ at: Int) -> T {
    var r = v
    if !isFirst { r = loadT(to + at) + r }
    if let bias { r = r + loadT(bias + at) }
    return r
  }

  @inline(never)
  private func putRagged(_ v0: T, _ v1: T, _ to: Floats) {
    putFirst(v0, to, 0, min(columns, Tile.lanes))
    if columns > Tile.lanes { putFirst(v1, to, Tile.lanes, columns &- Tile.lanes) }
  }

  /// The first `count` lanes at column `at`; nothing beyond them is read or written.
  @inline(__always)
  private func putFirst(_ v: T, _ to: Floats, _ at: Int, _ count: Int) {
    if count == Tile.lanes { return storeT(finished(v, to, at), to + at) }
    var r = v
    if !isFirst { r = loadFirst(to + at, count) + r }
    if let bias { r = r + loadFirst(bias + at, count) }
    storeFirst(r, to + at, count)
  }
}

/// Where a tile finds its factors for one block of terms.
private struct TileFactors {
  let a: ProductRows
  let b: Floats
  let bTerm: Int
  let terms: Int
}

func tiledProduct(_ p: Product, _ rows: Range<Int>, _ columns: Range<Int>) {
  if p.k == 0 {
    noTerms(p, rows, columns)
    return p.epilogue.finish(rows, columns, length: p.n)
  }
  var term = 0
  while term < p.k {
    let block = TermBlock(first: term, count: blockSize(p.k &- term))
    let panels = ProductPanels(p, columns, block, rows: rows.count)
    var row = rows.lowerBound
    while row < rows.upperBound {
      rowPanel(p, row, min(Tile.rows, rows.upperBound &- row), columns, block, panels)
      row &+= Tile.rows
    }
    term &+= block.count
  }
}

/// As `tiledProduct`, of at most a block of terms and of columns that lie side by side: nothing is copied and nothing
/// follows.
@inline(__always)
func nearProduct(_ p: Product, _ rows: Range<Int>, _ columns: Range<Int>) {
  let a = ProductRows(first: p.a, row: p.aRow, term: p.aTerm)
  var row = rows.lowerBound
  while row < rows.upperBound {
    var column = columns.lowerBound
    while column < columns.upperBound {
      let width = min(Tile.columns, columns.upperBound &- column)
      let to = Destination(
        c: p.c + (row &* p.cRow &+ column), cRow: p.cRow, rows: min(Tile.rows, rows.upperBound &- row),
        columns: width, isFirst: true, continues: false, bias: nil)
      tile(
        TileFactors(a: a.from(row), b: p.b + column, bTerm: p.bTerm, terms: p.k), to, isNarrow: width <= Tile.lanes)
      column &+= Tile.columns
    }
    row &+= Tile.rows
  }
}

private func noTerms(_ p: Product, _ rows: Range<Int>, _ columns: Range<Int>) {
  for i in rows { for j in columns { p.c[i &* p.cRow &+ j] = p.bias.map { 0 + $0[j] } ?? 0 } }
}

/// Up to `Tile.rows` rows against all columns of the unit, one block of terms.
@inline(__always)
private func rowPanel(
  _ p: Product, _ row: Int, _ count: Int, _ columns: Range<Int>, _ block: TermBlock, _ panels: ProductPanels
) {
  let a = ProductRows(p, row, count, block, columns: columns.count)
  let isLast = block.first &+ block.count == p.k
  var b = panels.first
  var column = columns.lowerBound
  while column < columns.upperBound {
    let width = min(Tile.columns, columns.upperBound &- column)
    let to = Destination(
      c: p.c + (row &* p.cRow &+ column), cRow: p.cRow, rows: count, columns: width,
      isFirst: block.first == 0, continues: p.continues, bias: isLast ? p.bias.map { $0 + column } : nil)
    tile(TileFactors(a: a, b: b, bTerm: panels.term, terms: block.count), to, isNarrow: width <= Tile.lanes)
    column &+= Tile.columns
    b += panels.panel
  }
  if isLast, !p.epilogue.isEmpty { p.epilogue.finish(row..<row &+ count, columns, length: p.n) }
}

/// The right kernel for the rows there are. A narrow tile reads one vector of B per term.
@inline(__always)
private func tile(_ f: TileFactors, _ to: Destination, isNarrow: Bool) {
  if to.rows == Tile.rows {
    isNarrow ? tallTile(f, to, narrow: True.self) : tallTile(f, to, narrow: False.self)
  } else {
    isNarrow ? partialTile(f, to, narrow: True.self) : partialTile(f, to, narrow: False.self)
  }
}

/// Left-over rows: eight, four, two, one at a time; rows are independent.
@inline(__always)
private func partialTile<Narrow: StaticBool>(_ f: TileFactors, _ to: Destination, narrow: Narrow.Type) {
  var row = 0
  while row < to.rows {
    let rest = to.rows &- row
    let part = TileFactors(a: f.a.from(row), b: f.b, bTerm: f.bTerm, terms: f.terms)
    let size = rest >= 8 ? 8 : (rest >= 4 ? 4 : (rest >= 2 ? 2 : 1))
    let piece = Destination(
      c: to.c + row &* to.cRow, cRow: to.cRow, rows: size, columns: to.columns,
      isFirst: to.isFirst, continues: to.continues, bias: to.bias)
    if size == 8 {
      tallTile(part, piece, narrow: narrow)
    } else {
      size == 4 ? fourRows(part, piece, narrow: narrow) : fewRows(part, piece, narrow: narrow)
    }
    row &+= size
  }
}

/// All rows of a tile, or eight of twelve. Rows that lie side by side are read at fixed distances.
@inline(__always)
private func tallTile<Narrow: StaticBool>(_ f: TileFactors, _ to: Destination, narrow: Narrow.Type) {
  if to.rows == Tile.rows {
    f.a.row == 1
      ? tallTile(f, to, narrow: narrow, packed: True.self, whole: True.self)
      : tallTile(f, to, narrow: narrow, packed: False.self, whole: True.self)
  } else {
    f.a.row == 1
      ? tallTile(f, to, narrow: narrow, packed: True.self, whole: False.self)
      : tallTile(f, to, narrow: narrow, packed: False.self, whole: False.self)
  }
}

@inline(never)
private func tallTile<Narrow: StaticBool, Packed: StaticBool, Whole: StaticBool>(
  _ f: TileFactors, _ to: Destination, narrow: Narrow.Type, packed: Packed.Type, whole: Whole.Type
) {
  var r0 = RowPair(), r1 = RowPair(), r2 = RowPair()
  #if ADAM_V4
    var r3 = RowPair(), r4 = RowPair(), r5 = RowPair()
  #endif
  if to.continues {
    (r0, r1, r2) = (to.begun(0), to.begun(2), to.begun(4))
    #if ADAM_V4
      (r3, r4, r5) = (to.begun(6), to.begun(8), to.begun(10))
    #endif
  }
  var b = f.b
  let s = Packed.isTrue ? 1 : f.a.row
  // Pointers four rows apart: what lies between is reached by the factors of an address.
  let triple = 3 &* s
  var a = f.a.first, a4 = f.a.first + 4 &* s
  #if ADAM_V4
    var a8 = f.a.first + 8 &* s
  #endif
  for _ in 0..<f.terms {
    let b0 = loadT(b), b1 = Narrow.isTrue ? b0 : loadT(b + Tile.lanes)
    r0.step(a[0], a[s], b0, b1, narrow)
    r1.step(a[2 &* s], a[triple], b0, b1, narrow)
    r2.step(a4[0], a4[s], b0, b1, narrow)
    #if ADAM_V4
      r3.step(a4[2 &* s], a4[triple], b0, b1, narrow)
      if Whole.isTrue {
        r4.step(a8[0], a8[s], b0, b1, narrow)
        r5.step(a8[2 &* s], a8[triple], b0, b1, narrow)
        a8 += f.a.term
      }
    #endif
    a += f.a.term
    a4 += f.a.term
    b += f.bTerm
  }
  if Narrow.isTrue ? to.isPlainVector : to.isPlain {
    to.store(r0, 0, narrow)
    to.store(r1, 2, narrow)
    to.store(r2, 4, narrow)
    #if ADAM_V4
      to.store(r3, 6, narrow)
      if Whole.isTrue {
        to.store(r4, 8, narrow)
        to.store(r5, 10, narrow)
      }
    #endif
    return
  }
  to.put(r0, 0)
  to.put(r1, 2)
  to.put(r2, 4)
  #if ADAM_V4
    to.put(r3, 6)
    to.put(r4, 8)
    to.put(r5, 10)
  #endif
}

@inline(never)
private func fourRows<Narrow: StaticBool>(_ f: TileFactors, _ to: Destination, narrow: Narrow.Type) {
  var r0 = RowPair(), r1 = RowPair()
  if to.continues { (r0, r1) = (to.begun(0), to.begun(2)) }
  var a = f.a.first, b = f.b
  let s = f.a.row, triple = 3 &* s
  for _ in 0..<f.terms {
    let b0 = loadT(b), b1 = Narrow.isTrue ? b0 : loadT(b + Tile.lanes)
    r0.step(a[0], a[s], b0, b1, narrow)
    r1.step(a[2 &* s], a[triple], b0, b1, narrow)
    a += f.a.term
    b += f.bTerm
  }
  to.put(r0, 0)
  to.put(r1, 2)
}

/// Two rows, or one that is computed twice.
@inline(never)
private func fewRows<Narrow: StaticBool>(_ f: TileFactors, _ to: Destination, narrow: Narrow.Type) {
  var r0 = to.continues ? to.begun(0) : RowPair()
  var a = f.a.first, b = f.b
  let s = to.rows == 2 ? f.a.row : 0
  for _ in 0..<f.terms {
    let b0 = loadT(b), b1 = Narrow.isTrue ? b0 : loadT(b + Tile.lanes)
    r0.step(a[0], a[s], b0, b1, narrow)
    a += f.a.term
    b += f.bTerm
  }
  to.put(r0, 0)
}
