// Numbers that a seed repeats, and the choices that generators make of them.

/// SplitMix64 (Steele, Lea and Flood 2014): small, and good enough to choose test inputs.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The seed is mixed first: neighbouring seeds would give one sequence, shifted by a step.
  public init(seed: UInt64) { state = SeededRandom.mixed(seed &+ 0x1234_5678_9ABC_DEF0) }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SeededRandom.mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0 ..< count; 0 when count is not positive.
  public mutating func below(_ count: Int) -> Int {
    count > 0 ? Int(truncatingIfNeeded: next() >> 33) % count : 0
  }

  /// True once in `count` times.
  public mutating func once(in count: Int) -> Bool { below(count) == 0 }

  /// An element of a list that has one.
  public mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}
