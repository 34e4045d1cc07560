// Numbers by their place, not by their turn: synthetic data draw them, so that making data never moves the
// session's generator.

/// A stream for one seed and one purpose; number i is a function of these three alone (SplitMix64 of a
/// counter, Steele et al. 2014).
package struct KeyedStream: Sendable {
  private let key: UInt64
  private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15

  package init(seed: UInt64, purpose: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    key = Self.mixed(seed &+ Self.golden) ^ hash
  }

  private static func mixed(_ x: UInt64) -> UInt64 {
    var z = x
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [0, 1) with 53 bits.
  package func unit(_ index: Int) -> Double {
    let word = Self.mixed(key &+ UInt64(truncatingIfNeeded: index) &* Self.golden)
    return Double(word >> 11) * 0x1p-53
  }

  /// Standard normal (Box and Muller 1958), from the units 2·index and 2·index + 1.
  package func normal(_ index: Int) -> Double {
    let radius = (-2 * DoubleMath.logOfComplement(unit(2 &* index))).squareRoot()
    return radius * DoubleMath.sinCos(6.283_185_307_179_586 * unit(2 &* index &+ 1)).cos
  }
}
