// What an optimizer's kernel updates: a parameter, or a part of one, with its gradient and state.

/// Plain memory. Slots that the rule does not use stay nil.
public struct UpdateTarget {
  public var parameter: UnsafeMutableRawPointer?
  public var gradient: UnsafeMutableRawPointer?
  /// The state in the rule's order.
  public var slot0: UnsafeMutableRawPointer?
  public var slot1: UnsafeMutableRawPointer?
  public var slot2: UnsafeMutableRawPointer?
  /// Elements of each of them.
  public var count: Int
  /// Units of all the targets before this one.
  public var firstUnit: Int

  /// Pointers are filled in where memory is known.
  public init(count: Int, firstUnit: Int) {
    self.count = count
    self.firstUnit = firstUnit
  }
}
