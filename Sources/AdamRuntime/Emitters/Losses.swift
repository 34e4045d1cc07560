// Softmax rows and losses.
import AdamIR
import AdamKernelABI

/// Ops on rows of the last axis, of one or two operands; another axis is brought to the end first.
func emitRowwise(
  _ e: inout Emission, _ kernel: Kernel, nanosecondsPerElement: Double
) throws(RuntimeError) {
  let sizes = e.resultSizes()
  let axis = e.attributes.int("axis") ?? sizes.count - 1
  let order = sizes.indices.filter { $0 != axis } + [axis]
  let terms = sizes[axis]
  let rows = terms == 0 ? 0 : e.resultCount() / terms
  var pointers: [Place?] = []
  for index in e.operation.operands.indices {
    pointers.append(try permuted(&e, e.operand(index), sizes, order))
  }
  let isInOrder = axis == sizes.count - 1
  let target = isInOrder ? e.result() : e.scratch(rows * terms)
  let cost = 10 * Double(rows) + nanosecondsPerElement * Double(rows * terms)
  e.emit(kernel, pointers + [target], units: rows, cost: cost) { ($0.n0, $0.n1) = (rows, terms) }
  if !isInOrder { try unpermute(&e, target, sizes, order, to: e.result()) }
}

@Sendable func emitNllLoss(_ e: inout Emission) throws(RuntimeError) {
  let sizes = e.operandSizes(0)
  let pointers = [e.operand(0), e.operand(1), e.result()]
  e.emit(e.kernels.nllLoss, pointers, units: 1, cost: 10 + 2 * Double(sizes[0])) {
    ($0.n0, $0.n1) = (sizes[0], sizes[1])
  }
}

/// Operands g, target, logp; the values of logp are not needed.
@Sendable func emitNllLossGrad(_ e: inout Emission) throws(RuntimeError) {
  let sizes = e.resultSizes()
  let pointers = [e.operand(0), e.operand(1), e.result()]
  let cost = 10 + 0.1 * Double(e.resultCount())
  e.emit(e.kernels.nllLossGrad, pointers, units: sizes[0], rows: e.operation.results, cost: cost) {
    ($0.n0, $0.n1) = (sizes[0], sizes[1])
  }
}

/// Few rows are one call; many are worth a share for every thread.
@Sendable func emitCrossEntropyLoss(_ e: inout Emission) throws(RuntimeError) {
  let sizes = e.operandSizes(0)
  let (x, target, loss, logp) = (e.operand(0), e.operand(1), e.result(0), e.result(1))
  let (rows, classes) = (sizes[0], sizes[1])
  let cost = Double(rows) * (12 + 0.6 * Double(classes))
  guard cost > Runtime.smallestSharedCost || e.bands?.has(rows: rows) == true else {
    e.emit(e.kernels.crossEntropyLoss, [logp, target, loss, x], units: 1, cost: cost) {
      ($0.n0, $0.n1) = (rows, classes)
    }
    return
  }
  let values = [e.operation.operands[0], e.operation.results[1]]
  e.emit(e.kernels.logSoftmax, [x, logp], units: rows, rows: values, cost: cost) { ($0.n0, $0.n1) = (rows, classes) }
  e.emit(e.kernels.nllLoss, [logp, target, loss], units: 1, cost: 10 + 2 * Double(rows)) {
    ($0.n0, $0.n1) = (rows, classes)
  }
}

@Sendable func emitCrossEntropyLossGrad(_ e: inout Emission) throws(RuntimeError) {
  let sizes = e.resultSizes()
  let pointers = [e.operand(0), e.operand(1), e.operand(2), e.result()]
  let cost = Double(sizes[0]) * (5 + 0.4 * Double(sizes[1]))
  let values = [e.operation.operands[2], e.operation.results[0]]
  e.emit(e.kernels.crossEntropyLossGrad, pointers, units: sizes[0], rows: values, cost: cost) {
    ($0.n0, $0.n1) = (sizes[0], sizes[1])
  }
}

/// Mean of a term over two operands of one shape.
func emitMeanLoss(_ e: inout Emission, _ kernel: Kernel) {
  let count = e.operandCount(0)
  let pointers = [e.operand(0), e.operand(1), e.result()]
  e.emit(kernel, pointers, units: 1, cost: 10 + 0.2 * Double(count)) { $0.n0 = count }
}

/// Operands g, x, target: a call of its own, because the interpreter takes longer to start than a few elements.
@Sendable func emitMseLossGrad(_ e: inout Emission) throws(RuntimeError) {
  let count = e.resultCount(), averaged = e.function.type(e.operation.results[0]).shape.elementCount ?? 0
  let pointers = [e.operand(0), e.operand(1), e.operand(2), e.result()]
  e.emit(e.kernels.mseLossGrad, pointers, units: KernelTable.chunks(count), cost: 10 + 0.1 * Double(count)) {
    ($0.n0, $0.f0) = (count, Float(2 / Double(max(1, averaged))))
  }
}
