// Sums, means, extremes and their places along axes. Rule 3 of the numerics names the orders.
import AdamIR
import AdamKernelABI

/// How the axes that are reduced lie in the operand.
private enum Span {
  /// First axes only, with something behind them: `sum_first` over [n0, n1].
  case leading(Int, Int)
  /// Last axes, or all, or none: `sum_last` over [n0, n1].
  case trailing(Int, Int)
  /// The axes around some: runs of the last ones, [runs, rows, length].
  case around(Int, Int, Int)
  /// In between: the axes in this order make it `trailing`.
  case mixed([Int], Int, Int)

  init(_ sizes: [Int], _ axes: [Int]) {
    let kept = sizes.indices.filter { !axes.contains($0) }
    let outer = kept.map { sizes[$0] }.reduce(1, *)
    let inner = axes.map { sizes[$0] }.reduce(1, *)
    if kept + axes == Array(sizes.indices) || outer == 1 {
      self = .trailing(outer, inner)
    } else if axes + kept == Array(sizes.indices) {
      self = .leading(inner, outer)
    } else if let first = kept.first, let last = kept.last, last - first == kept.count - 1 {
      let runs = sizes[..<first].reduce(1, *)
      self = .around(runs, outer, sizes[(last + 1)...].reduce(1, *))
    } else {
      self = .mixed(kept + axes, outer, inner)
    }
  }
}

private func reducedAxes(_ e: Emission) -> [Int] { e.attributes.ints("axes") ?? [] }

@Sendable func emitSum(_ e: inout Emission) throws(RuntimeError) { try emitSum(&e, mean: false) }
@Sendable func emitMean(_ e: inout Emission) throws(RuntimeError) { try emitSum(&e, mean: true) }

private func emitSum(_ e: inout Emission, mean: Bool) throws(RuntimeError) {
  let sizes = e.operandSizes(0)
  let flag = mean ? 1 : 0
  var source = e.operand(0)
  let target = e.result()
  let cost = 10 + 0.1 * Double(e.operandCount(0))
  switch Span(sizes, reducedAxes(e)) {
  case .leading(let count, let columns) where e.isChannelsLast:
    return emitSumColumns(&e, source, count, columns, to: target, mean: mean)
  case .leading(let count, let columns):
    let units = (columns + KernelTable.sumFirstColumns - 1) / KernelTable.sumFirstColumns
    let before = e.rowsBefore
    e.emit(e.kernels.sumFirst, [source, target], units: units, cost: cost) {
      ($0.n0, $0.n1, $0.n2, $0.n3) = (count, columns, flag, before)
    }
    return
  case .around(let runs, let rows, let length):
    e.emit(e.kernels.sumRuns, [source, target], units: rows, cost: 2 * cost) {
      ($0.n0, $0.n1, $0.n2, $0.n3) = (rows, runs, flag, length)
    }
    return
  case .trailing: break
  case .mixed(let order, _, _): source = try permuted(&e, source, sizes, order)
  }
  let rows = e.resultCount()
  let terms = reducedAxes(e).map { sizes[$0] }.reduce(1, *)
  e.emit(e.kernels.sumLast, [source, target], units: rows, cost: cost + 3 * Double(rows)) {
    ($0.n0, $0.n1, $0.n2) = (rows, terms, flag)
  }
}

/// Sums of columns in the order of `sum_last`.
private func emitSumColumns(
  _ e: inout Emission, _ source: Place, _ rows: Int, _ columns: Int, to target: Place, mean: Bool,
  places: Place? = nil, imageColumns: Int = 0
) {
  let units = 8 * KernelTable.sumChunks(rows)
  let lanes = e.scratch(units * columns)
  let cost = 10 + 0.05 * Double(rows) * Double(columns)
  e.emit(
    e.kernels.sumColumnLanes, [source, lanes, nil, places], units: places == nil ? units : units / 8, cost: cost
  ) {
    ($0.n0, $0.n1, $0.n3) = (rows, columns, imageColumns)
  }
  e.emit(e.kernels.sumColumns, [source, target, lanes, places], units: (columns + 15) / 16, cost: 20) {
    ($0.n0, $0.n1, $0.n2, $0.n3) = (rows, columns, mean ? 1 : 0, imageColumns)
  }
}

