// Tensors: sizes, limits, values in and out.
import AdamIR
import Testing

@testable import AdamRuntime

@Suite struct MemoryTests {
  @Test(arguments: [
    [1_000_000, 1_000_000_000], [1 << 40, 1 << 40], [-1, 2], [Int.max, 2], [16144, 142_829_720_590_541],
    [45632, 50_531_272_116_359], [Int.max, 0], [0, 1 << 30, 1 << 30], [1 << 26, 0],
    [(1 << 61) - 32], [(1 << 61) - 16], [(1 << 61) - 1],
  ])
  func `a shape that no memory holds is an error, not a trap`(sizes: [Int]) {
    #expect(throws: AllocationError.self) { try Tensor(.f32, sizes) }
  }

  @Test func `the error names shape, bytes and limit`() throws {
    let budget = MemoryBudget(limit: 1_000_000)
    let error = #expect(throws: AllocationError.self) {
      try Tensor(.f32, [1000, 1000], budget: budget)
    }
    #expect(error?.byteCount == 4_000_000)
    #expect(
      error?.message == "a tensor of shape [1000, 1000] needs 4.0 MB; the limit is 1.0 MB")
  }

  @Test func `small tensors are counted with what they take beside their elements, and named when they are many`() throws {
    let budget = MemoryBudget(limit: 1_000_000)
    var kept: [Tensor] = []
    let error = #expect(throws: AllocationError.self) {
      while kept.count < 100_000 { kept.append(try Tensor(.f32, [1], budget: budget)) }
    }
    #expect((2_000...4_000).contains(kept.count))
    #expect(
      error?.message
        == "a tensor of shape [1] needs 4 bytes, and tensors take 999.6 kB already; the limit is 1.0 MB")
  }

  @Test func `large blocks that are taken again are zero where zeros are asked for`() throws {
    for count in [1 << 18, 1 << 20, 1 << 24] {
      for _ in 0..<3 {
        let tensor = try Tensor(.f32, [count])
        #expect(tensor.floats.allSatisfy { $0 == 0 })
        tensor.write(floats: [Float](repeating: 1, count: count))
      }
    }
  }

  @Test func `a size beside one of 0 may be as many rows as a list has elements`() throws {
    let tensor = try Tensor(.f32, [1 << 25, 0])
    #expect(tensor.elementCount == 0 && tensor.sizes == [1 << 25, 0])
  }

  @Test func `memory is given back to the budget`() throws {
    let budget = MemoryBudget(limit: 1 << 24)
    for _ in 0..<100 { _ = try Tensor(.f32, [1 << 21], budget: budget) }
    #expect(budget.usedBytes == 0)
  }

  @Test func `a plan that does not fit is an error and gives everything back`() throws {
    let budget = MemoryBudget(limit: 100_000)
    var function = TensorFunction(name: "f")
    let x = function.addParameter(.f32(4), name: "x", role: .input)
    let wide = try function.apply(.broadcastTo, [x], ["shape": .ints([100_000, 4])])
    let y = try function.apply(.exp, wide)
    function.results = [FunctionResult(y[0], "y")]
    let runtime = try Machines.single()
    #expect(throws: RuntimeError.self) { try Plan(function, runtime, budget: budget) }
    #expect(budget.usedBytes == 0)
  }

  @Test func `subnormals become zero on entry and keep their sign`() throws {
    let tensor = try Tensor([3], floats: [Float(bitPattern: 0x0001_16C2), -Float(bitPattern: 0x0001_16C2), 1e-30])
    #expect(tensor.bits == [0, 0x8000_0000, Float(1e-30).bitPattern])
  }

  @Test func `new tensors are zero, aligned to 64 bytes and of the asked shape`() throws {
    for sizes in [[], [0], [3, 5], [1 << 19]] {
      let tensor = try Tensor(.i32, sizes)
      #expect(tensor.integers.allSatisfy { $0 == 0 })
      #expect(UInt(bitPattern: tensor.pointer) % 64 == 0)
      #expect(tensor.type == TensorType(.i32, Shape(sizes: sizes)))
    }
  }

  @Test func `surplus values are dropped and missing ones are zero`() throws {
    #expect(try Tensor([2], floats: [1, 2, 3]).floats == [1, 2])
    #expect(try Tensor([3], integers: [7]).integers == [7, 0, 0])
  }

  @Test func `numbers outside the tensor are not there`() throws {
    let tensor = try Tensor([2], floats: [1, 2])
    #expect(tensor.number(at: 1) == 2)
    #expect(tensor.number(at: 2) == nil)
    #expect(tensor.number(at: -1) == nil)
    #expect(tensor.scalarNumber == nil)
    #expect(try Tensor.scalar(4).scalarNumber == 4)
  }

  @Test func `reading floats as integers clamps instead of trapping`() throws {
    let tensor = try Tensor([4], floats: [.nan, 1e30, -1e30, -2.9])
    #expect(tensor.integers == [0, .max, .min, -2])
  }
}
