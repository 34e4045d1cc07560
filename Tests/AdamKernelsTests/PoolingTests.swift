// Pooling by two rows and two columns against the rule taken literally, for rows of all lengths.
import AdamKernelABI
import Testing

struct PoolCase: CustomTestStringConvertible, Sendable {
  var planes: Int
  var rows: Int
  var columns: Int
  var testDescription: String { "\(planes) × \(rows) × \(columns)" }
  var windows: (Int, Int) { (rows / 2, columns / 2) }

  /// Short and long rows, odd sizes, a row that is cut, several planes.
  static let all = [
    PoolCase(planes: 1, rows: 2, columns: 2), PoolCase(planes: 3, rows: 4, columns: 6),
    PoolCase(planes: 5, rows: 14, columns: 14), PoolCase(planes: 3, rows: 28, columns: 28),
    PoolCase(planes: 2, rows: 7, columns: 7), PoolCase(planes: 2, rows: 5, columns: 33),
    PoolCase(planes: 2, rows: 6, columns: 66), PoolCase(planes: 2, rows: 4, columns: 2_700),
    PoolCase(planes: 1, rows: 3, columns: 5_301), PoolCase(planes: 1, rows: 300, columns: 34),
    PoolCase(planes: 2, rows: 1, columns: 8),
  ]

  /// Many equal elements, zeros of both signs, NaN now and then.
  var x: [Float] {
    pseudo(planes * rows * columns, 3, 4).enumerated().map { index, value in
      if index % 53 == 7 { return .nan }
      let rounded = value.rounded(.towardZero)
      return rounded == 0 && value < 0 ? -0.0 : rounded
    }
  }
  var g: [Float] { pseudo(planes * windows.0 * windows.1, 5) }

  /// Places in x of the first largest element of every window; the first NaN wins.
  func best(_ x: [Float]) -> [Int] {
    var places: [Int] = []
    for plane in 0..<planes {
      for i in 0..<windows.0 {
        for j in 0..<windows.1 {
          let first = (plane * rows + 2 * i) * columns + 2 * j
          var best = first
          for place in [first + 1, first + columns, first + columns + 1]
          where x[place] > x[best] || (x[place].isNaN && !x[best].isNaN) { best = place }
          places.append(best)
        }
      }
    }
    return places
  }
}

@Suite struct PoolingTests {
  @Test(arguments: PoolCase.all)
  func everyLevelFindsTheFirstLargest(_ item: PoolCase) {
    let x = item.x
    let expected = Buffer(item.best(x).map { x[$0] })
    for table in tables {
      let from = Buffer(x), out = Buffer(expected.count)
      run(table.maxPool, item.planes) {
        ($0.p0, $0.p1) = (from.raw, out.raw)
        item.describe(&$0)
      }
      #expect(out.bits == expected.bits && out.isIntact, "\(table.level)")
    }
  }

  @Test(arguments: PoolCase.all)
  func everyLevelGivesItTheGradient(_ item: PoolCase) {
    let x = item.x, g = item.g
    var sums = [Float](repeating: 0, count: x.count)
    for (window, place) in item.best(x).enumerated() { sums[place] += g[window] }
    let expected = Buffer(sums)
    for table in tables {
      let from = Buffer(x), gradients = Buffer(g), out = Buffer(x.count)
      run(table.maxPoolGrad, item.planes) {
        ($0.p0, $0.p1, $0.p2) = (gradients.raw, from.raw, out.raw)
        item.describe(&$0)
      }
      #expect(out.bits == expected.bits && out.isIntact, "\(table.level)")
    }
  }
}

extension PoolCase {
  fileprivate func describe(_ a: inout KernelArguments) {
    (a.n0, a.n1, a.n2, a.n3) = (rows, columns, windows.0, windows.1)
    (a.n4, a.n5, a.n6, a.n7, a.n8, a.n9, a.n10, a.n11) = (2, 2, 2, 2, 0, 0, 1, 1)
  }
}
