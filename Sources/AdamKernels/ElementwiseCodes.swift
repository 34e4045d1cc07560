// What each code means, over sixteen lanes. A table: one line a code.
import AdamFormulas
import AdamKernelABI

private typealias V = Lane16
private typealias I = SIMD16<Int32>

/// One micro-operation on the first `groups`·16 lanes of its registers.
@inline(never)
func apply(
  _ op: UnsafePointer<MicroOp>, _ registers: UnsafeMutablePointer<Floats>, _ groups: Int
) {
  let x = Call(op.pointee, registers, groups)
  switch op.pointee.code {
  case .copy: x.one { a in a }
  case .constant: x.constant()
  case .neg: x.one { a in -a }
  case .abs: x.one { a in V.magnitude(a) }
  case .sign: signLoop(x)
  case .exp: expLoop(x)
  case .log: logLoop(x)
  case .sqrt: x.one { a in a.squareRoot() }
  case .sin: sinLoop(x)
  case .cos: cosLoop(x)
  case .floor: floorLoop(x)
  case .round: roundLoop(x)
  case .tanh: tanhLoop(x)
  case .sigmoid: sigmoidLoop(x)
  case .relu: x.one { a in V.relu(a) }
  case .geluErf: geluErfLoop(x)
  case .geluTanh: geluTanhLoop(x)
  case .square: x.one { a in a * a }
  case .cube: x.one { a in (a * a) * a }
  case .reciprocal: x.one { a in V(lanes: 1) / a }
  case .flush: x.one { a in a * V(lanes: 1) }
  case .erf: erfLoop(x)
  case .expm1: expm1Loop(x)
  case .log1p: log1pLoop(x)
  case .ceil: ceilLoop(x)
  case .trunc: truncLoop(x)
  case .add: x.two { a, b in a + b }
  case .sub: x.two { a, b in a - b }
  case .mul: x.two { a, b in a * b }
  case .div: x.two { a, b in a / b }
  case .remainder: x.two { a, b in V.remainder(a, b) }
  case .pow: x.two { a, b in V.pow(a, b) }
  case .maximum: x.two { a, b in V.larger(a, b) }
  case .minimum: x.two { a, b in V.smaller(a, b) }
  case .addScalar: x.scalar { a, i in a + i }
  case .subScalar: x.scalar { a, i in a - i }
  case .scalarSub: x.scalar { a, i in i - a }
  case .mulScalar: x.scalar { a, i in a * i }
  case .divScalar: x.scalar { a, i in a / i }
  case .scalarDiv: x.scalar { a, i in i / a }
  case .powScalar: x.scalar { a, i in V.pow(a, i) }
  case .maxScalar: x.scalar { a, i in V.larger(a, i) }
  case .minScalar: x.scalar { a, i in V.smaller(a, i) }
  case .eq: x.two { a, b in flag(a .== b) }
  case .ne: x.two { a, b in flag(a .!= b) }
  case .lt: x.two { a, b in flag(a .< b) }
  case .le: x.two { a, b in flag(a .<= b) }
  case .gt: x.two { a, b in flag(a .> b) }
  case .ge: x.two { a, b in flag(a .>= b) }
  case .eqInt: x.integers { a, b in one(a .== b) }
  case .neInt: x.integers { a, b in one(a .!= b) }
  case .ltInt: x.integers { a, b in one(a .< b) }
  case .leInt: x.integers { a, b in one(a .<= b) }
  case .gtInt: x.integers { a, b in one(a .> b) }
  case .geInt: x.integers { a, b in one(a .>= b) }
  case .logicalAnd: x.integers { a, b in one((a .!= I(repeating: 0)) .& (b .!= I(repeating: 0))) }
  case .logicalOr: x.integers { a, b in one((a | b) .!= I(repeating: 0)) }
  case .logicalNot: x.integers { a, _ in one(a .== I(repeating: 0)) }
  case .select: x.three { a, b, c in V.select(V.isNonzero(V.bits(a)), b, c) }
  case .addInt: x.integers { a, b in a &+ b }
  case .subInt: x.integers { a, b in a &- b }
  case .mulInt: x.integers { a, b in a &* b }
  case .divInt: x.integers { a, b in lanes(a, b, floorQuotient) }
  case .remainderInt: x.integers { a, b in lanes(a, b, floorRemainder) }
  case .maxInt: x.integers { a, b in a.replacing(with: b, where: a .< b) }
  case .minInt: x.integers { a, b in a.replacing(with: b, where: b .< a) }
  case .negInt: x.integers { a, _ in I(repeating: 0) &- a }
  case .absInt: x.integers { a, _ in a.replacing(with: I(repeating: 0) &- a, where: a .< 0) }
  case .signInt: x.integers { a, _ in (a &>> 31) | one(a .> I(repeating: 0)) }
  case .floatToInt: x.integers { a, _ in lanes(a, a, truncated) }
  case .intToFloat: x.integers { a, _ in lanes(a, a, converted) }
  case .floatToBool: x.one { a in flag(a .!= V(repeating: 0)) }
  case .intToBool: x.integers { a, _ in one(a .!= I(repeating: 0)) }
  case .reluGrad: x.two { a, b in V.reluGrad(a, b) }
  case .tanhGrad: x.two { a, b in V.tanhGrad(a, b) }
  case .sigmoidGrad: x.two { a, b in V.sigmoidGrad(a, b) }
  case .geluErfGrad: geluErfGradLoop(x)
  case .geluTanhGrad: geluTanhGradLoop(x)
  case .fma: x.three { a, b, c in V.fma(a, b, c) }
  case .squaredDifference: x.two { a, b in V.squaredDifference(a, b) }
  case .bceWithLogits: bceWithLogitsLoop(x)
  case .bceWithLogitsGrad: bceWithLogitsGradLoop(x)
  }
}

