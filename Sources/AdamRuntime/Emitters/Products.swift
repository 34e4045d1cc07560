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
  /// So many products of this size, their matrices so far apart.
  var stack = Stack()

  struct Stack {
    var count = 1
    var a = 0
    var b = 0
    var c = 0
  }

  /// Two flops a term at about 100 per nanosecond; results of few columns use a part of the registers.
  var cost: Double { 20 + Double(stack.count) * Double(m) * Double(n) * Double(k) * (n < 16 ? 0.035 : 0.02) }

  /// The whole result of the operation at hand, with the steps behind it.
  func emit(_ e: inout Emission) throws(RuntimeError) {
    var room: Place?
    var product = self
    product.bias = bias ?? e.takeBias(columns: n)
    product.emit(&e, packingInto: &room, epilogue: try e.takeEpilogue())
  }

  /// B packed into the kernel's order, or nil where that does not pay.
  private func packed(_ e: inout Emission, in room: inout Place?) -> Place? {
    guard KernelTable.needsPacking(m: m, n: n, k: k, aRow: a.rowStride, bColumn: b.columnStride) else { return nil }
    return pack(&e, b, n, matrices: stack.b == 0 ? 1 : stack.count, in: &room)
  }

  /// A matrix of `columns` columns and k rows, or several of them `stack.b` apart.
  fileprivate func pack(
    _ e: inout Emission, _ matrix: Matrix, _ columns: Int, matrices: Int = 1, in room: inout Place?
  ) -> Place {
    let table = e.kernels
    let target = room ?? e.scratch(matrices * table.packedCount(k: k, n: columns))
    room = target
    e.emit(
      table.gemmPack, [matrix.place, target], units: matrices * table.packUnits(n: columns),
      cost: 0.3 * Double(matrices) * Double(k) * Double(columns)
    ) {
      ($0.n0, $0.n1, $0.n2, $0.n3, $0.n4) = (k, columns, matrix.rowStride, matrix.columnStride, stack.b)
    }
    return target
  }

  /// Threads with a block or two each pack a small B themselves: it takes less time than to write it where others
  /// have read what was there before.
  private func packsNear(_ block: ProductBlock, _ e: Emission) -> Bool {
    e.sharers > 1 && cost >= Runtime.smallestSharedCost && block.units > 1 && block.units <= 2 * e.sharers
      && stack.count == 1 && m >= KernelTable.leastPackedRows && k * n <= Self.mostNear
  }
  private static let mostNear = 1 << 13

  /// Packs B into the kernel's order first where that pays.
  /// - Parameters:
  ///   - room: where, for products of one size; taken when it is needed first.
  ///   - epilogue: steps on the whole result, of which C is all.
  func emit(
    _ e: inout Emission, packingInto room: inout Place?, epilogue: (place: Place, cost: Double)? = nil
  ) {
    if turns { return emitTurned(&e, packingInto: &room, epilogue: epilogue) }
    let table = e.kernels
    let block = table.block(m: m, n: n, k: k, threads: e.sharers)
    let packed = packsNear(block, e) ? nil : packed(&e, in: &room)
    let held = e.rowsBefore > 0 ? c : nil
    e.emit(
      table.gemm, [a.place, b.place, c, bias, packed, epilogue?.place, held],
      units: stack.count * block.units, cost: cost + (epilogue?.cost ?? 0)
    ) {
      ($0.n0, $0.n1, $0.n2, $0.n3, $0.n4) = (m, n, k, a.rowStride, a.columnStride)
      ($0.n5, $0.n6, $0.n7) = (b.rowStride, b.columnStride, n)
      ($0.n8, $0.n9, $0.n10) = (stack.a, stack.b, stack.c)
      ($0.n11, $0.n12) = (block.rows, block.columns)
    }
  }
}

extension Product {
  /// The few rows are packed, not the long B.
  fileprivate var turns: Bool {
    stack.count == 1 && a.columnStride == 1 && b.rowStride == 1 && KernelTable.turns(m: m, n: n, k: k)
  }

