// Runs of elements that become columns: what packing and transposing do.

/// Every second element of a and b from the first on. Written out, as the next ones are: the standard library's
/// halves may stay functions, which modules of other instruction sets would share.
@inline(__always)
func evens(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
  SIMD16(
    a[0], a[2], a[4], a[6], a[8], a[10], a[12], a[14],
    b[0], b[2], b[4], b[6], b[8], b[10], b[12], b[14])
}

/// From the second on.
@inline(__always)
func odds(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
  SIMD16(
    a[1], a[3], a[5], a[7], a[9], a[11], a[13], a[15],
    b[1], b[3], b[5], b[7], b[9], b[11], b[13], b[15])
}

/// a0 b0 a1 b1 …
@inline(__always)
func zipped(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> (SIMD16<Float>, SIMD16<Float>) {
  (
    SIMD16(
      a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3], a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7]),
    SIMD16(
      a[8], b[8], a[9], b[9], a[10], b[10], a[11], b[11], a[12], b[12], a[13], b[13], a[14], b[14], a[15], b[15])
  )
}

/// `runs` runs of k terms become the columns of rows `rowLength` long. So many rows at a time stay in the
/// first-level cache until all their columns are filled.
func interleaveRuns(
  _ from: Floats, _ runStride: Int, _ termStride: Int, _ k: Int, _ to: Floats, runs: Int, rowLength: Int
) {
  var t = 0
  while t < k {
    let terms = min(128, k &- t)
    interleavePart(
      from + t &* termStride, runStride, termStride, terms, to + t &* rowLength, runs: runs, rowLength: rowLength)
    t &+= terms
  }
}

/// Eight or four columns at a time.
private func interleavePart(
  _ from: Floats, _ runStride: Int, _ termStride: Int, _ k: Int, _ to: Floats, runs: Int, rowLength: Int
) {
  var j = 0
  while termStride == 1, j &+ 8 <= runs {
    interleaveEight(from + j &* runStride, runStride, k, to + j, rowLength)
    j &+= 8
  }
  while j &+ 4 <= runs {
    interleaveFour(from + j &* runStride, runStride, termStride, k, to + j, rowLength)
    j &+= 4
  }
  while j < runs {
    for t in 0..<k { to[t &* rowLength &+ j] = from[t &* termStride &+ j &* runStride] }
    j &+= 1
  }
}

private typealias Eight = SIMD8<Float>
private typealias Four = SIMD4<Float>

@inline(__always)
private func load8(_ p: UnsafePointer<Float>) -> Eight { UnsafeRawPointer(p).loadUnaligned(as: Eight.self) }

@inline(__always)
private func load4(_ p: UnsafePointer<Float>) -> Four { UnsafeRawPointer(p).loadUnaligned(as: Four.self) }

/// Eight rows of eight.
private struct Square {
  var r0, r1, r2, r3, r4, r5, r6, r7: Eight

  @inline(__always)
  init(_ p: Floats, _ stride: Int) {
    (r0, r1, r2, r3) = (load8(p), load8(p + stride), load8(p + 2 &* stride), load8(p + 3 &* stride))
    let q = p + 4 &* stride
    (r4, r5, r6, r7) = (load8(q), load8(q + stride), load8(q + 2 &* stride), load8(q + 3 &* stride))
  }

  /// Rows become columns: pairs of elements, pairs of these, halves.
  @inline(__always)
  mutating func transpose() {
    let (a, b) = Self.pairs(r0, r1), (c, d) = Self.pairs(r2, r3)
    let (e, f) = Self.pairs(r4, r5), (g, h) = Self.pairs(r6, r7)
    let (a0, a1) = Self.quads(a, c), (a2, a3) = Self.quads(b, d)
    let (b0, b1) = Self.quads(e, g), (b2, b3) = Self.quads(f, h)
    (r0, r4) = Self.halves(a0, b0)
    (r1, r5) = Self.halves(a1, b1)
    (r2, r6) = Self.halves(a2, b2)
    (r3, r7) = Self.halves(a3, b3)
  }

  /// Two elements of a row in one lane. The steps have lanes of different sizes, or the compiler would see where each
  /// element goes from the first to the last and collect them one by one.
  private typealias Pairs = SIMD4<UInt64>

  @inline(__always)
  private static func pairs(_ a: Eight, _ b: Eight) -> (Pairs, Pairs) {
    let low = Eight(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5])
    let high = Eight(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7])
    return (unsafeBitCast(low, to: Pairs.self), unsafeBitCast(high, to: Pairs.self))
  }

  @inline(__always)
  private static func quads(_ a: Pairs, _ b: Pairs) -> (Eight, Eight) {
    let low = Pairs(a[0], b[0], a[2], b[2]), high = Pairs(a[1], b[1], a[3], b[3])
    return (unsafeBitCast(low, to: Eight.self), unsafeBitCast(high, to: Eight.self))
  }

  @inline(__always)
  private static func halves(_ a: Eight, _ b: Eight) -> (Eight, Eight) {
    (Eight(lowHalf: a.lowHalf, highHalf: b.lowHalf), Eight(lowHalf: a.highHalf, highHalf: b.highHalf))
  }

  @inline(__always)
  func store(_ p: Floats, _ stride: Int) {
    store(r0, p)
    store(r1, p + stride)
    store(r2, p + 2 &* stride)
    store(r3, p + 3 &* stride)
    store(r4, p + 4 &* stride)
    store(r5, p + 5 &* stride)
    store(r6, p + 6 &* stride)
    store(r7, p + 7 &* stride)
  }

  @inline(__always)
  private func store(_ v: Eight, _ p: Floats) { UnsafeMutableRawPointer(p).storeBytes(of: v, as: Eight.self) }
}

@inline(never)
private func interleaveEight(_ from: Floats, _ runStride: Int, _ k: Int, _ to: Floats, _ rowLength: Int) {
  var t = 0
  while t &+ 8 <= k {
    var square = Square(from + t, runStride)
    square.transpose()
    square.store(to + t &* rowLength, rowLength)
    t &+= 8
  }
  while t < k {
    for j in 0..<8 { to[t &* rowLength &+ j] = from[j &* runStride &+ t] }
    t &+= 1
  }
}

@inline(never)
private func interleaveFour(
  _ from: Floats, _ runStride: Int, _ termStride: Int, _ k: Int, _ to: Floats, _ rowLength: Int
) {
  let s0 = from, s1 = s0 + runStride, s2 = s1 + runStride, s3 = s2 + runStride
  var t = 0
  while termStride == 1, t &+ 4 <= k {
    let (a, b, c, d) = (load4(s0 + t), load4(s1 + t), load4(s2 + t), load4(s3 + t))
    for i in 0..<4 { store(Four(a[i], b[i], c[i], d[i]), to + (t &+ i) &* rowLength) }
    t &+= 4
  }
  while t < k {
    let at = t &* termStride
    store(Four(s0[at], s1[at], s2[at], s3[at]), to + t &* rowLength)
    t &+= 1
  }
}

@inline(__always)
private func store(_ v: Four, _ p: Floats) { UnsafeMutableRawPointer(p).storeBytes(of: v, as: Four.self) }
