// Elementwise codes against Double, at ragged lengths and unaligned starts, equal on all levels.
import AdamFormulas
import AdamKernelABI
import Foundation
import Testing

struct Accuracy: CustomTestStringConvertible, Sendable {
  let code: ElementwiseCode
  /// In units in the last place of the exact value.
  let bound: Double
  let exact: @Sendable (Double) -> Double
  var testDescription: String { "\(code)" }

  static let all: [Accuracy] = [
    .init(code: .exp, bound: 1, exact: { exp($0) }),
    .init(code: .log, bound: 0.7, exact: { log($0) }),
    .init(code: .expm1, bound: 1, exact: { expm1($0) }),
    .init(code: .log1p, bound: 1, exact: { log1p($0) }),
    .init(code: .tanh, bound: 0.96, exact: { tanh($0) }),
    .init(code: .sin, bound: 0.9, exact: { sin($0) }),
    .init(code: .cos, bound: 0.9, exact: { cos($0) }),
    .init(code: .erf, bound: 1, exact: { erf($0) }),
    .init(code: .sigmoid, bound: 2.5, exact: { 1 / (1 + exp(-$0)) }),
    .init(code: .sqrt, bound: 0.5, exact: { $0.squareRoot() }),
    .init(code: .floor, bound: 0, exact: { $0.rounded(.down) }),
    .init(code: .ceil, bound: 0, exact: { $0.rounded(.up) }),
    .init(code: .trunc, bound: 0, exact: { $0.rounded(.towardZero) }),
    .init(code: .round, bound: 0, exact: { $0.rounded(.toNearestOrEven) }),
  ]
}

@Suite struct AccuracyTests {
  /// Patterns spread over all Floats, NaN, infinities and subnormals included; every one of them with
  /// `ADAM_EVERY_FLOAT=1`, which takes a minute or two for each function and prints what it finds.
  @Test(arguments: Accuracy.all)
  func everyKindOfFloatStaysInBounds(_ item: Accuracy) {
    let takesAll = ProcessInfo.processInfo.environment["ADAM_EVERY_FLOAT"] != nil
    let step: UInt64 = takesAll ? 1 : 40_009
    let special: [Float] = [0, -0.0, 1, -1, .infinity, -.infinity, .nan, 3.4e38, -3.4e38]
    var worst = worst(item, special)
    var first: UInt64 = 5 % step
    while first < 1 << 32 {
      let last = min(first + step << 20, 1 << 32)
      let x = stride(from: first, to: last, by: Int(step)).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
      worst = max(worst, self.worst(item, x))
      first += step << 20
    }
    #expect(worst.ulps <= item.bound, "at \(worst.place)")
    if takesAll { print("\(item.code): \(worst.ulps) ulp at \(worst.place)") }
  }

  private struct Worst: Comparable {
    var ulps = 0.0
    var place: Float = 0
    static func < (a: Worst, b: Worst) -> Bool { a.ulps < b.ulps }
  }

  private func worst(_ item: Accuracy, _ x: [Float]) -> Worst {
    var worst = Worst()
    for (x, y) in zip(x, results(item.code, x)) {
      let argument = x.isSubnormal ? (x < 0 ? -0.0 : 0) : Double(x)
      let want = item.exact(argument)
      // Near the smallest normal number a result may be flushed.
      if abs(want) < 2.4e-38 {
        if abs(y) >= 2.4e-38 { worst = Worst(ulps: .infinity, place: x) }
        continue
      }
      if want.isNaN || Float(want).isInfinite || y.isNaN || y.isInfinite {
        let isRight = (want.isNaN && y.isNaN) || Float(want) == y || abs(y) > 3.4e38
        if !isRight { worst = Worst(ulps: .infinity, place: x) }
        continue
      }
      worst = max(worst, Worst(ulps: abs(Double(y) - want) / Double(Float(want).ulp), place: x))
    }
    return worst
  }

