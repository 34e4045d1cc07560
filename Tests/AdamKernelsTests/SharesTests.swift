// How the work of a product is cut for threads.
import AdamKernelABI
import Testing

@Suite struct SharesTests {
  @Test(arguments: [2, 3, 4, 8])
  func `threads get as many units of a product each, nearly of one size`(threads: Int) {
    for table in tables {
      for m in 24 * max(2, threads)...1024 {
        let block = table.block(m: m, n: 64, k: 64, threads: threads)
        #expect(block.units % threads == 0, "\(m) rows on \(table.level): \(block.units) of \(block.rows)")
        #expect(block.rows * (block.units - 1) < m && m <= block.rows * block.units)
        let share = block.units / threads * block.rows
        #expect(threads * share - m < 4 * block.units, "\(m) rows on \(table.level): \(block.units) of \(block.rows)")
      }
    }
  }

  @Test(arguments: [1, 2, 8])
  func `the units of a product cover it`(threads: Int) {
    for table in tables {
      for (m, n) in [(1, 1), (10, 300), (24, 10), (47, 64), (48, 513), (100, 7), (784, 300), (60_000, 20)] {
        for k in [0, 3, 400] {
          let block = table.block(m: m, n: n, k: k, threads: threads)
          let rows = (m + block.rows - 1) / block.rows, columns = (n + block.columns - 1) / block.columns
          #expect(block.units == rows * columns && block.columns <= KernelTable.mostColumns)
        }
      }
    }
  }

  @Test func `shares are a multiple of four rows where that leaves as many`() {
    #expect(KernelTable.share(of: 64, shares: 2) == 32)
    #expect(KernelTable.share(of: 100, shares: 3) == 36)
    #expect(KernelTable.share(of: 193, shares: 8) == 25)
    #expect(KernelTable.share(of: 5, shares: 4) == 2)
  }
}
