// Normalised rows.
import AdamIR
import AdamKernelABI

@Sendable func emitLayerNorm(_ e: inout Emission) throws(RuntimeError) {
  // Rows of nothing have a deviation too.
  let (rows, columns) = (e.resultCount(2), e.resultSizes().last ?? 0)
  let pointers = (0..<3).map { e.operand($0) } + (0..<4).map { e.result($0) }
  let cost = Double(rows) * (20 + 0.3 * Double(columns))
  let eps = Float(e.attributes.float("eps") ?? 0).flushed
  e.emit(e.kernels.layerNorm, pointers, units: rows, cost: cost) { ($0.n0, $0.n1, $0.f0) = (rows, columns, eps) }
}

@Sendable func emitLayerNormGrad(_ e: inout Emission) throws(RuntimeError) {
  let (rows, columns) = (e.operandCount(3), e.resultSizes().last ?? 0)
  let rest = e.operation.operands.count > 5 ? e.operand(5) : nil
  let pointers = (0..<5).map { e.operand($0) } + [e.result(), rest]
  let cost = Double(rows) * (25 + 0.6 * Double(columns))
  e.emit(e.kernels.layerNormGrad, pointers, units: rows, cost: cost) { ($0.n0, $0.n1) = (rows, columns) }
}
