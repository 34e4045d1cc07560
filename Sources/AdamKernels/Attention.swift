// Attention, one head of a sequence after the other: what it computes stays in the first caches from its first product
// to its last, and what a place does not see is not computed.
import AdamKernelABI
import CMemory

/// The sizes that the slots of `attention` say, and where things lie in the scratch.
private struct AttentionHeads {
  let heads, places, size, length: Int
  let scale: Float
  let isCausal: Bool
  /// Copies of matrices and slopes are kept in the scratch; longer sequences are read where they lie.
  let isNear: Bool
  let scratch: Floats

  init(_ x: UnsafePointer<KernelArguments>) {
    (heads, places, size, length) = (x.pointee.n0, x.pointee.n1, x.pointee.n2, x.pointee.n4)
    scale = x.pointee.f0
    isCausal = x.pointee.n3 == 1
    isNear = KernelTable.keepsSlopes(places: places, size: size)
    scratch = x.pointee.scratch.floats
  }

  private var dim: Int { heads &* size }
  /// Of one head.
  var weightCount: Int { places &* length }

  /// Queries, keys or values of a head, or their gradients.
  func part(_ part: Int, of x: Floats, _ unit: Int) -> Strided {
    let sequence = unit / heads, head = unit &- sequence &* heads
    return Strided(x + (sequence &* places &* 3 &* dim &+ part &* dim &+ head &* size), row: 3 &* dim)
  }

  /// Of what a head makes of them.
  func output(_ y: Floats, _ unit: Int) -> Strided {
    let sequence = unit / heads, head = unit &- sequence &* heads
    return Strided(y + (sequence &* places &* dim &+ head &* size), row: dim)
  }

  /// Into the second cache, of rows that lie apart: the processor does not see where the next head's are. What is
  /// long does not stay there.
  func fetch(_ x: Strided, _ count: Int) {
    guard isNear else { return }
    for i in 0..<places {
      let row = x.first + i &* x.row
      var at = 0
      while at < count {
        adam_prefetch(row + at)
        at &+= 16
      }
    }
  }

  // MARK: Groups of places

  /// Places that are computed together: they see as far as the last of them, and are seen from the first of them on.
  var groupSize: Int { isCausal ? KernelTable.attentionGroup(isNear: isNear) : places }

  func eachGroup(_ body: (Range<Int>) -> Void) {
    var first = 0
    while first < places {
      body(first..<min(first &+ groupSize, places))
      first &+= groupSize
    }
  }

  func seen(by group: Range<Int>) -> Range<Int> { 0..<(isCausal ? group.upperBound : places) }
  func seeing(_ group: Range<Int>) -> Range<Int> { (isCausal ? group.lowerBound : 0)..<places }

  func eachStrip(_ body: (WeightStrip) -> Void) {
    var first = 0
    while first < places {
      let sums = scratch + Self.sums
      body(WeightStrip(places: places, length: length, first: first, isCausal: isCausal, sums: sums))
      first &+= 16
    }
  }

  /// A vector of each row may lie behind those that have places.
  func clearBehind(_ weights: Floats) {
    let first = (places &+ 15) & ~15
    if first == length { return }
    for row in 0..<places { store16(Lane16(repeating: 0), weights + (row &* length &+ first)) }
  }

  // MARK: The scratch: a matrix with its axes changed, slopes, sums, and behind what products take for rows copies

  var slopes: Floats { scratch + Self.mostTurned }
  private static let mostTurned = 32768, sums = ProductPanels.room &- 256
  private static let copies = ProductPanels.room &+ 4864, mostCopied = 8192

  /// A copy whose rows are whole vectors, the number `index`; the matrix itself where it is long.
  func near(_ x: Strided, _ index: Int) -> Strided {
    guard isNear else { return x }
    let length = (size &+ 15) & ~15, to = scratch + (Self.copies &+ index &* Self.mostCopied)
    for i in 0..<places {
      let from = x.first + i &* x.row
      var at = 0
      while at < size {
        store16(some(from + at, size &- at), to + (i &* length &+ at))
        at &+= 16
      }
    }
    return Strided(to, row: length)
  }

  /// x·yᵀ of rows of two heads.
  func rowProducts(_ x: Strided, _ y: Strided, into c: Floats) -> Product {
    let c = Strided(c, row: length)
    guard isNear else { return Product(x, y.transposed, into: c, places, places, size, scratch: scratch) }
    interleaveRuns(y.first, y.row, 1, size, scratch, runs: places, rowLength: length)
    return Product(x, Strided(scratch, row: length), into: c, places, length, size, scratch: scratch)
  }

