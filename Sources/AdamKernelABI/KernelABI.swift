// The one thing that kernels and the runtime share: how a kernel is called.

/// Operands of one kernel call, resolved when the plan is built. What each slot means is said at
/// the kernel. Plain memory: copied into the plan once, read by the kernel, never changed by it.
public struct KernelArguments {
  public var p0: UnsafeMutableRawPointer?, p1: UnsafeMutableRawPointer?
  public var p2: UnsafeMutableRawPointer?, p3: UnsafeMutableRawPointer?
  public var p4: UnsafeMutableRawPointer?, p5: UnsafeMutableRawPointer?
  public var p6: UnsafeMutableRawPointer?, p7: UnsafeMutableRawPointer?
  public var n0 = 0, n1 = 0, n2 = 0, n3 = 0, n4 = 0, n5 = 0
  public var n6 = 0, n7 = 0, n8 = 0, n9 = 0, n10 = 0, n11 = 0, n12 = 0
  public var f0: Float = 0, f1: Float = 0, f2: Float = 0, f3: Float = 0
  /// `scratchBytes` of the calling thread, 64-byte aligned, for the time of the call: a kernel that needs room
  /// takes it from here. The registers of elementwise steps, 33 KiB, lie at its end: a kernel with an epilogue leaves
  /// them alone.
  public var scratch: UnsafeMutableRawPointer?
  public static let scratchBytes = 512 << 10
  /// Of the scratch, for one padded image: what convolutions read.
  public static let imageBytes = 96 << 10
  public init() {}
}

/// A kernel computes the units `begin ..< end` of its output (rows, blocks, chunks: stated at the
/// kernel). Units are independent, so any split over threads gives the same bits.
/// The first argument points to `KernelArguments`.
public typealias Kernel = @convention(c) (UnsafeRawPointer, Int, Int) -> Void
