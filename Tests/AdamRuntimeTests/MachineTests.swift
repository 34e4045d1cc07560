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
      var arguments = KernelArguments()
      arguments.p0 = tensor.pointer
      withUnsafePointer(to: &arguments) {
        pool.run({ countUnits($0, $1, $2) }, UnsafeRawPointer($0), to: units, grain: 1 + round % 7)
      }
      #expect(tensor.integers.allSatisfy { $0 == 1 })
    }
  }

  @Test func `sleeping workers take up work again and end with the pool`() throws {
    for _ in 0..<20 {
      let pool = ThreadPool(threads: 4, spinners: 0)
      let tensor = try Tensor(.i32, [64])
      var arguments = KernelArguments()
      arguments.p0 = tensor.pointer
      withUnsafePointer(to: &arguments) {
        pool.run({ countUnits($0, $1, $2) }, UnsafeRawPointer($0), to: 64, grain: 1)
      }
      #expect(tensor.integers.allSatisfy { $0 == 1 })
    }
  }

  @Test func `small calls and single units stay with the caller`() throws {
    let runtime = try Runtime(RuntimeOptions(threads: 2))
    #expect(runtime.grain(units: 100, cost: 500) == 0)
    #expect(runtime.grain(units: 1, cost: 1e9) == 0)
    #expect(runtime.grain(units: 100, cost: .infinity) == 0 || runtime.threads > 1)
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
