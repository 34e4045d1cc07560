// Sixteen lanes and memory: whole loads, ragged ends, argument slots.
import AdamKernelABI

typealias Lane16 = SIMD16<Float>
typealias Floats = UnsafeMutablePointer<Float>
typealias Integers = UnsafeMutablePointer<Int32>

@inline(__always)
func load16(_ p: UnsafePointer<Float>) -> Lane16 {
  UnsafeRawPointer(p).loadUnaligned(as: Lane16.self)
}

@inline(__always)
func store16(_ v: Lane16, _ p: Floats) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, as: Lane16.self)
}

/// `count` < 16 elements, the other lanes `filler`.
@inline(__always)
func load(_ p: UnsafePointer<Float>, count: Int, filler: Float = 0) -> Lane16 {
  var v = Lane16(repeating: filler)
  var at = 0
  if count & 8 != 0 {
    v.lowHalf = UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Float>.self)
    at = 8
  }
  for i in at..<count { v[i] = p[i] }
  return v
}

@inline(__always)
func store(_ v: Lane16, _ p: Floats, count: Int) {
  var at = 0
  if count & 8 != 0 {
    UnsafeMutableRawPointer(p).storeBytes(of: v.lowHalf, as: SIMD8<Float>.self)
    at = 8
  }
  for i in at..<count { p[i] = v[i] }
}

/// Halves 8, 4, 2, 1, the upper added to the lower.
@inline(__always)
func halfTree(_ v: Lane16) -> Float {
  let a = v.lowHalf + v.highHalf
  let b = a.lowHalf + a.highHalf
  let c = b.lowHalf + b.highHalf
  return c[0] + c[1]
}

@inline(__always)
func arguments(_ p: UnsafeRawPointer) -> UnsafePointer<KernelArguments> {
  p.assumingMemoryBound(to: KernelArguments.self)
}

extension UnsafeMutableRawPointer? {
  /// A slot the kernel needs: the plan filled it.
  @inline(__always)
  var floats: Floats { self.unsafelyUnwrapped.assumingMemoryBound(to: Float.self) }
  @inline(__always)
  var integers: Integers { self.unsafelyUnwrapped.assumingMemoryBound(to: Int32.self) }
  @inline(__always)
  var optionalFloats: Floats? { self?.assumingMemoryBound(to: Float.self) }
  @inline(__always)
  var optionalIntegers: Integers? { self?.assumingMemoryBound(to: Int32.self) }
}
