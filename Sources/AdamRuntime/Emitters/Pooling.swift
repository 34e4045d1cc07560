// Poolings: one kernel call over all planes.
import AdamIR
import AdamKernelABI

/// `pointers` read planes of `x` [n, c, h, w] and of `y` [n, c, h', w'], or images with their channels last.
private func emitPool(
  _ e: inout Emission, _ kernel: Kernel, _ pointers: [Place?], x: [Int], y: [Int]
) throws(RuntimeError) {
  let attributes = e.attributes
  func pair(_ name: String, _ missing: Int) -> (Int, Int) {
    let values = attributes.ints(name) ?? []
    return values.count == 2 ? (values[0], values[1]) : (missing, missing)
  }
  let (window, stride) = (pair("kernel", 1), pair("stride", 1))
  let (padding, dilation) = (pair("padding", 0), pair("dilation", 1))
  let isLast = e.isChannelsLast
  let (units, rows) = isLast ? (x[0] * y[1], 1) : (x[0] * x[1], 2)
  let elements = Double(window.0 * window.1) * Double(y.reduce(1, *))
  let cost = 20 * Double(units) + elements * (isLast ? 0.1 : 0.5)
  let epilogue = try e.takeEpilogue()
  e.emit(
    kernel, pointers + [nil, nil, epilogue?.place], units: units, cost: cost + (epilogue?.cost ?? 0)
  ) {
    ($0.n0, $0.n1, $0.n2, $0.n3, $0.n12) = (x[rows], x[rows + 1], y[rows], y[rows + 1], isLast ? x[3] : 0)
    ($0.n4, $0.n5, $0.n6, $0.n7) = (window.0, window.1, stride.0, stride.1)
    ($0.n8, $0.n9, $0.n10, $0.n11) = (padding.0, padding.1, dilation.0, dilation.1)
  }
}

@Sendable func emitMaxPool2d(_ e: inout Emission) throws(RuntimeError) {
  let x = e.operand(0)
  try emitPool(&e, e.kernels.maxPool, [x, e.result(), nil], x: e.operandSizes(0), y: e.resultSizes())
}

@Sendable func emitMaxPool2dGrad(_ e: inout Emission) throws(RuntimeError) {
  let x = e.operand(1)
  try emitPool(&e, e.kernels.maxPoolGrad, [e.operand(0), x, e.result()], x: e.operandSizes(1), y: e.operandSizes(0))
}
