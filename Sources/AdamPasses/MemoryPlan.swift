// Where every value of a function lives while it runs: one arena, offsets fixed ahead, no
// allocation per run.

/// The plan's rules:
/// - Parameters of the function live in tensors of their own; so do views of them and their
///   in-place updates.
/// - Operations without operands and effect (`full`) are `setup`: they run once, when the plan is
///   built, and their buffers are never reused.
/// - A view shares the storage of what it views.
/// - An elementwise result takes the storage of an operand that ends there and is read one element
///   for one (`BroadcastForm.full`). Other results take that of the operand which their op names (`inPlace`).
/// - Buffers whose lives overlap never overlap in memory. Offsets are multiples of 64 bytes.
/// - Plain results of the function live to its end. A result that replaces a parameter and was not
///   computed in place is listed in `copies`.
import AdamIR

package struct MemoryPlan: Hashable, Sendable {
  package enum Storage: Hashable, Sendable {
    /// Byte offset in the arena.
    case arena(offset: Int)
    /// The tensor bound to this parameter of the function.
    case parameter(ValueID)
  }

  package struct Placement: Hashable, Sendable {
    package var storage: Storage
    /// Four bytes an element, without padding.
    package var byteCount: Int
    /// Index of the operation that defines the value; -1 for parameters.
    package var start: Int
    /// Index of the last operation that reads the storage (through any view of it); the number of
    /// operations when it outlives them.
    package var end: Int
  }

  package struct Copy: Hashable, Sendable {
    package var from: ValueID
    package var to: ValueID
    package init(from: ValueID, to: ValueID) {
      self.from = from
      self.to = to
    }
  }

  /// By index of the value.
  package var placements: [Placement]
  package var arenaByteCount: Int
  /// Indices of the operations that run once, when the plan is built; all others run each time, in
  /// order.
  package var setup: [Int]
  /// Done after the last operation, in order.
  package var copies: [Copy]

  package func placement(_ value: ValueID) -> Placement { placements[value.index] }
}
