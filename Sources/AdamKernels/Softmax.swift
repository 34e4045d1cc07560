// Softmax, its logarithm and their gradients, row by row (numerics rules 3 and 4).
import AdamFormulas
import AdamKernelABI

/// `_row_sum16` from sixteen terms on, vector by vector: lanes, then halves. What computes the vectors stands in a loop
/// of its own kernel: the compiler calls a function that is passed here.
private struct RowSum {
  private var sum = Lane16(repeating: -0.0)

  /// The terms from one place on, of which `count` exist. Minus zero adds nothing: it keeps every bit.
  @inline(__always)
  mutating func add(_ terms: Lane16, _ count: Int) { sum = sum + shown(terms, count, else: -0.0) }

  @inline(__always)
  var total: Float { halfTree(sum) }
}

/// Below 16 terms: one after the other.
@inline(__always)
private func shortSum(_ count: Int, _ term: (Int) -> Float) -> Float {
  var sum = count > 0 ? term(0) : 0
  for j in 1..<max(count, 1) { sum = sum + term(j) }
  return sum
}

/// Sixteen lanes or as many as there are.
@inline(__always)
func some(_ p: Floats, _ count: Int) -> Lane16 {
  count >= 16 ? load16(p) : load(p, count: count)
}

@inline(__always)
func put(_ v: Lane16, _ p: Floats, _ count: Int) {
  if count >= 16 { store16(v, p) } else { store(v, p, count: count) }
}

/// The largest element; NaN if there is one. Which of two zeros it is makes no difference to what is
/// subtracted from it and then taken to an exponential.
@inline(__always)
private func rowMax(_ x: Floats, _ count: Int) -> Float {
  if count < 16 { return largest(load(x, count: count, filler: -.infinity)) }
  var best = load16(x)
  var at = 16
  while at &+ 16 <= count {
    best = Lane16.larger(best, load16(x + at))
    at &+= 16
  }
  if at < count { best = Lane16.larger(best, load16(x + (count &- 16))) }
  return largest(best)
}

/// Half against half: a chain over the lanes would take three times as long.
@inline(__always)
private func largest(_ v: Lane16) -> Float {
  let a = Lane16.larger(v, Lane16(lowHalf: v.highHalf, highHalf: v.lowHalf))
  let eight = a.lowHalf
  let b = Lane16.larger(a, Lane16(lowHalf: .init(lowHalf: eight.highHalf, highHalf: eight.lowHalf), highHalf: eight))
  let four = b.lowHalf.lowHalf
  return Float.larger(Float.larger(four[0], four[1]), Float.larger(four[2], four[3]))
}

/// Rows of the two-operand kernels: p0, p1, p2 at `row`.
private struct Row {
  let a, b, out: Floats
  let count: Int

  @inline(__always)
  init(_ x: UnsafePointer<KernelArguments>, _ row: Int) {
    count = x.pointee.n1
    let at = row &* x.pointee.n1
    a = x.pointee.p0.floats + at
    b = x.pointee.p1.floats + at
    out = x.pointee.p2.floats + at
  }
}

/// Whole vectors as far as the row has them, because ragged ends take the way over memory.
func softmax(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let columns = x.pointee.n1
  let from = x.pointee.p0.floats, to = x.pointee.p1.floats
  for row in begin..<end { softmax(from + row &* columns, to + row &* columns, columns) }
}

@inline(__always)
private func softmax(_ from: Floats, _ to: Floats, _ columns: Int) {
  let top = Lane16(repeating: rowMax(from, columns))
  var sum = Lane16(repeating: 0)
  var at = 0
  while at < columns {
    let e = shown(Lane16.exp(some(from + at, columns &- at) - top), columns &- at, else: 0)
    put(e, to + at, columns &- at)
    sum = at == 0 ? e : sum + e
    at &+= 16
  }
  let total = columns < 16 ? shortSum(columns) { to[$0] } : halfTree(sum)
  let factor = Lane16(repeating: 1 / total)
  at = 0
  while at < columns {
    put(some(to + at, columns &- at) * factor, to + at, columns &- at)
    at &+= 16
  }
}

/// The first `count` lanes, the others `filler`.
@inline(__always)
private func shown(_ v: Lane16, _ count: Int, else filler: Float) -> Lane16 {
  if count >= 16 { return v }
  let places = Lane16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  let isShown = Lane16.less(places, Lane16(repeating: Float(Int32(truncatingIfNeeded: count))))
  return Lane16.select(isShown, v, Lane16(repeating: filler))
}

