// The one place that asks the system for tensor memory and gives it back.
import Glibc

/// 64-byte aligned memory that counts against a budget. Owned by exactly one object, which frees it.
struct MemoryBlock {
  let pointer: UnsafeMutableRawPointer
  /// Of the elements; a multiple of 64, at least 64.
  let byteCount: Int
  /// As counted by the budget.
  private let reserved: Int
  private let isMapped: Bool
  /// What the system gave; the block starts at the next multiple of 64 of a small one.
  private let origin: UnsafeMutableRawPointer

  /// Blocks from this size on are mapped: zero without being touched, and given back to the system. Below, the
  /// allocator keeps what is freed: for a product of two large matrices the pages of a new result take as long
  /// as a fifth of the arithmetic.
  private static let mapped = 1 << 25
  /// Up to this size a block is cut from a larger one: the system keeps such ones at hand, but has to
  /// look for aligned ones.
  private static let cut = 896

  /// What a tensor of a few elements takes beside them: its object, the way to the next multiple of 64 and
  /// what the system notes. A million of them are not a million times 64 bytes.
  static let overhead = 192
  /// No machine has more; what is added to a number below it overflows nothing.
  private static let most = 1 << 60

  /// nil when the budget or the system refuses.
  /// - Parameter overhead: bytes beside the elements, which count too.
  init?(byteCount: Int, zeroed: Bool, budget: MemoryBudget, overhead: Int = overhead) {
    guard byteCount >= 0, byteCount < Self.most else {
      // Whoever tells it names the limit.
      _ = budget.limit
      return nil
    }
    let size = max(64, (byteCount + 63) & ~63)
    reserved = size + overhead
    guard budget.reserve(reserved) else { return nil }
    isMapped = size >= Self.mapped
    guard let pointer = isMapped ? Self.map(size) : Self.allocate(size) else {
      budget.release(reserved)
      return nil
    }
    origin = pointer
    self.pointer = size <= Self.cut ? pointer.alignedUp(toMultipleOf: 64) : pointer
    self.byteCount = size
    if zeroed, !isMapped { memset(self.pointer, 0, size) }
  }

  func free(budget: MemoryBudget) {
    if isMapped { munmap(origin, byteCount) } else { Glibc.free(origin) }
    budget.release(reserved)
  }

  private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    let pointer = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)
    return pointer == MAP_FAILED ? nil : pointer
  }

  private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    if size <= cut { return malloc(size + 64) }
    var pointer: UnsafeMutableRawPointer?
    return posix_memalign(&pointer, 64, size) == 0 ? pointer : nil
  }
}
