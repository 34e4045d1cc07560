// Sums in the fixed cascade of numerics rule 3, and extremes.
import AdamFormulas
import AdamKernelABI

/// Four levels of partial sums: level j takes over every 2^(power·j) terms.
struct Cascade<L: Lanes> {
  private var s0 = L(lanes: 0), s1 = L(lanes: 0), s2 = L(lanes: 0), s3 = L(lanes: 0)
  private let power: Int

  @inline(__always)
  init(terms: Int) {
    let bits = terms > 1 ? Int.bitWidth &- (terms &- 1).leadingZeroBitCount : 0
    power = max(4, bits / 4)
  }

  /// The cascade of `terms` terms that goes on behind the first of them, a multiple of `step` and less than its
  /// square: all that is left of them is their sum.
  @inline(__always)
  init(terms: Int, begun: L) {
    self.init(terms: terms)
    s1 = begun
  }

  @inline(__always)
  var step: Int { 1 &<< power }

  @inline(__always)
  mutating func add(_ x: L) { s0 = s0 + x }

  /// After `count` terms, a multiple of `step`.
  @inline(__always)
  mutating func carry(_ count: Int) {
    let mask = step &- 1
    s1 = s1 + s0
    s0 = L(lanes: 0)
    if count & (mask &<< power) != 0 { return }
    s2 = s2 + s1
    s1 = L(lanes: 0)
    if count & (mask &<< (2 &* power)) != 0 { return }
    s3 = s3 + s2
    s2 = L(lanes: 0)
  }

  @inline(__always)
  var total: L { ((s0 + s1) + s2) + s3 }
}

/// A row as terms: what `sumRow` adds.
protocol RowTerms {
  /// Called before the terms `first ..< first + count` are asked for, at most `window` of them.
  func prepare(_ first: Int, _ count: Int)
  func lanes(_ at: Int) -> SIMD8<Float>
  func single(_ at: Int) -> Float
}

extension RowTerms {
  @inline(__always)
  func prepare(_ first: Int, _ count: Int) {}
}

struct PlainTerms: RowTerms {
  let x: Floats
  @inline(__always)
  func lanes(_ at: Int) -> SIMD8<Float> {
    UnsafeRawPointer(x + at).loadUnaligned(as: SIMD8<Float>.self)
  }
  @inline(__always)
  func single(_ at: Int) -> Float { x[at] }
}

/// A row that lies in runs, `stride` apart: copied window by window.
private struct RunTerms: RowTerms {
  let x: Floats
  let length, stride: Int
  /// The window, behind the number of its first term.
  let scratch: Floats

  @inline(__always)
  private var start: UnsafeMutablePointer<Int> {
    UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Int.self)
  }
  @inline(__always)
  private var window: Floats { scratch + 16 }

  func prepare(_ first: Int, _ count: Int) {
    start.pointee = first
    guard count > 0 else { return }
    var run = first / length, inside = first &- run &* length, at = 0
    while at < count {
      let part = min(length &- inside, count &- at)
      (window + at).update(from: x + (run &* stride &+ inside), count: part)
      at &+= part
      (run, inside) = (run &+ 1, 0)
    }
  }
  @inline(__always)
  func lanes(_ at: Int) -> SIMD8<Float> { PlainTerms(x: window).lanes(at &- start.pointee) }
  @inline(__always)
  func single(_ at: Int) -> Float { window[at &- start.pointee] }
}

/// Eight lanes as one number of a cascade.
struct Lane8: Lanes {
  var v: SIMD8<Float>
  @inline(__always)
  init(_ v: SIMD8<Float>) { self.v = v }
  @inline(__always)
  init(lanes value: Float) { v = SIMD8(repeating: value) }
  @inline(__always)
  static func + (a: Lane8, b: Lane8) -> Lane8 { Lane8(a.v + b.v) }
  @inline(__always)
  static func - (a: Lane8, b: Lane8) -> Lane8 { Lane8(a.v - b.v) }
  @inline(__always)
  static func * (a: Lane8, b: Lane8) -> Lane8 { Lane8(a.v * b.v) }
  @inline(__always)
  static func / (a: Lane8, b: Lane8) -> Lane8 { Lane8(a.v / b.v) }
  @inline(__always)
  static prefix func - (a: Lane8) -> Lane8 { Lane8(SIMD8(repeating: -0.0) - a.v) }
  @inline(__always)
  func addingProduct(_ a: Lane8, _ b: Lane8) -> Lane8 { Lane8(v.addingProduct(a.v, b.v)) }
  @inline(__always)
  func squareRoot() -> Lane8 { Lane8(v.squareRoot()) }
  @inline(__always)
  static func less(_ a: Lane8, _ b: Lane8) -> SIMDMask<SIMD8<Int32>> { a.v .< b.v }
  @inline(__always)
  static func notEqual(_ a: Lane8, _ b: Lane8) -> SIMDMask<SIMD8<Int32>> { a.v .!= b.v }
  @inline(__always)
  static func select(_ m: SIMDMask<SIMD8<Int32>>, _ a: Lane8, _ b: Lane8) -> Lane8 {
    Lane8(b.v.replacing(with: a.v, where: m))
  }
}

