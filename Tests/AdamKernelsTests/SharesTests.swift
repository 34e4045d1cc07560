// How the work of a product is cut for threads.
import AdamKernelABI
import Testing

@Suite struct SharesTests {
  @Test(arguments: [1, 2, 3, 4, 8])
  func `threads get rows of a product that differ by less than a tile`(threads: Int) {
    for table in tables {
      for m in [1, 10, 24, 48, 64, 100, 128, 256, 500, 784, 1024] {
        for n in [1, 10, 64, 300] {
          let block = table.block(m: m, n: n, k: 128, threads: threads)
          #expect(block.rows > 0 && block.columns > 0)
          let rowUnits = (m + block.rows - 1) / block.rows
          #expect(block.units == rowUnits * ((n + block.columns - 1) / block.columns))
          guard threads > 1, n >= 16, m >= 24 * threads, rowUnits % threads == 0 else { continue }
          let share = rowUnits / threads * block.rows
          #expect(threads * share - m < 4 * rowUnits, "\(m) × \(n) on \(table.level): \(rowUnits) of \(block.rows)")
        }
      }
    }
  }

  /// Every thread has as many units where there are rows enough.
  @Test func `units of a product are a multiple of the threads`() {
    for table in tables {
      for (m, threads) in [(64, 2), (128, 2), (256, 2), (784, 2), (256, 4), (300, 3), (1024, 8)] {
        let units = table.block(m: m, n: 64, k: 64, threads: threads).units
        #expect(units % threads == 0, "\(m) rows for \(threads): \(units)")
      }
    }
  }
}
