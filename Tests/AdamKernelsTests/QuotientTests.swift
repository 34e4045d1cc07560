// What Adam does in place of a division has the bits of the division.
import AdamFormulas
import Testing

@Suite struct QuotientTests {
  /// Divisors a bias correction can be: near one, where the inverse is hardest, and down to √(1 − β2).
  private static let divisors: [Float] =
    (0..<64).map { Float(bitPattern: 0x3F80_0000 - $0) } + pseudo(400, 7).map { max(abs($0), 1e-8) }

  @Test func `a quotient by a known inverse is the division, bit for bit`() {
    let scales: [Float] = [1e-19, 1e-9, 1, 1e9, 1e19]
    for (index, b) in Self.divisors.enumerated() {
      let numerators = pseudo(2_000, UInt64(index + 1)).map { abs($0) * scales[index % scales.count] }
      let wrong = numerators.first { quotient($0, b, inverse: 1 / b) != $0 / b }
      #expect(wrong == nil, "divided by \(b)")
    }
  }

  @Test func `zero, infinity and NaN stay`() {
    for b in Self.divisors {
      #expect(quotient(0, b, inverse: 1 / b).bitPattern == 0)
      #expect(quotient(.infinity, b, inverse: 1 / b) == .infinity)
      #expect(quotient(.nan, b, inverse: 1 / b).isNaN)
    }
  }
}
