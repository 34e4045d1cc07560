// Optimizer updates: in place, one call per parameter.
import AdamIR
import AdamKernelABI

/// Operands p, g, slots…, scalars. The results live where p and the slots do.
func emitUpdate(_ e: inout Emission, _ kernel: Kernel) {
  let slots = e.operation.operands.count - 3
  let options = e.attributes.int("options") ?? 0
  let count = e.operandCount(0)
  var pointers = [Place?](repeating: nil, count: 8)
  for index in 0..<(2 + slots) { pointers[index] = e.operand(index) }
  pointers[7] = e.operand(2 + slots)
  e.emit(kernel, pointers, units: KernelTable.chunks(count), cost: 10 + 0.6 * Double(count)) {
    $0.n0 = count
    $0.n1 = options
  }
}
