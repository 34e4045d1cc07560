// The running functions, innermost last, at fixed addresses: a call costs no allocation and no
// reference count. What the frames name is kept alive by the interpreter (`hold`).

/// Owned by one interpreter. Its depth is limited, so that it never grows.
final class FrameStack: RandomAccessCollection {
  private let base: UnsafeMutablePointer<Interpreter.Frame>
  private let last: UnsafeMutablePointer<Interpreter.Frame>
  /// The innermost frame; there is one while the loop runs.
  private(set) var top: UnsafeMutablePointer<Interpreter.Frame>

  /// - Parameter limit: frames that stand at the same time; nobody pushes when it `isFull`.
  init(limit: Int) {
    base = .allocate(capacity: limit)
    last = base + (limit - 1)
    top = base - 1
  }

  deinit { base.deallocate() }

  var startIndex: Int { 0 }
  var endIndex: Int { count }
  var count: Int { top - base + 1 }
  var isEmpty: Bool { top < base }
  var isFull: Bool { top >= last }
  /// Where the frame of an index stands.
  func address(_ index: Int) -> UnsafeMutablePointer<Interpreter.Frame> { base + index }

  subscript(index: Int) -> Interpreter.Frame {
    get { base[index] }
    set { base[index] = newValue }
  }

  func append(_ frame: Interpreter.Frame) {
    top += 1
    top.initialize(to: frame)
  }

  /// There must be one.
  func removeTop() { top -= 1 }
}
