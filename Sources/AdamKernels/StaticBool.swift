// Truth values as types.

/// A truth value that the compiler knows. Two calls that differ in a `Bool` alone are merged into one before
/// anything is inlined, and the loop behind it then asks in every turn; two calls that differ in a type stay
/// two loops.
protocol StaticBool {
  static var isTrue: Bool { get }
}

enum True: StaticBool {
  @inline(__always)
  static var isTrue: Bool { true }
}

enum False: StaticBool {
  @inline(__always)
  static var isTrue: Bool { false }
}
