// Matrix products: rule 1 of the numerics (a chain over k), rule 2 for one output column forward.
import AdamIR
import AdamKernelABI

/// C [m, n] = A·B (+ bias), operands by strides.
struct Product {
  struct Matrix {
    var place: Place
    var rowStride: Int
    var columnStride: Int
  }
  var m: Int
  var n: Int
  var k: Int
  /// [m, k] and [k, n].
  var a: Matrix
  var b: Matrix
  var c: Place
  var bias: Place?

  /// Two flops a term at about 100 per nanosecond.
  var cost: Double { 20 + Double(m) * Double(n) * Double(k) * 0.02 }

  /// Packs B into the kernel's order first where that pays.
  func emit(_ e: inout Emission) {
    var packed: Place?
    let table = e.kernels
    if table.needsPacking(m: m, n: n, k: k, aRow: a.rowStride, bColumn: b.columnStride) {
      let target = e.scratch(table.packedCount(k: k, n: n))
      packed = target
      e.emit(
        table.gemmPack, [b.place, target], units: table.packUnits(n: n),
        cost: 0.3 * Double(k) * Double(n)
      ) {
        ($0.n0, $0.n1, $0.n2, $0.n3) = (k, n, b.rowStride, b.columnStride)
      }
    }
    e.emit(
      table.gemm, [a.place, b.place, c, bias, packed], units: table.gemmUnits(m: m, n: n),
      cost: cost
    ) {
      ($0.n0, $0.n1, $0.n2, $0.n3, $0.n4) = (m, n, k, a.rowStride, a.columnStride)
      ($0.n5, $0.n6, $0.n7) = (b.rowStride, b.columnStride, n)
    }
  }
}

/// out[r] = Σ x[r, ·]·w (+ bias), rule 2; rows of x are contiguous.
private func emitDot(
  _ e: inout Emission, _ x: Place, rows: Int, terms: Int, _ w: Place, _ out: Place, bias: Place?
) {
  let cost = 5 * Double(rows) + 0.1 * Double(rows) * Double(terms)
  e.emit(e.kernels.dot16, [x, w, out, bias], units: rows, cost: cost) {
    ($0.n0, $0.n1, $0.n2) = (rows, terms, terms)
  }
}

@Sendable func emitLinear(_ e: inout Emission) throws(RuntimeError) {
  let sizes = e.operandSizes(1)
  let (outputs, inputs) = (sizes[0], sizes[1])
  let rows = e.operandSizes(0).dropLast().reduce(1, *)
  let (x, w, y) = (e.operand(0), e.operand(1), e.result())
  let bias = e.operation.operands.count > 2 ? e.operand(2) : nil
  if outputs == 1 {
    emitDot(&e, x, rows: rows, terms: inputs, w, y, bias: bias)
    return
  }
  Product(
    m: rows, n: outputs, k: inputs, a: .init(place: x, rowStride: inputs, columnStride: 1),
    b: .init(place: w, rowStride: 1, columnStride: inputs), c: y, bias: bias
  ).emit(&e)
}

@Sendable func emitMatmul(_ e: inout Emission) throws(RuntimeError) {
  let (left, right) = (e.operandSizes(0), e.operandSizes(1))
  let transposesA = e.attributes.bool("transpose_a") ?? false
  let transposesB = e.attributes.bool("transpose_b") ?? false
  var a = left.count == 2 ? (left[0], left[1]) : (1, left.first ?? 1)
  var b = right.count == 2 ? (right[0], right[1]) : (right.first ?? 1, 1)
  let (aStrides, bStrides) = (strides(a, transposesA), strides(b, transposesB))
  if transposesA { a = (a.1, a.0) }
  if transposesB { b = (b.1, b.0) }
  var first = e.operand(0)
  let (second, target) = (e.operand(1), e.result())
  if right.count == 1 {
    if transposesA { first = try permuted(&e, first, left, [1, 0]) }
    emitDot(&e, first, rows: a.0, terms: a.1, second, target, bias: nil)
    return
  }
  Product(
    m: a.0, n: b.1, k: a.1,
    a: .init(place: first, rowStride: aStrides.0, columnStride: aStrides.1),
    b: .init(place: second, rowStride: bStrides.0, columnStride: bStrides.1), c: target, bias: nil
  ).emit(&e)
}

/// Strides along rows and columns of a matrix as it is multiplied.
private func strides(_ stored: (Int, Int), _ transposed: Bool) -> (Int, Int) {
  transposed ? (1, stored.1) : (stored.1, 1)
}