  private func results(_ code: ElementwiseCode, _ x: [Float]) -> [Float] {
    let input = Buffer(x), output = Buffer(x.count)
    elementwise(tables[tables.count - 1], [MicroOp(code, dst: 1)], [input], output)
    return output.floats
  }

  @Test(arguments: ElementwiseCode.allCases)
  func allLevelsLengthsAndStartsGiveTheSameBits(_ code: ElementwiseCode) {
    for count in [0, 1, 15, 16, 17, 63, 64, 65, 4099] {
      var answer: [UInt32]?
      for table in tables {
        for offset in [0, 1, 7] {
          let inputs = (1...3).map { Buffer(pseudo(count, UInt64($0), 4), offset: offset) }
          let output = Buffer(count, offset: offset)
          let op = MicroOp(code, dst: 3, a: 0, b: 1, c: 2, immediate: 1.5)
          elementwise(table, [op], inputs, output)
          #expect(output.isIntact)
          if let answer { #expect(output.bits == answer, "\(table.level), \(count) elements") }
          answer = output.bits
        }
      }
    }
  }

  @Test func rowsAndColumnsBroadcast() {
    for table in tables {
      for (rows, columns) in [(3, 1), (5, 3), (7, 16), (4, 100), (300, 10), (2, 2000)] {
        let x = pseudo(rows * columns, 1), row = pseudo(columns, 2), column = pseudo(rows, 3)
        let (a, b, c) = (Buffer(x), Buffer(row), Buffer(column))
        let out = Buffer(rows * columns)
        var ops = [MicroOp(.add, dst: 4, a: 0, b: 1), MicroOp(.mul, dst: 3, a: 4, b: 2)]
        var streams = [
          ElementwiseStream(a.raw, rowStride: columns, columnStride: 1),
          ElementwiseStream(b.raw, rowStride: 0, columnStride: 1),
          ElementwiseStream(c.raw, rowStride: 1, columnStride: 0),
          ElementwiseStream(out.raw, rowStride: columns, columnStride: 1),
        ]
        ops.withUnsafeMutableBytes { o in
          streams.withUnsafeMutableBytes { s in
            run(table.elementwise, KernelTable.chunks(out.count)) {
              ($0.p0, $0.p1, $0.n0, $0.n1, $0.n2) = (o.baseAddress, s.baseAddress, 2, 3, 1)
              ($0.n3, $0.n4) = (rows, columns)
            }
          }
        }
        let want = x.indices.map { (x[$0] + row[$0 % columns]) * column[$0 / columns] }
        #expect(out.floats == want, "\(table.level) \(rows)×\(columns)")
        #expect(out.isIntact)
      }
    }
  }

  @Test func hostMathIsWithinAnUlp() {
    let x = pseudo(2000, 9, 30).map { Double($0) }
    // The C library itself is up to 2 ulp off in tanh.
    func check(
      _ ours: (Double) -> Double, _ theirs: (Double) -> Double, _ name: String, ulps: Double = 1.01
    ) {
      for v in x {
        let (a, b) = (ours(v), theirs(v))
        #expect(a == b || (a.isNaN && b.isNaN) || abs(a - b) <= ulps * b.ulp, "\(name)(\(v))")
      }
    }
    check(HostMath.exp, { exp($0) }, "exp")
    check(HostMath.expm1, { expm1($0) }, "expm1")
    check(HostMath.log, { log($0) }, "log")
    check(HostMath.log1p, { log1p($0) }, "log1p")
    check(HostMath.log10, { log10($0) }, "log10")
    check(HostMath.sin, { sin($0) }, "sin")
    check(HostMath.cos, { cos($0) }, "cos")
    check({ HostMath.sin($0 * 1e300) }, { sin($0 * 1e300) }, "large sin")
    check(HostMath.tanh, { tanh($0) }, "tanh", ulps: 2.5)
    check({ HostMath.pow(abs($0), 3.7) }, { Foundation.pow(abs($0), 3.7) }, "pow")
    for t in [1, 2, 10, 1000, 100_000] {
      #expect(HostMath.power(0.999, t) == Foundation.pow(0.999, Double(t)))
    }
  }
}
