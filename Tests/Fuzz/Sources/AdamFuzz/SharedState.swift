// What a worker is doing, in a file that outlives it: a trap cannot be caught, but its input can be kept.
import Glibc

/// Written by one worker, read by the supervisor. Words: number of the current input, its length, and the
/// counts; then the input itself.
final class SharedState {
  enum Word: Int, CaseIterable { case number, length, done, statements, completedStatements, completed, nonFinite, interrupted, broken, slow }

  private static let header = 128
  static let capacity = header + (1 << 16)
  private let memory: UnsafeMutableRawPointer

  /// nil when the file cannot be made or mapped.
  init?(path: String) {
    let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
    guard descriptor >= 0, ftruncate(descriptor, SharedState.capacity) == 0,
      let memory = mmap(nil, SharedState.capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      memory != MAP_FAILED
    else { return nil }
    close(descriptor)
    self.memory = memory
  }

  deinit { munmap(memory, SharedState.capacity) }

  subscript(word: Word) -> Int {
    get { memory.load(fromByteOffset: word.rawValue * 8, as: Int.self) }
    set { memory.storeBytes(of: newValue, toByteOffset: word.rawValue * 8, as: Int.self) }
  }

  var input: [UInt8] {
    get {
      let count = max(0, min(self[.length], SharedState.capacity - SharedState.header))
      return Array(UnsafeRawBufferPointer(start: memory + SharedState.header, count: count))
    }
    set {
      let part = newValue.prefix(SharedState.capacity - SharedState.header)
      self[.length] = part.count
      part.withUnsafeBytes { buffer in
        if let start = buffer.baseAddress { memcpy(memory + SharedState.header, start, buffer.count) }
      }
    }
  }
}
