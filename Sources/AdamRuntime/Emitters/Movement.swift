// Ops that move elements: all but the row gathers are strided copies.
import AdamIR
import AdamKernelABI

/// Row-major strides of a contiguous tensor.
func contiguousStrides(_ sizes: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: sizes.count)
  for axis in stride(from: sizes.count - 2, through: 0, by: -1) {
    strides[axis] = strides[axis + 1] * sizes[axis + 1]
  }
  return strides
}

/// Copies between two strided layouts of the same sizes.
func emitCopy(
  _ e: inout Emission, from source: Place, _ sourceStrides: [Int], to target: Place,
  _ targetStrides: [Int], sizes: [Int]
) throws(RuntimeError) {
  let count = sizes.reduce(1, *)
  guard count > 0 else { return }
  let axes = mergedAxes(sizes, sourceStrides, targetStrides)
  guard axes.count <= 6 else {
    throw .shape(ShapeError("rearranging more than 6 axes at once is not supported"))
  }
  // A long run is cut into rows so that its parts can be units.
  let cut = axes.count == 1 ? cutRun(axes[0]) : axes
  let copy = StridedCopy(
    sizes: cut.map(\.size), sourceStrides: cut.map(\.source), destinationStrides: cut.map(\.target))
  let table = e.tables.store([copy])
  e.emit(
    e.kernels.stridedCopy, [source, target, table], units: copy.unitCount,
    cost: 0.3 * Double(count)
  ) { _ in }
}

/// Copies `count` consecutive elements.
func emitPlainCopy(
  _ e: inout Emission, from source: Place, to target: Place, count: Int
) throws(RuntimeError) {
  try emitCopy(&e, from: source, [1], to: target, [1], sizes: [count])
}

private struct CopyAxis {
  var size: Int
  var source: Int
  var target: Int
}

/// Drops axes of size 1 and joins neighbours that lie one after the other on both sides.
private func mergedAxes(_ sizes: [Int], _ source: [Int], _ target: [Int]) -> [CopyAxis] {
  var axes: [CopyAxis] = []
  for index in sizes.indices where sizes[index] != 1 {
    let axis = CopyAxis(size: sizes[index], source: source[index], target: target[index])
    if let last = axes.last, last.source == axis.source * axis.size,
      last.target == axis.target * axis.size
    {
      axes[axes.count - 1] = CopyAxis(
        size: last.size * axis.size, source: axis.source, target: axis.target)
    } else {
      axes.append(axis)
    }
  }
  return axes.isEmpty ? [CopyAxis(size: 1, source: 1, target: 1)] : axes
}

private func cutRun(_ axis: CopyAxis) -> [CopyAxis] {
  let width = 256
  guard axis.size > width, axis.size % width == 0 else { return [axis] }
  return [
    CopyAxis(size: axis.size / width, source: axis.source * width, target: axis.target * width),
    CopyAxis(size: width, source: axis.source, target: axis.target),
  ]
}

/// An operand stretched to `sizes` in scratch memory.
func stretch(
  _ e: inout Emission, _ place: Place, _ shape: [Int], to sizes: [Int]
) throws(RuntimeError) -> Place {
  let target = e.scratch(sizes.reduce(1, *))
  try emitCopy(
    &e, from: place, BroadcastLayout.strides(of: shape, in: sizes), to: target,
    contiguousStrides(sizes), sizes: sizes)
  return target
}

/// `place` with its axes in another order, in scratch memory; itself when the order is the same.
func permuted(
  _ e: inout Emission, _ place: Place, _ sizes: [Int], _ order: [Int]
) throws(RuntimeError) -> Place {
  if order == Array(sizes.indices) { return place }
  let strides = contiguousStrides(sizes)
  let moved = order.map { sizes[$0] }
  let target = e.scratch(moved.reduce(1, *))
  try emitCopy(
    &e, from: place, order.map { strides[$0] }, to: target, contiguousStrides(moved), sizes: moved)
  return target
}