  fileprivate func emitTurned(
    _ e: inout Emission, packingInto room: inout Place?, epilogue: (place: Place, cost: Double)?
  ) {
    let table = e.kernels
    let turned = Matrix(place: a.place, rowStride: a.columnStride, columnStride: a.rowStride)
    let packed = pack(&e, turned, m, in: &room)
    let block = table.turnedBlock(m: m, n: n, k: k, threads: e.sharers)
    let turning = 0.3 * Double(m) * Double(n)
    e.emit(
      table.gemmTurned, [b.place, nil, c, bias, packed, epilogue?.place], units: block.units,
      cost: cost + turning + (epilogue?.cost ?? 0)
    ) {
      ($0.n0, $0.n1, $0.n2, $0.n3, $0.n4) = (n, m, k, b.columnStride, b.rowStride)
      $0.n11 = block.columns
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
  try Product(
    m: rows, n: outputs, k: inputs, a: .init(place: x, rowStride: inputs, columnStride: 1),
    b: .init(place: w, rowStride: 1, columnStride: inputs), c: y, bias: bias
  ).emit(&e)
}

@Sendable func emitMatmul(_ e: inout Emission) throws(RuntimeError) {
  let (left, right) = (e.operandSizes(0), e.operandSizes(1))
  let transposesA = e.attributes.bool("transpose_a") ?? false
  let transposesB = e.attributes.bool("transpose_b") ?? false
  var a = StoredMatrices(left, isRow: true, isTransposed: transposesA)
  let b = StoredMatrices(right, isRow: false, isTransposed: transposesB)
  var first = e.operand(0)
  let (second, target) = (e.operand(1), e.result())
  if right.count == 1 {
    if transposesA {
      let axes = Array(left.indices.dropLast(2)) + [left.count - 1, left.count - 2]
      first = try permuted(&e, first, left, axes)
    }
    emitDot(&e, first, rows: a.leading.reduce(a.rows, *), terms: a.columns, second, target, bias: nil)
    return
  }
  // All rows on the left meet one matrix: they are one matrix themselves.
  if right.count == 2, !transposesA {
    a.rows *= a.leading.reduce(1, *)
    a.leading = []
  }
  try emitProducts(&e, a, first, b, second, target)
}

/// Floats of right operands that are packed all at once: more would not stay in a cache until they are read.
private let mostPacked = 1 << 19

/// Each pair of matrices of two stacks; they share the room in which B is packed. Steps behind several
/// products are left to a loop.
private func emitProducts(
  _ e: inout Emission, _ a: StoredMatrices, _ first: Place, _ b: StoredMatrices, _ second: Place, _ target: Place
) throws(RuntimeError) {
  let pairs = StackPairs(a.leading, b.leading)
  var room: Place?
  let packed = pairs.count * e.kernels.packedCount(k: a.columns, n: b.columns)
  if a.leading == b.leading, pairs.count > 1, packed <= mostPacked {
    // One after the other on both sides: one call for all of them.
    var product = Product(
      m: a.rows, n: b.columns, k: a.columns, a: a.matrix(0, of: first), b: b.matrix(0, of: second), c: target,
      bias: nil)
    product.stack = Product.Stack(count: pairs.count, a: a.size, b: b.size, c: a.rows * b.columns)
    return product.emit(&e, packingInto: &room)
  }
  for index in 0..<pairs.count {
    let (p, q) = pairs[index]
    let product = Product(
      m: a.rows, n: b.columns, k: a.columns, a: a.matrix(p, of: first), b: b.matrix(q, of: second),
      c: target.advanced(byElements: index * a.rows * b.columns), bias: nil)
    if pairs.count == 1 { return try product.emit(&e) }
    product.emit(&e, packingInto: &room)
  }
}

/// The matrices of an operand as they lie in memory.
private struct StoredMatrices {
  var leading: [Int]
  /// As they are multiplied.
  var rows: Int
  let columns: Int
  let size: Int
  private let strides: (Int, Int)

  init(_ sizes: [Int], isRow: Bool, isTransposed: Bool) {
    let whole = sizes.count > 1 ? sizes : isRow ? [1] + sizes : sizes + [1]
    let (first, second) = (whole[whole.count - 2], whole[whole.count - 1])
    leading = Array(whole.dropLast(2))
    size = first * second
    (rows, columns) = isTransposed ? (second, first) : (first, second)
    strides = isTransposed ? (1, second) : (second, 1)
  }

  func matrix(_ index: Int, of place: Place) -> Product.Matrix {
    Product.Matrix(
      place: place.advanced(byElements: index * size), rowStride: strides.0, columnStride: strides.1)
  }
}
