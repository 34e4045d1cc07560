// Short rows, taken sixteen at a time, have the bits of the same rows one by one.
import AdamKernelABI
import Testing

@Suite struct SoftmaxTests {
  @Test(arguments: tables.indices) func `many short rows have the bits of each alone`(_ level: Int) {
    let rows = 37
    for columns in 1...17 {
      let numbers = pseudo(rows * columns, UInt64(columns), 20)
      let input = Buffer(numbers), together = Buffer(rows * columns), alone = Buffer(rows * columns)
      run(tables[level].logSoftmax, rows) {
        ($0.p0, $0.p1, $0.n0, $0.n1) = (input.raw, together.raw, rows, columns)
      }
      for row in 0..<rows {
        var arguments = KernelArguments()
        (arguments.p0, arguments.p1, arguments.n0, arguments.n1) = (input.raw, alone.raw, rows, columns)
        tables[level].logSoftmax(&arguments, row, row + 1)
      }
      #expect(together.bits == alone.bits && together.isIntact && alone.isIntact, "\(columns) columns")
    }
  }
}