/// Undoes `permuted`: `place` holds the axes of `sizes` in `order`, `target` gets them in place.
func unpermute(
  _ e: inout Emission, _ place: Place, _ sizes: [Int], _ order: [Int], to target: Place
) throws(RuntimeError) {
  let strides = contiguousStrides(sizes)
  let moved = order.map { sizes[$0] }
  try emitCopy(
    &e, from: place, contiguousStrides(moved), to: target, order.map { strides[$0] }, sizes: moved)
}

@Sendable func emitBroadcastTo(_ e: inout Emission) throws(RuntimeError) {
  let sizes = e.resultSizes()
  let strides = BroadcastLayout.strides(of: e.operandSizes(0), in: sizes)
  let (source, target) = (e.operand(0), e.result())
  try emitCopy(&e, from: source, strides, to: target, contiguousStrides(sizes), sizes: sizes)
}

@Sendable func emitTranspose(_ e: inout Emission) throws(RuntimeError) {
  let strides = contiguousStrides(e.operandSizes(0))
  let order = e.attributes.ints("permutation") ?? Array(strides.indices.reversed())
  let sizes = e.resultSizes()
  let (source, target) = (e.operand(0), e.result())
  try emitCopy(
    &e, from: source, order.map { strides[$0] }, to: target, contiguousStrides(sizes),
    sizes: sizes)
}

@Sendable func emitSlice(_ e: inout Emission) throws(RuntimeError) {
  let axis = e.attributes.int("axis") ?? 0
  var strides = contiguousStrides(e.operandSizes(0))
  let start = (e.attributes.int("start") ?? 0) * strides[axis]
  strides[axis] *= e.attributes.int("step") ?? 1
  let sizes = e.resultSizes()
  let source = e.operand(0).advanced(byElements: start)
  let target = e.result()
  try emitCopy(&e, from: source, strides, to: target, contiguousStrides(sizes), sizes: sizes)
}

@Sendable func emitConcat(_ e: inout Emission) throws(RuntimeError) {
  let axis = e.attributes.int("axis") ?? 0
  let strides = contiguousStrides(e.resultSizes())
  var offset = 0
  for index in e.operation.operands.indices {
    let sizes = e.operandSizes(index)
    let source = e.operand(index)
    let target = e.result().advanced(byElements: offset * strides[axis])
    try emitCopy(
      &e, from: source, contiguousStrides(sizes), to: target, strides, sizes: sizes)
    offset += sizes[axis]
  }
}

/// Sizes before, at and behind an axis.
func split(_ sizes: [Int], at axis: Int) -> (outer: Int, size: Int, inner: Int) {
  (sizes[..<axis].reduce(1, *), sizes[axis], sizes[(axis + 1)...].reduce(1, *))
}

@Sendable func emitIndexSelect(_ e: inout Emission) throws(RuntimeError) {
  let parts = split(e.operandSizes(0), at: e.attributes.int("axis") ?? 0)
  let count = e.operandCount(1)
  let pointers = [e.operand(0), e.operand(1), e.result()]
  let cost = 0.3 * Double(e.resultCount()) + 5 * Double(parts.outer * count)
  let isWhole = e.resultType().element != .f32
  e.emit(e.kernels.indexSelect, pointers, units: parts.outer * count, cost: cost) {
    ($0.n0, $0.n1, $0.n2, $0.n3, $0.n4) = (parts.outer, parts.size, parts.inner, count, isWhole ? 1 : 0)
  }
}

@Sendable func emitIndexSelectGrad(_ e: inout Emission) throws(RuntimeError) {
  let parts = split(e.resultSizes(), at: e.attributes.int("axis") ?? 0)
  let count = e.operandCount(1)
  let pointers = [e.operand(0), e.operand(1), e.result()]
  let cost = 0.5 * Double(e.resultCount() + e.operandCount(0))
  e.emit(e.kernels.indexAdd, pointers, units: parts.outer, cost: cost) {
    ($0.n0, $0.n1, $0.n2, $0.n3) = (parts.outer, parts.size, parts.inner, count)
  }
}
