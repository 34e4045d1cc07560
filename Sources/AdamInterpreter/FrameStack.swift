// The running functions, innermost last, at fixed addresses: a call costs no allocation and no
// reference count. What the frames name is kept alive by the interpreter (`hold`).

/// Owned by one interpreter. Its depth is limited, so that it never grows.
final class FrameStack: RandomAccessCollection {
  private let base: UnsafeMutablePointer<Interpreter.Frame>
  private(set) var count = 0

  /// - Parameter limit: frames that stand at the same time; the owner pushes no more.
  init(limit: Int) { base = .allocate(capacity: limit) }

  deinit { base.deallocate() }

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(index: Int) -> Interpreter.Frame {
    get { base[index] }
    set { base[index] = newValue }
  }

  /// The innermost frame; there is one while the loop runs.
  var top: UnsafeMutablePointer<Interpreter.Frame> { base + (count &- 1) }

  func append(_ frame: Interpreter.Frame) {
    (base + count).initialize(to: frame)
    count &+= 1
  }

  /// There must be one.
  func removeTop() { count &-= 1 }
}