/// Of the pixels of images, by the gradients of the pooled ones.
@Sendable func emitMaxUnpool2dSum(_ e: inout Emission) throws(RuntimeError) {
  let sizes = e.operandSizes(0)
  emitSumColumns(
    &e, e.operand(0), 4 * sizes[..<3].reduce(1, *), sizes[3], to: e.result(), mean: false, places: e.operand(1),
    imageColumns: 2 * sizes[2])
}

/// The operand with the reduced axes last, and the rows and terms that gives.
private func rowsOfOperand(
  _ e: inout Emission, _ operand: Int, _ axes: [Int]
) throws(RuntimeError) -> (place: Place, rows: Int, terms: Int, order: [Int]) {
  let sizes = e.operandSizes(operand)
  let kept = sizes.indices.filter { !axes.contains($0) }
  let place = try permuted(&e, e.operand(operand), sizes, kept + axes)
  let terms = axes.map { sizes[$0] }.reduce(1, *)
  return (place, kept.map { sizes[$0] }.reduce(1, *), terms, kept + axes)
}

private func emitExtremeRows(
  _ e: inout Emission, _ x: Place, rows: Int, terms: Int, values: Place?, places: Place?,
  smallest: Bool
) {
  let cost = 5 * Double(rows) + 0.5 * Double(rows) * Double(terms)
  e.emit(e.kernels.extreme, [x, values, places], units: rows, cost: cost) {
    ($0.n0, $0.n1, $0.n2, $0.n3, $0.n4) = (rows, terms, 1, smallest ? 1 : 0, 0)
  }
}

func emitExtreme(_ e: inout Emission, smallest: Bool) throws(RuntimeError) {
  let x = try rowsOfOperand(&e, 0, reducedAxes(e))
  let target = e.result()
  emitExtremeRows(
    &e, x.place, rows: x.rows, terms: x.terms, values: target, places: nil, smallest: smallest)
}

func emitExtremePlace(_ e: inout Emission, smallest: Bool) {
  let parts = split(e.operandSizes(0), at: e.attributes.int("axis") ?? 0)
  let pointers = [e.operand(0), nil, e.result()]
  e.emit(e.kernels.extreme, pointers, units: parts.outer, cost: 0.5 * Double(e.operandCount(0))) {
    ($0.n0, $0.n1, $0.n2) = (parts.outer, parts.size, parts.inner)
    ($0.n3, $0.n4) = (smallest ? 1 : 0, 0)
  }
}

/// x' = g where the term's number is the place of the extreme, else 0: rows of terms, then back
/// into the operand's order.
func emitExtremeGrad(_ e: inout Emission, smallest: Bool) throws(RuntimeError) {
  let x = try rowsOfOperand(&e, 1, reducedAxes(e))
  guard x.rows * x.terms > 0 else { return }
  let places = e.scratch(x.rows)
  emitExtremeRows(
    &e, x.place, rows: x.rows, terms: x.terms, values: nil, places: places, smallest: smallest)
  let sizes = e.operandSizes(1)
  let isInOrder = x.order == Array(sizes.indices)
  let target = isInOrder ? e.result() : e.scratch(x.rows * x.terms)
  let numbers = e.pool.store((0..<x.terms).map { Int32(clamping: $0) })
  let streams = e.tables.store([
    TableBuilder.Stream(place: places, rowStride: 1, columnStride: 0),
    TableBuilder.Stream(place: numbers, rowStride: 0, columnStride: 1),
    TableBuilder.Stream(place: e.operand(0), rowStride: 1, columnStride: 0),
    TableBuilder.Stream(place: target, rowStride: x.terms, columnStride: 1),
  ])
  let steps = e.tables.store([
    MicroOp(.eqInt, dst: 4, a: 0, b: 1), MicroOp(.constant, dst: 5),
    MicroOp(.select, dst: 3, a: 4, b: 2, c: 5),
  ])
  let count = x.rows * x.terms
  e.emit(
    e.kernels.elementwise, [steps, streams], units: KernelTable.chunks(count),
    cost: 0.3 * Double(count)
  ) {
    ($0.n0, $0.n1, $0.n2, $0.n3, $0.n4) = (3, 3, 1, x.rows, x.terms)
  }
  if !isInOrder { try unpermute(&e, target, sizes, x.order, to: e.result()) }
}
