// The generator of a session at a fixed address, so that plans and statements draw from the same one.
import AdamData

/// One stream of draws with one owner. Plans that draw (dropout) keep the source and use its storage.
package final class RandomSource {
  /// Owned; what random instructions are given.
  let storage: UnsafeMutablePointer<Generator>

  package init(_ generator: Generator) {
    storage = .allocate(capacity: 1)
    storage.initialize(to: generator)
  }

  deinit {
    storage.deinitialize(count: 1)
    storage.deallocate()
  }

  /// Read it to remember a state, write it to restore one; `inout` uses draw in place.
  package var generator: Generator {
    get { storage.pointee }
    _modify { yield &storage.pointee }
  }
}