/// Up to sixteen rows at a time: their logarithms are one vector's.
func logSoftmax(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let columns = x.pointee.n1
  var row = begin
  while row < end {
    let rows = min(16, end &- row)
    let from = x.pointee.p0.floats + row &* columns, to = x.pointee.p1.floats + row &* columns
    if columns < 16, rows == 16 {
      logSoftmaxOfShortRows(from, to, columns)
    } else {
      logSoftmaxOfRows(from, to, rows, columns)
    }
    row &+= rows
  }
}

private func logSoftmaxOfRows(_ from: Floats, _ to: Floats, _ rows: Int, _ columns: Int) {
  var tops = Lane16(repeating: 0), sums = Lane16(repeating: 1)
  for row in 0..<rows {
    let top = rowMax(from + row &* columns, columns)
    tops[row] = top
    sums[row] = sumOfExponentials(from + row &* columns, columns, Lane16(repeating: top))
  }
  let sizes = Lane16.log(sums)
  for row in 0..<rows {
    let (top, size) = (Lane16(repeating: tops[row]), Lane16(repeating: sizes[row]))
    let x = from + row &* columns, y = to + row &* columns
    var at = 0
    while at < columns {
      put((some(x + at, columns &- at) - top) - size, y + at, columns &- at)
      at &+= 16
    }
  }
}

@inline(__always)
private func sumOfExponentials(_ x: Floats, _ count: Int, _ top: Lane16) -> Float {
  if count < 16 {
    // From one vector too: the same formula lane by lane.
    let terms = Lane16.exp(load(x, count: count) - top)
    return shortSum(count) { terms[$0] }
  }
  var sum = RowSum(), at = 0
  while at < count {
    sum.add(Lane16.exp(some(x + at, count &- at) - top), count &- at)
    at &+= 16
  }
  return sum.total
}

/// Sixteen rows of less than sixteen terms, a row in each lane: the same operations in the same order as row by
/// row, where most lanes would be empty and every row would wait for its own sum and logarithm. A row has a term at
/// least, and `to` is other memory than `from`: whole vectors reach into rows that are written later.
private func logSoftmaxOfShortRows(_ from: Floats, _ to: Floats, _ columns: Int) {
  var top = column(from, columns)
  for j in 1..<max(columns, 1) { top = Lane16.larger(top, column(from + j, columns)) }
  var sum = Lane16.exp(column(from, columns) - top)
  for j in 1..<max(columns, 1) { sum = sum + Lane16.exp(column(from + j, columns) - top) }
  let size = Lane16.log(sum)
  for lane in 0..<16 {
    let (t, s) = (Lane16(repeating: top[lane]), Lane16(repeating: size[lane]))
    let at = lane &* columns
    if at &+ 16 <= 16 &* columns {
      store16((load16(from + at) - t) - s, to + at)
    } else {
      store((load(from + at, count: columns) - t) - s, to + at, count: columns)
    }
  }
}

/// One element of each of sixteen rows.
@inline(__always)
private func column(_ x: Floats, _ columns: Int) -> Lane16 {
  var v = Lane16(repeating: 0)
  for lane in 0..<16 { v[lane] = x[lane &* columns] }
  return v
}

func softmaxGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  for row in begin..<end {
    let r = Row(arguments(raw), row)
    let sums = Lane16(repeating: sumOfProducts(r))
    var at = 0
    while at < r.count {
      let rest = r.count &- at
      put((some(r.a + at, rest) - sums) * some(r.b + at, rest), r.out + at, rest)
      at &+= 16
    }
  }
}

@inline(__always)
private func sumOfProducts(_ r: Row) -> Float {
  if r.count < 16 { return shortSum(r.count) { r.a[$0] * r.b[$0] } }
  var sum = RowSum(), at = 0
  while at < r.count {
    let rest = r.count &- at
    sum.add(some(r.a + at, rest) * some(r.b + at, rest), rest)
    at &+= 16
  }
  return sum.total
}

func logSoftmaxGrad(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  for row in begin..<end {
    let r = Row(arguments(raw), row)
    let sums = Lane16(repeating: sumOfFirst(r))
    var at = 0
    while at < r.count {
      let rest = r.count &- at
      put(Lane16.fma(-Lane16.exp(some(r.b + at, rest)), sums, some(r.a + at, rest)), r.out + at, rest)
      at &+= 16
    }
  }
}

@inline(__always)
private func sumOfFirst(_ r: Row) -> Float {
  if r.count < 16 { return shortSum(r.count) { r.a[$0] } }
  var sum = RowSum(), at = 0
  while at < r.count {
    sum.add(some(r.a + at, r.count &- at), r.count &- at)
    at &+= 16
  }
  return sum.total
}
