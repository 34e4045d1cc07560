// Levels, threads and the memory layouts that kernels rely on.
import AdamKernelABI
import Synchronization
import Testing

@testable import AdamRuntime

/// p0 counts how often each unit was computed.
private func countUnits(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let a = arguments.assumingMemoryBound(to: KernelArguments.self).pointee
  guard let counts = a.p0?.assumingMemoryBound(to: Int32.self) else { return }
  for unit in begin..<end { counts[unit] += 1 }
}

/// A call that counts in `tensor`.
private func counting(in tensor: Tensor, units: Int, pieces: Int) -> Instruction {
  var arguments = KernelArguments()
  arguments.p0 = tensor.pointer
  return Instruction(
    arguments: arguments, kernel: { countUnits($0, $1, $2) }, units: units, pieces: min(units, pieces), cost: 1,
    pause: 0)
}

extension ThreadPool {
  fileprivate func compute(_ calls: [Instruction]) {
    calls.withUnsafeBufferPointer { calls in
      if let first = calls.baseAddress { run(first, calls.count, cost: 1) }
    }
  }
}

/// p1 [n0] is p0 [n0] from the last to the first, one more: a unit reads what another thread's unit wrote.
private func countBackwards(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let a = arguments.assumingMemoryBound(to: KernelArguments.self).pointee
  guard let from = a.p0?.assumingMemoryBound(to: Int32.self), let to = a.p1?.assumingMemoryBound(to: Int32.self)
  else { return }
  for unit in begin..<end { to[unit] = from[a.n0 - 1 - unit] + 1 }
}

@Suite struct MachineTests {
  @Test(arguments: [0, -1, 65])
  func `a number of threads out of range is an error value`(threads: Int) {
    #expect(throws: RuntimeError.threadCount(threads)) {
      try Runtime(RuntimeOptions(threads: threads))
    }
  }

  @Test func `a level the processor lacks is an error value`() throws {
    for isa in InstructionSet.allCases {
      if isa.isSupported {
        #expect(try Runtime(RuntimeOptions(isa: isa)).isa == isa)
      } else {
        #expect(throws: RuntimeError.self) { try Runtime(RuntimeOptions(isa: isa)) }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 8])
  func `every unit is computed once in many calls of many sizes`(threads: Int) throws {
    let pool = ThreadPool(threads: threads, spinners: threads / 2)
    // Many short jobs of changing size one behind the other: a worker is often late for one.
    for round in 0..<20_000 {
      let units = 1 + round % 61
      let tensor = try Tensor(.i32, [units])
      pool.compute([counting(in: tensor, units: units, pieces: 1 + round % 7)])
      #expect(tensor.integers.allSatisfy { $0 == 1 })
    }
  }

  @Test(arguments: [1, 2, 3, 8])
  func `calls wait for what they read and leave alone what is still read`(threads: Int) throws {
    let pool = ThreadPool(threads: threads, spinners: threads / 2)
    for round in 0..<400 {
      let units = 1 + round % 37
      let tensors = try (0..<2).map { _ in try Tensor(.i32, [units]) }
      // To and fro between two tensors: each call reads what the last one wrote and writes over what it read.
      let calls = (0..<Claims.mostCalls).map { index in
        var call = counting(in: tensors[index % 2], units: units, pieces: 1 + (round + index) % 9)
        (call.arguments.p1, call.arguments.n0) = (tensors[1 - index % 2].pointer, units)
        call.kernel = { countBackwards($0, $1, $2) }
        call.waits = index == 0 ? 0 : 1 << UInt64(index - 1)
        return call
      }
      pool.compute(calls)
      #expect(tensors[0].integers.allSatisfy { $0 == Claims.mostCalls })
    }
  }

  @Test(arguments: [1, 2, 3])
  func `calls of a thread that does not come are computed by others`(threads: Int) throws {
    let pool = ThreadPool(threads: threads, spinners: threads - 1)
    for round in 0..<2_000 {
      let tensor = try Tensor(.i32, [40])
      // Of threads that there are, and of one that there is not.
      let calls = (0..<20).map { index in
        var call = counting(in: tensor, units: 40, pieces: 1)
        call.owner = (index + round) % 4
        call.waits = index == 0 ? 0 : 1 << UInt64(index - 1)
        return call
      }
      pool.compute(calls)
      #expect(tensor.integers.allSatisfy { $0 == 20 })
    }
  }

  @Test func `sleeping workers take up work again and end with the pool`() throws {
    for _ in 0..<20 {
      let pool = ThreadPool(threads: 4, spinners: 0)
      let tensor = try Tensor(.i32, [64])
      pool.compute([counting(in: tensor, units: 64, pieces: 64)])
      #expect(tensor.integers.allSatisfy { $0 == 1 })
    }
  }

  @Test func `small calls and single units stay with the caller`() throws {
    let runtime = try Runtime(RuntimeOptions(threads: 2))
    #expect(runtime.pieces(units: 100, cost: 500) == 1)
    #expect(runtime.pieces(units: 1, cost: 1e9) == 1)
    #expect(runtime.pieces(units: 100, cost: .infinity) == 1 || runtime.threads > 1)
  }

  @Test func `threads get as many pieces each`() throws {
    let runtime = try Runtime(RuntimeOptions(threads: 2))
    for cost in stride(from: 2_000.0, through: 60_000, by: 700) {
      let pieces = runtime.pieces(units: 1000, cost: cost)
      #expect(pieces % runtime.threads == 0 && (runtime.threads == 1 || pieces > 1), "\(cost) ns: \(pieces)")
    }
  }

  @Test func `records lie in memory as kernels read them`() {
    #expect(MemoryLayout<StreamRecord>.stride == MemoryLayout<ElementwiseStream>.stride)
    #expect(MemoryLayout<Instruction>.offset(of: \.arguments) == 0)
    #expect(MemoryLayout<KernelArguments>.offset(of: \.p0) == 0)
    #expect(MemoryLayout<KernelArguments>.offset(of: \.p7) == 56)
    #expect(MemoryLayout<ElementwiseStream>.offset(of: \.pointer) == 0)
    #expect(MemoryLayout<ElementwiseStream>.offset(of: \.columnStride) == 16)
  }
}
