// The registers of all running functions in one buffer. Everything above the top is unset.
import AdamLibrary

/// Owned by one interpreter. Growing moves the buffer, so addresses are taken anew after calls.
final class RegisterStack {
  private(set) var base: UnsafeMutablePointer<Value>
  private var capacity: Int
  private(set) var top = 0
  /// 1 GiB of registers: far beyond any sensible script.
  private static let limit = 1 << 26

  init() {
    capacity = 1 << 10
    base = .allocate(capacity: capacity)
    base.initialize(repeating: .unset, count: capacity)
  }

  deinit {
    base.deinitialize(count: capacity)
    base.deallocate()
  }

  /// Takes `count` unset registers; gives the first one's index, or nil beyond the limit.
  @inline(__always)
  func push(_ count: Int) -> Int? {
    let first = top
    guard first + count <= Self.limit else { return nil }
    if first + count > capacity { grow(to: max(capacity * 2, first + count)) }
    top = first + count
    return first
  }

  /// Gives the registers from `first` on back.
  @inline(__always)
  func pop(to first: Int) {
    for index in first..<max(first, top) { base.put(.unset, Int32(truncatingIfNeeded: index)) }
    top = first
  }

  @inline(never)
  private func grow(to size: Int) {
    let larger = UnsafeMutablePointer<Value>.allocate(capacity: size)
    larger.moveInitialize(from: base, count: capacity)
    (larger + capacity).initialize(repeating: .unset, count: size - capacity)
    base.deallocate()
    base = larger
    capacity = size
  }
}
