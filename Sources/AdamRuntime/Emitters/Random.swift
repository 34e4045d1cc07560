// Ops that draw. They are never split, and wait for each other: draws happen in program order.
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

// The others: p0: result [n0], p1: the generator. One unit.

private func generatorAndCount(
  _ arguments: UnsafeRawPointer
) -> (UnsafeMutableRawPointer, UnsafeMutablePointer<Generator>, Int)? {
  let a = arguments.assumingMemoryBound(to: KernelArguments.self).pointee
  guard let result = a.p0, let generator = a.p1 else { return nil }
  return (result, generator.assumingMemoryBound(to: Generator.self), a.n0)
}

private func floats(_ result: UnsafeMutableRawPointer, _ count: Int) -> UnsafeMutableBufferPointer<Float> {
  UnsafeMutableBufferPointer(start: result.assumingMemoryBound(to: Float.self), count: count)
}

func drawUniform(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  guard let (result, generator, count) = generatorAndCount(arguments) else { return }
  generator.pointee.fillUniform(floats(result, count))
}

func drawNormal(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  guard let (result, generator, count) = generatorAndCount(arguments) else { return }
  generator.pointee.fillNormal(floats(result, count))
}

func drawPermutation(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  guard let (result, generator, count) = generatorAndCount(arguments) else { return }
  let places = result.assumingMemoryBound(to: Int32.self)
  for (index, place) in generator.pointee.permutation(count).enumerated() { places[index] = Int32(clamping: place) }
}

/// n1 and n2: from low to below high.
private func drawIntegers(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  guard let (result, generator, count) = generatorAndCount(arguments) else { return }
  let a = arguments.assumingMemoryBound(to: KernelArguments.self).pointee
  let places = result.assumingMemoryBound(to: Int32.self)
  for index in 0..<count {
    places[index] = Int32(clamping: generator.pointee.nextInteger(low: a.n1, high: a.n2))
  }
}

func emitDraw(_ e: inout Emission, _ kernel: Kernel) {
  let count = e.resultCount()
  e.emit(kernel, [e.result(), Place(.generator)], units: 1, cost: 8 * Double(count)) { $0.n0 = count }
}

@Sendable func emitRandint(_ e: inout Emission) throws(RuntimeError) {
  let count = e.resultCount()
  let (low, high) = (e.attributes.int("low") ?? 0, e.attributes.int("high") ?? 1)
  e.emit({ drawIntegers($0, $1, $2) }, [e.result(), Place(.generator)], units: 1, cost: 4 * Double(count)) {
    ($0.n0, $0.n1, $0.n2) = (count, low, high)
  }
}
