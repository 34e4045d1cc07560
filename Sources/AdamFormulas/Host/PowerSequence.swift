// Powers of one number for many exponents in a row: what β^t of an optimizer costs at every step.

/// xⁿ for 0 ≤ x < 1, each a function of x and n alone, whatever was asked before: the product of
/// two double-double powers, x^(64·q) by repeated squaring and x^r from a table.
struct PowerSequence {
  private static let blockBits = 6
  private let x: Double
  private var low: [DoubleDouble]
  private var block = 0
  private var blockValue = DoubleDouble(1)

  init(_ x: Double) {
    self.x = x
    low = [DoubleDouble(1)]
    for _ in 1..<(1 << Self.blockBits) { low.append(low[low.count - 1] * DoubleDouble(x)) }
  }

  /// 1 − xⁿ, rounded once from the rounded power.
  mutating func complement(_ n: Int) -> Double {
    // xⁿ ≤ e^(−n·(1−x)); below 2⁻⁵⁴ it no longer shows beside 1.
    if Double(n) * (1 - x) > 38 { return 1 }
    let wanted = n >> Self.blockBits
    if wanted != block {
      block = wanted
      blockValue = DoubleDouble(1)
      var square = low[low.count - 1] * DoubleDouble(x)
      var rest = wanted
      while rest > 0 {
        if rest & 1 == 1 { blockValue = blockValue * square }
        rest >>= 1
        if rest > 0 { square = square * square }
      }
    }
    return 1 - (blockValue * low[n & (low.count - 1)]).high
  }
}
