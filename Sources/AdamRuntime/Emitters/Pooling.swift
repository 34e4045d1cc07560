// Poolings: one kernel call over all planes.
import AdamIR
import AdamKernelABI

/// `pointers` read planes of `x` [n, c, h, w] and of `y` [n, c, h', w'].
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
  let planes = x[0] * x[1]
  let cost = Double(planes) * (20 + Double(y[2] * y[3] * window.0 * window.1) * 0.5)
  let epilogue = try e.takeEpilogue()
  e.emit(
    kernel, pointers + [nil, nil, epilogue?.place], units: planes, cost: cost + (epilogue?.cost ?? 0)
  ) {
    ($0.n0, $0.n1, $0.n2, $0.n3) = (x[2], x[3], y[2], y[3])
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
