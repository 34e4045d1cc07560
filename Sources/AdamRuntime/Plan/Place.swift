// Where bytes are while a plan is being built; turned into pointers once, when memory is there.

/// A kind of memory that a plan's pointers lead to.
enum MemoryKind: Hashable {
  /// Storage bound to the n-th parameter or result of the function.
  case parameter(Int)
  case result(Int)
  /// Values between operations; the offset is the memory plan's.
  case arena
  /// Room inside one operation: packed operands, rearranged copies. Operations that run side by side have their own.
  case scratch
  /// Values that never change.
  case constants
  /// What kernels read beside tensors: micro-operations, streams, strides.
  case tables
  /// The session's generator.
  case generator
}

/// An address: so many bytes into a kind of memory.
struct Place: Hashable {
  var base: MemoryKind
  var offset: Int

  init(_ base: MemoryKind, offset: Int = 0) {
    self.base = base
    self.offset = offset
  }

  /// The place so many elements further on.
  func advanced(byElements count: Int) -> Place { Place(base, offset: offset &+ count &* 4) }
}

/// A pointer inside the plan's own memory that is filled in when `target` gets an address.
struct Relocation {
  /// Which memory holds the pointer, and where in it.
  enum Holder { case instruction(Int, slot: Int), table(Int) }
  var holder: Holder
  var target: Place
}
