// The one place that asks the system for tensor memory and gives it back.
import Glibc
import Synchronization

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

  /// Blocks from this size on are mapped: zero without being touched, and given back to the system but for a few.
  private static let mapped = 1 << 20
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
    guard let pointer = isMapped ? MappedBlocks.take(size, zeroed: zeroed) : Self.allocate(size) else {
      budget.release(reserved)
      return nil
    }
    origin = pointer
    self.pointer = size <= Self.cut ? pointer.alignedUp(toMultipleOf: 64) : pointer
    self.byteCount = size
    if zeroed, !isMapped { memset(self.pointer, 0, size) }
  }

  func free(budget: MemoryBudget) {
    if isMapped { MappedBlocks.give(origin, byteCount) } else { Glibc.free(origin) }
    budget.release(reserved)
  }

  private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    if size <= cut { return malloc(size + 64) }
    var pointer: UnsafeMutableRawPointer?
    return posix_memalign(&pointer, 64, size) == 0 ? pointer : nil
  }
}

/// Large blocks. The last few that were freed are kept for the next of their size: for a product of two large
/// matrices the pages of a new result take as long as a fifth of the arithmetic.
private enum MappedBlocks {
  private struct Free: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let size: Int
  }

  private static let free = Mutex<[Free]>([])
  /// Bytes that may be kept, which no budget counts.
  private static let most = 1 << 26

  static func take(_ size: Int, zeroed: Bool) -> UnsafeMutableRawPointer? {
    let kept = free.withLock { blocks in
      blocks.lastIndex { $0.size == size }.map { blocks.remove(at: $0) }
    }
    guard let kept else { return map(size) ?? retry(size) }
    if zeroed { memset(kept.pointer, 0, size) }
    return kept.pointer
  }

  static func give(_ pointer: UnsafeMutableRawPointer, _ size: Int) {
    if size > most {
      munmap(pointer, size)
      return
    }
    let surplus = free.withLock { blocks in
      blocks.append(Free(pointer: pointer, size: size))
      var bytes = blocks.reduce(0) { $0 + $1.size }
      let count = blocks.prefix { block in
        defer { bytes -= block.size }
        return bytes > most
      }.count
      defer { blocks.removeFirst(count) }
      return Array(blocks.prefix(count))
    }
    for block in surplus { munmap(block.pointer, block.size) }
  }

  /// Once more without what is kept.
  private static func retry(_ size: Int) -> UnsafeMutableRawPointer? {
    let kept = free.withLock { blocks in
      defer { blocks = [] }
      return blocks
    }
    if kept.isEmpty { return nil }
    for block in kept { munmap(block.pointer, block.size) }
    return map(size)
  }

  private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let pointer = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), pointer != MAP_FAILED else {
      return nil
    }
    // Pages of 2 MiB, where the system has them: 512 times fewer to be found and to be looked up.
    madvise(pointer, size, MADV_HUGEPAGE)
    return pointer
  }
}
