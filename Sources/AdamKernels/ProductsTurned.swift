// Products of a few rows by a long B that would have to be packed: Bᵀ·Aᵀ, for which the few rows are packed instead.
import AdamKernelABI

/// The factors of every term are the same, so are the bits.
func gemmTurned(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let (outputs, rows, k, length) = (x.pointee.n0, x.pointee.n1, x.pointee.n2, x.pointee.n11)
  let b = Strided(x.pointee.p0.floats, row: x.pointee.n3, column: x.pointee.n4)
  let epilogue = Epilogue(x), scratch = x.pointee.scratch.floats
  for unit in begin..<end {
    let columns = unit &* length..<min((unit &+ 1) &* length, outputs)
    let product = Product(
      b.from(row: columns.lowerBound), b, into: Strided(scratch, row: rows), columns.count, rows, k,
      packed: x.pointee.p4.floats, scratch: scratch)
    tiledProduct(product, 0..<columns.count, 0..<rows)
    let c = x.pointee.p2.floats + columns.lowerBound
    interleaveRuns(scratch, rows, 1, rows, c, runs: columns.count, rowLength: outputs)
    if let bias = x.pointee.p3.optionalFloats { add(bias + columns.lowerBound, to: c, rows, columns.count, outputs) }
    epilogue.finish(0..<rows, columns, length: outputs)
  }
}

/// To each of some rows.
private func add(_ bias: Floats, to c: Floats, _ rows: Int, _ count: Int, _ length: Int) {
  for row in 0..<rows {
    let c = c + row &* length
    var at = 0
    while at < count {
      put(some(c + at, count &- at) + some(bias + at, count &- at), c + at, count &- at)
      at &+= 16
    }
  }
}
