// Optimizer updates: in place, one call for all parameters of the operation.
import AdamIR
import AdamKernelABI

/// Operands p, g, slots… of each parameter, then scalars. The results live where p and the slots do.
func emitUpdate(_ e: inout Emission, _ kernel: Kernel) {
  let scalars = e.operation.operands.count - 1
  let size = max(1, scalars / e.operation.updatedParameters)
  var targets: [TableBuilder.Update] = []
  var units = 0
  var elements = 0
  for first in stride(from: 0, to: scalars, by: size) {
    let count = e.operandCount(first)
    let tensors = (first..<min(first + size, scalars)).map { e.operand($0) }
    targets.append(.init(tensors: tensors, target: UpdateTarget(count: count, firstUnit: units)))
    units += KernelTable.chunks(count)
    elements += count
  }
  let options = e.attributes.int("options") ?? 0
  let pointers = [e.tables.store(targets), e.operand(scalars)]
  e.emit(kernel, pointers, units: units, cost: 10 + 0.6 * Double(elements)) {
    ($0.n0, $0.n1) = (targets.count, options)
  }
}