/// Four interleaved cascades over `count` terms, left-overs onto the first, then 0 + 1 + 2 + 3.
@inline(__always)
func interleavedSum<L: Lanes>(
  _ count: Int, prepare: (Int, Int) -> Void = { _, _ in }, _ term: (Int) -> L
) -> L {
  let quarter = count / 4
  var c0 = Cascade<L>(terms: quarter), c1 = c0, c2 = c0, c3 = c0
  let step = c0.step
  var i = 0
  while i < quarter {
    let end = i &+ step
    let stop = min(end, quarter)
    prepare(4 &* i, 4 &* (stop &- i))
    while i < stop {
      c0.add(term(4 &* i))
      c1.add(term(4 &* i &+ 1))
      c2.add(term(4 &* i &+ 2))
      c3.add(term(4 &* i &+ 3))
      i &+= 1
    }
    if i == end {
      c0.carry(i)
      c1.carry(i)
      c2.carry(i)
      c3.carry(i)
    }
  }
  var first = c0.total
  prepare(4 &* quarter, count &- 4 &* quarter)
  for rest in (4 &* quarter)..<count { first = first + term(rest) }
  return ((first + c1.total) + c2.total) + c3.total
}

/// `sum_last` of one row: eight lanes, and chunks added in order.
@inline(__always)
func sumRow<Terms: RowTerms>(_ terms: Terms, _ count: Int) -> Float {
  let size = KernelTable.sumChunk
  var total = sumChunk(terms, 0, min(count, size))
  var at = size
  while at < count {
    total = total + sumChunk(terms, at, min(size, count &- at))
    at &+= size
  }
  return total
}

@inline(__always)
private func sumChunk<Terms: RowTerms>(_ terms: Terms, _ at: Int, _ count: Int) -> Float {
  if count < 8 {
    return interleavedSum(count, prepare: { terms.prepare(at &+ $0, $1) }) { terms.single(at &+ $0) }
  }
  let vectors = count / 8
  let lanes = interleavedSum(vectors, prepare: { terms.prepare(at &+ 8 &* $0, 8 &* $1) }) {
    Lane8(terms.lanes(at &+ 8 &* $0))
  }.v
  var sum: Float = 0
  terms.prepare(at &+ 8 &* vectors, count &- 8 &* vectors)
  for i in (8 &* vectors)..<count { sum = sum + terms.single(at &+ i) }
  for lane in 0..<8 { sum = sum + lanes[lane] }
  return sum
}

func sumLast(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let columns = x.pointee.n1
  let out = x.pointee.p1.floats
  for row in begin..<end {
    let sum = sumRow(PlainTerms(x: x.pointee.p0.floats + row &* columns), columns)
    out[row] = x.pointee.n2 == 1 ? sum / Float(columns) : sum
  }
}

func sumRuns(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw).pointee
  let count = x.n1 &* x.n3
  for row in begin..<end {
    let terms = RunTerms(x: x.p0.floats + row &* x.n3, length: x.n3, stride: x.n0 &* x.n3, scratch: x.scratch.floats)
    let sum = sumRow(terms, count)
    x.p1.floats[row] = x.n2 == 1 ? sum / Float(count) : sum
  }
}

func sumFirst(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let from = x.pointee.p0.floats, out = x.pointee.p1.floats
  let rows = x.pointee.n0, columns = x.pointee.n1, before = x.pointee.n3
  let divisor: Float = x.pointee.n2 == 1 ? Float(rows) : 1
  if columns == 1 {
    if begin < end { out[0] = sumRow(PlainTerms(x: from), rows) / divisor }
    return
  }
  // Whole groups of 32 (narrow tensors: 4) columns take one cascade, the other columns four.
  let group = columns >= 8 ? 32 : 4
  let grouped = columns &- columns % group
  let last = min(end &* KernelTable.sumFirstColumns, columns)
  var j = begin &* KernelTable.sumFirstColumns
  while j &+ 16 <= min(grouped, last) {
    let begun = before > 0 ? load16(out + j) : Lane16(repeating: 0)
    store16(sumColumns16(from + j, rows, columns, before, begun) / Lane16(repeating: divisor), out + j)
    j &+= 16
  }
  while j < min(grouped, last) {
    let column = from + j
    out[j] = singleCascade(rows, 0, 0) { column[$0 &* columns] } / divisor
    j &+= 1
  }
  while j &+ 16 <= last {
    let column = from + j
    let sum = interleavedSum(rows) { load16(column + $0 &* columns) }
    store16(sum / Lane16(repeating: divisor), out + j)
    j &+= 16
  }
  while j < last {
    let column = from + j
    out[j] = interleavedSum(rows) { column[$0 &* columns] } / divisor
    j &+= 1
  }
}

@inline(__always)
private func sumColumns16(_ column: Floats, _ rows: Int, _ stride: Int, _ before: Int, _ begun: Lane16) -> Lane16 {
  singleCascade(rows, before, begun) { load16(column + $0 &* stride) }
}

/// Of `count` terms behind `before` others, whose sum is `begun`.
@inline(__always)
private func singleCascade<L: Lanes>(_ count: Int, _ before: Int, _ begun: L, _ term: (Int) -> L) -> L {
  var cascade = Cascade<L>(terms: before &+ count, begun: begun)
  let step = cascade.step
  var i = 0
  while i < count {
    let end = i &+ step
    let stop = min(end, count)
    while i < stop {
      cascade.add(term(i))
      i &+= 1
    }
    if i == end { cascade.carry(before &+ i) }
  }
  return cascade.total
}
