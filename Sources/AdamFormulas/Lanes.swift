// What a formula may do with numbers: written once, it runs on one Double (the oracle), one Float
// (a tail) or sixteen Floats (the vector body).

/// IEEE arithmetic, one rounding per operation, lane by lane.
public protocol Lanes {
  /// One truth value per lane.
  associatedtype Mask
  /// Every lane is `value`.
  init(lanes value: Float)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self
  /// self + a·b, rounded once.
  func addingProduct(_ a: Self, _ b: Self) -> Self
  func squareRoot() -> Self
  static func less(_ a: Self, _ b: Self) -> Mask
  static func notEqual(_ a: Self, _ b: Self) -> Mask
  static func select(_ mask: Mask, _ yes: Self, _ no: Self) -> Self
}

extension Lanes {
  /// a·b + c, rounded once.
  @_transparent
  public static func fma(_ a: Self, _ b: Self, _ c: Self) -> Self { c.addingProduct(a, b) }

  /// The larger; NaN if one is NaN; the first when equal (torch.maximum).
  @_transparent
  public static func larger(_ a: Self, _ b: Self) -> Self {
    let best = select(less(a, b), b, a)
    return select(notEqual(b, b), b, best)
  }

  /// The smaller; NaN if one is NaN; the first when equal (torch.minimum).
  @_transparent
  public static func smaller(_ a: Self, _ b: Self) -> Self {
    let best = select(less(b, a), b, a)
    return select(notEqual(b, b), b, best)
  }
}

extension Double: Lanes {
  @_transparent
  public init(lanes value: Float) { self = Double(value) }
  @_transparent
  public static func less(_ a: Double, _ b: Double) -> Bool { a < b }
  @_transparent
  public static func notEqual(_ a: Double, _ b: Double) -> Bool { a != b }
  @_transparent
  public static func select(_ mask: Bool, _ yes: Double, _ no: Double) -> Double {
    mask ? yes : no
  }
}

/// Lanes whose bits can be taken apart: what exp, log and their like need.
public protocol FloatLanes: Lanes {
  /// One Int32 per lane.
  associatedtype Bits
  static func bits(_ x: Self) -> Bits
  static func float(_ bits: Bits) -> Self
  static func integer(_ value: Int32) -> Bits
  static func add(_ a: Bits, _ b: Bits) -> Bits
  static func subtract(_ a: Bits, _ b: Bits) -> Bits
  static func and(_ a: Bits, _ b: Bits) -> Bits
  static func or(_ a: Bits, _ b: Bits) -> Bits
  static func xor(_ a: Bits, _ b: Bits) -> Bits
  static func shiftedLeft(_ a: Bits, _ count: Int32) -> Bits
  /// Arithmetic: the sign moves in.
  static func shiftedRight(_ a: Bits, _ count: Int32) -> Bits
  static func isNonzero(_ a: Bits) -> Mask
  static func any(_ mask: Mask) -> Bool
  /// A scalar function on every lane, one after the other: rare cases and slow functions.
  func mapLanes(_ function: (Float) -> Float) -> Self
  static func combineLanes(_ a: Self, _ b: Self, _ function: (Float, Float) -> Float) -> Self
}

extension FloatLanes {
  @_transparent
  public static func magnitude(_ x: Self) -> Self { float(and(bits(x), integer(0x7FFF_FFFF))) }
  /// Minus zero in every lane where x has its sign bit set.
  @_transparent
  public static func signBits(_ x: Self) -> Bits { and(bits(x), integer(Int32.min)) }
  /// `magnitude` with the sign of `sign`; magnitude must be ≥ +0 or NaN.
  @_transparent
  public static func withSign(_ magnitude: Self, of sign: Self) -> Self {
    float(or(bits(magnitude), signBits(sign)))
  }
  /// Nearest integer, ties to even, for |x| < 2²². Adding 1.5·2²³ leaves no fraction bits.
  @_transparent
  public static func nearest(_ x: Self) -> Self {
    (x + Self(lanes: 12_582_912)) - Self(lanes: 12_582_912)
  }
  /// The integer `x`, |x| < 2²², as an integer.
  @_transparent
  public static func smallInteger(_ x: Self) -> Bits {
    subtract(bits(x + Self(lanes: 12_582_912)), integer(0x4B40_0000))
  }
  /// 2ⁿ for −126 ≤ n ≤ 127.
  @_transparent
  public static func powerOfTwo(_ n: Bits) -> Self {
    float(shiftedLeft(add(n, integer(127)), 23))
  }
}

extension Float: FloatLanes {
  @_transparent
  public init(lanes value: Float) { self = value }
  @_transparent
  public static func less(_ a: Float, _ b: Float) -> Bool { a < b }
  @_transparent
  public static func notEqual(_ a: Float, _ b: Float) -> Bool { a != b }
  @_transparent
  public static func select(_ mask: Bool, _ yes: Float, _ no: Float) -> Float { mask ? yes : no }
  @_transparent
  public static func bits(_ x: Float) -> Int32 { Int32(bitPattern: x.bitPattern) }
  @_transparent
  public static func float(_ bits: Int32) -> Float { Float(bitPattern: UInt32(bitPattern: bits)) }
  @_transparent
  public static func integer(_ value: Int32) -> Int32 { value }
  @_transparent
  public static func add(_ a: Int32, _ b: Int32) -> Int32 { a &+ b }
  @_transparent
  public static func subtract(_ a: Int32, _ b: Int32) -> Int32 { a &- b }
  @_transparent
  public static func and(_ a: Int32, _ b: Int32) -> Int32 { a & b }
  @_transparent
  public static func or(_ a: Int32, _ b: Int32) -> Int32 { a | b }
  @_transparent
  public static func xor(_ a: Int32, _ b: Int32) -> Int32 { a ^ b }
  @_transparent
  public static func shiftedLeft(_ a: Int32, _ count: Int32) -> Int32 { a &<< count }
  @_transparent
  public static func shiftedRight(_ a: Int32, _ count: Int32) -> Int32 { a &>> count }
  @_transparent
  public static func isNonzero(_ a: Int32) -> Bool { a != 0 }
  @_transparent
  public static func any(_ mask: Bool) -> Bool { mask }
  @_transparent
  public func mapLanes(_ function: (Float) -> Float) -> Float { function(self) }
  @_transparent
  public static func combineLanes(
    _ a: Float, _ b: Float, _ function: (Float, Float) -> Float
  ) -> Float { function(a, b) }
}
