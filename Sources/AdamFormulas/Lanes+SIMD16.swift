// Sixteen Floats as lanes. Only operations with a vector instruction on every level, or a loop.

extension SIMD16: Lanes where Scalar == Float {
  public typealias Mask = SIMDMask<SIMD16<Int32>>

  @_transparent
  public init(lanes value: Float) { self.init(repeating: value) }
  /// The sign changed, of zeros as well: the standard library's is 0 − a, which loses the sign of zero.
  @_transparent
  public static prefix func - (a: Self) -> Self { Self(repeating: -0.0) - a }
  @_transparent
  public static func less(_ a: Self, _ b: Self) -> Mask { a .< b }
  @_transparent
  public static func notEqual(_ a: Self, _ b: Self) -> Mask { a .!= b }
  @_transparent
  public static func select(_ mask: Mask, _ yes: Self, _ no: Self) -> Self {
    no.replacing(with: yes, where: mask)
  }
}

extension SIMD16: FloatLanes where Scalar == Float {
  public typealias Bits = SIMD16<Int32>

  @_transparent
  public static func bits(_ x: Self) -> Bits { unsafeBitCast(x, to: Bits.self) }
  @_transparent
  public static func float(_ bits: Bits) -> Self { unsafeBitCast(bits, to: Self.self) }
  @_transparent
  public static func integer(_ value: Int32) -> Bits { Bits(repeating: value) }
  @_transparent
  public static func add(_ a: Bits, _ b: Bits) -> Bits { a &+ b }
  @_transparent
  public static func subtract(_ a: Bits, _ b: Bits) -> Bits { a &- b }
  @_transparent
  public static func and(_ a: Bits, _ b: Bits) -> Bits { a & b }
  @_transparent
  public static func or(_ a: Bits, _ b: Bits) -> Bits { a | b }
  @_transparent
  public static func xor(_ a: Bits, _ b: Bits) -> Bits { a ^ b }
  @_transparent
  public static func shiftedLeft(_ a: Bits, _ count: Int32) -> Bits {
    a &<< Bits(repeating: count)
  }
  @_transparent
  public static func shiftedRight(_ a: Bits, _ count: Int32) -> Bits {
    a &>> Bits(repeating: count)
  }
  @_transparent
  public static func isNonzero(_ a: Bits) -> Mask { a .!= Bits(repeating: 0) }
  @_transparent
  public static func any(_ mask: Mask) -> Bool { Swift.any(mask) }
  @_transparent
  public func mapLanes(_ function: (Float) -> Float) -> Self {
    var result = self
    for lane in 0..<16 { result[lane] = function(self[lane]) }
    return result
  }
  @_transparent
  public static func combineLanes(
    _ a: Self, _ b: Self, _ function: (Float, Float) -> Float
  ) -> Self {
    var result = a
    for lane in 0..<16 { result[lane] = function(a[lane], b[lane]) }
    return result
  }
}
