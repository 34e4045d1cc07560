// Where a tiled product finds its operands. Lines that lie a multiple of 4 KiB apart share the places of the first
// cache, eight or twelve of them, and of the second: what is read along them is copied first.
import AdamKernelABI

/// Terms of a product that one chain adds up (rule 1).
struct TermBlock {
  let first, count: Int
  /// At most.
  static let most = KernelTable.blockTerms
}

/// Elements `stride` apart would push each other out of the caches.
@inline(__always)
private func collides(_ stride: Int) -> Bool { stride & 1023 == 0 && stride > 0 }

/// Columns of the right operand for a block of terms, in panels as wide as a tile.
struct ProductPanels {
  let first: Floats
  /// From term to term, and from panel to panel.
  let term, panel: Int

  /// In the scratch, for the columns of a block of C.
  static let room = KernelTable.mostColumns &* TermBlock.most
  @inline(__always)
  init(_ p: Product, _ columns: Range<Int>, _ block: TermBlock, rows: Int) {
    if let packed = p.packed {
      first = packed + (columns.lowerBound &* p.k &+ block.first &* Tile.columns)
      (term, panel) = (Tile.columns, Tile.columns &* p.k)
      return
    }
    if p.bColumn != 1 || p.n & 15 != 0 {
      (first, term, panel) = (p.scratch, Tile.columns, Tile.columns &* block.count)
      Self.pack(p, columns, block)
      return
    }
    let from = p.b + (block.first &* p.bTerm &+ columns.lowerBound)
    if collides(p.bTerm), rows >= KernelTable.leastPackedRows, columns.count <= KernelTable.mostColumns {
      (first, term, panel) = (p.scratch, Tile.columns, Tile.columns &* block.count)
      Self.copy(from, p.bTerm, columns.count, block.count, to: p.scratch)
    } else {
      (first, term, panel) = (from, p.bTerm, Tile.columns)
    }
  }

  @inline(never)
  private static func pack(_ p: Product, _ columns: Range<Int>, _ block: TermBlock) {
    var column = columns.lowerBound, to = p.scratch
    while column < columns.upperBound {
      packPanel(
        p.b + (block.first &* p.bTerm &+ column &* p.bColumn), p.bTerm, p.bColumn,
        columns: min(Tile.columns, columns.upperBound &- column), terms: block.count, to: to)
      column &+= Tile.columns
      to += Tile.columns &* block.count
    }
  }

  @inline(never)
  private static func copy(_ from: Floats, _ stride: Int, _ columns: Int, _ terms: Int, to: Floats) {
    for term in 0..<terms {
      let from = from + term &* stride
      var column = 0, to = to + term &* Tile.columns
      while column < columns {
        storeT(loadT(from + column), to)
        if column &+ Tile.lanes < columns { storeT(loadT(from + (column &+ Tile.lanes)), to + Tile.lanes) }
        column &+= Tile.columns
        to += Tile.columns &* terms
      }
    }
  }
}

/// Rows of the left operand for a block of terms.
struct ProductRows {
  let first: Floats
  /// From row to row, and from term to term.
  let row, term: Int

  /// Behind the panels in the scratch, and before the registers of an epilogue.
  private static let place = ProductPanels.room
  /// Of a copied row: an odd number of lines.
  private static let length = TermBlock.most &+ 16

  init(first: Floats, row: Int, term: Int) { (self.first, self.row, self.term) = (first, row, term) }

  /// Rows that collide are copied when there are more of them than the first cache has places, as only the tallest
  /// tiles have. All others are read where they lie: a copy takes longer than it saves.
  @inline(__always)
  init(_ p: Product, _ row: Int, _ count: Int, _ block: TermBlock, columns: Int) {
    let from = p.a + (row &* p.aRow &+ block.first &* p.aTerm)
    guard count > 8, p.aTerm == 1, collides(p.aRow), columns > 2 &* Tile.columns else {
      self.init(first: from, row: p.aRow, term: p.aTerm)
      return
    }
    let to = p.scratch + Self.place
    for row in 0..<count { (to + row &* Self.length).update(from: from + row &* p.aRow, count: block.count) }
    self.init(first: to, row: Self.length, term: 1)
  }

  @inline(__always)
  func from(_ row: Int) -> ProductRows { ProductRows(first: first + row &* self.row, row: self.row, term: term) }
}
