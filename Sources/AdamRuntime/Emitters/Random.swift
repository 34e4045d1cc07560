// Ops that draw. They are never split: draws happen in program order on one thread.
import AdamData
import AdamIR
import AdamKernelABI

/// p0: mask [n0], p1: the generator, p2: the probability as a Double. One unit.
private func drawDropoutMask(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let a = arguments.assumingMemoryBound(to: KernelArguments.self).pointee
  guard let mask = a.p0, let generator = a.p1, let probability = a.p2 else { return }
  let out = UnsafeMutableBufferPointer(
    start: mask.assumingMemoryBound(to: Float.self), count: a.n0)
  generator.assumingMemoryBound(to: Generator.self).pointee.fillDropoutScale(
    out, p: probability.load(as: Double.self))
}

@Sendable func emitDropoutMask(_ e: inout Emission) throws(RuntimeError) {
  let probability = e.tables.store([e.attributes.float("p") ?? 0])
  let count = e.resultCount()
  let pointers = [e.result(), Place(.generator), probability]
  e.emit({ drawDropoutMask($0, $1, $2) }, pointers, units: 1, cost: 4 * Double(count)) {
    $0.n0 = count
  }
}