  /// Some rows and columns of a product.
  @inline(__always)
  func compute(_ p: Product, _ rows: Range<Int>, _ columns: Range<Int>) {
    if isNear { return nearProduct(p, rows, columns) }
    var column = columns.lowerBound
    while column < columns.upperBound {
      tiledProduct(p, rows, column..<min(column &+ KernelTable.mostColumns, columns.upperBound))
      column &+= KernelTable.mostColumns
    }
  }

  /// The columns of `rowProducts` for a group: whole vectors from its first place on.
  func columns(_ group: Range<Int>) -> Range<Int> { (seeing(group).lowerBound & ~15)..<places }

  /// a·b of weights or slopes and rows of a head, over some of the terms.
  func sums(_ a: Strided, _ b: Strided, into c: Strided, _ terms: Range<Int>) -> Product {
    let a = Strided(a.first + terms.lowerBound &* a.column, row: a.row, column: a.column)
    // A copy has whole vectors.
    let columns = isNear ? b.row : size
    return Product(a, b.from(row: terms.lowerBound), into: c, places, columns, terms.count, scratch: scratch)
  }
}

func attention(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let h = AttentionHeads(x), operands = x.pointee.p0.floats
  for unit in begin..<end {
    let weights = x.pointee.p2.floats + unit &* h.weightCount
    if unit &+ 1 < end {
      for part in 0..<3 { h.fetch(h.part(part, of: operands, unit &+ 1), h.size) }
    }
    let scores = h.rowProducts(h.part(1, of: operands, unit), h.part(0, of: operands, unit), into: weights)
    h.eachGroup { h.compute(scores, $0, h.columns($0)) }
    h.eachStrip { $0.softmax(weights, scale: h.scale) }
    h.clearBehind(weights)
    let values = h.near(h.part(2, of: operands, unit), 0), y = h.output(x.pointee.p1.floats, unit)
    let seeing = Strided(weights, row: 1, column: h.length)
    h.eachGroup { h.compute(h.sums(seeing, values, into: y, h.seen(by: $0)), $0, 0..<h.size) }
  }
}

func attentionGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let h = AttentionHeads(x)
  for index in begin..<end {
    let room = x.pointee.p4.optionalFloats.map { $0 + index &* h.weightCount } ?? h.slopes
    gradient(h, x.pointee.n5 &+ index, x, slopes: room, hasNext: index &+ 1 < end)
  }
}

private func gradient(
  _ h: AttentionHeads, _ unit: Int, _ x: UnsafePointer<KernelArguments>, slopes: Floats, hasNext: Bool
) {
  let (operands, result) = (x.pointee.p1.floats, x.pointee.p3.floats)
  let weights = x.pointee.p2.floats + unit &* h.weightCount, output = h.output(x.pointee.p0.floats, unit)
  let g = h.near(output, 0)
  if hasNext {
    h.fetch(h.output(x.pointee.p0.floats, unit &+ 1), h.size)
    h.fetch(h.part(2, of: operands, unit &+ 1), h.size)
  }
  let ofValues = h.part(2, of: result, unit)
  h.eachGroup {
    h.compute(h.sums(Strided(weights, row: h.length), g, into: ofValues, h.seeing($0)), $0, 0..<h.size)
  }
  let products = h.rowProducts(h.part(2, of: operands, unit), output, into: slopes)
  h.eachGroup { h.compute(products, $0, h.columns($0)) }
  if hasNext { h.fetch(Strided(weights + h.weightCount, row: h.length), h.length) }
  h.eachStrip { $0.slopes(slopes, weights, scale: h.scale, more: h.groupSize) }
  let keys = h.near(h.part(1, of: operands, unit), 1), queries = h.near(h.part(0, of: operands, unit), 2)
  if hasNext {
    h.fetch(h.part(0, of: operands, unit &+ 1), h.size)
    h.fetch(h.part(1, of: operands, unit &+ 1), h.size)
  }
  let u = Strided(slopes, row: h.length)
  let (ofQueries, ofKeys) = (h.part(0, of: result, unit), h.part(1, of: result, unit))
  h.eachGroup { h.compute(h.sums(u.transposed, keys, into: ofQueries, h.seen(by: $0)), $0, 0..<h.size) }
  h.eachGroup { h.compute(h.sums(u, queries, into: ofKeys, h.seeing($0)), $0, 0..<h.size) }
}