/// The resolved registers of one micro-operation. The closures below are inlined.
struct Call {
  let d, a, b, c: Floats
  let immediate: Lane16
  let groups: Int

  @inline(__always)
  init(_ op: MicroOp, _ registers: UnsafeMutablePointer<Floats>, _ groups: Int) {
    d = registers[Int(op.dst)]
    a = registers[Int(op.a)]
    b = registers[Int(op.b)]
    c = registers[Int(op.c)]
    immediate = V(repeating: op.immediate)
    self.groups = groups
  }

  @inline(__always)
  func constant() { for g in 0..<groups { store16(immediate, d + g &* 16) } }

  // Never inlined: each formula gets a loop of its own. Inside the table's switch, which is too large, every
  // sixteen lanes would be a call.

  @inline(never)
  fileprivate func one(_ f: (V) -> V) {
    for g in 0..<groups { store16(f(load16(a + g &* 16)), d + g &* 16) }
  }

  @inline(never)
  fileprivate func two(_ f: (V, V) -> V) {
    for g in 0..<groups {
      store16(f(load16(a + g &* 16), load16(b + g &* 16)), d + g &* 16)
    }
  }

  @inline(never)
  fileprivate func scalar(_ f: (V, V) -> V) {
    for g in 0..<groups { store16(f(load16(a + g &* 16), immediate), d + g &* 16) }
  }

  @inline(never)
  fileprivate func three(_ f: (V, V, V) -> V) {
    for g in 0..<groups {
      let at = g &* 16
      store16(f(load16(a + at), load16(b + at), load16(c + at)), d + at)
    }
  }

  @inline(__always)
  fileprivate func integers(_ f: (I, I) -> I) { two { a, b in V.float(f(V.bits(a), V.bits(b))) } }
}

@inline(__always)
private func one(_ mask: SIMDMask<I>) -> I {
  I(repeating: 0).replacing(with: I(repeating: 1), where: mask)
}

@inline(__always)
private func flag(_ mask: SIMDMask<I>) -> V { V.float(one(mask)) }

@inline(__always)
private func lanes(_ a: I, _ b: I, _ f: (Int32, Int32) -> Int32) -> I {
  var r = a
  for lane in 0..<16 { r[lane] = f(a[lane], b[lane]) }
  return r
}

private func floorQuotient(_ a: Int32, _ b: Int32) -> Int32 {
  if b == 0 { return 0 }
  if b == -1 { return 0 &- a }
  let q = a / b
  return q &* b != a && (a < 0) != (b < 0) ? q &- 1 : q
}

private func floorRemainder(_ a: Int32, _ b: Int32) -> Int32 {
  if b == 0 || b == -1 { return 0 }
  let r = a % b
  return r != 0 && (r < 0) != (b < 0) ? r &+ b : r
}

/// Towards zero, saturating; NaN is 0. The argument comes as bits.
private func truncated(_ bits: Int32, _: Int32) -> Int32 {
  let x = Float.float(bits)
  if x != x { return 0 }
  if x >= 2_147_483_648 { return Int32.max }
  return x < -2_147_483_648 ? Int32.min : Int32(x)
}

private func converted(_ value: Int32, _: Int32) -> Int32 { Float.bits(Float(value)) }
