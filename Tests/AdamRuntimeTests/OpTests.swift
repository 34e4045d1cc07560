// Every op against its reference in Double, and the same bits from every machine.
import AdamIR
import AdamKernelABI
import Testing

@testable import AdamRuntime

@Suite struct OpTests {
  @Test func `every op of the registry has an emitter, a constant or a view`() {
    for op in OpRegistry.all where op != .full && !op.traits.contains(.view) {
      #expect(EmitterTable.byName[op.name] != nil, "no emitter for \(op.name)")
    }
  }

  @Test func `emitters have one name each and name ops that exist`() {
    let names = EmitterTable.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(OpRegistry.standard[name] != nil, "no op \(name)")
    }
  }

  @Test func `every op has cases here`() {
    // What is fused is held against its parts by the training tests and those of epilogues.
    let covered = Set(OpCase.all.map(\.op.name) + ["fused_elementwise", "fused_epilogue"])
    for op in OpRegistry.all where op.reference != nil && !op.traits.contains(.update) {
      #expect(covered.contains(op.name), "no case for \(op.name)")
    }
  }

  @Test(arguments: OpCase.all)
  func `an op agrees with its reference, bit for bit the same on all machines`(
    _ test: OpCase
  ) throws {
    var numbers = Numbers(test.label.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    let operands = try test.operands.map {
      try numbers.tensor($0, test.range, below: test.limit)
    }
    var first: [[UInt32]]?
    for machine in try Machines.all() {
      let results = try TensorEngine(machine).apply(test.op, operands, test.attributes)
      let bits = results.map(\.bits)
      if let first {
        #expect(bits == first, "\(test.label): \(machine.isa) × \(machine.threads)")
      } else {
        first = bits
        check(results, operands, test)
      }
    }
  }

  private func check(_ results: [Tensor], _ operands: [Tensor], _ test: OpCase) {
    let types = results.map(\.type)
    guard let reference = test.op.reference else { return }
    let expected = reference(operands.map(\.reference), test.attributes, types)
    for (result, wanted) in zip(results, expected) {
      for (index, value) in wanted.values.enumerated() {
        let found = result.number(at: index) ?? .nan
        let bound = test.tolerance * max(1, abs(value))
        #expect(
          found == value || abs(found - value) <= bound || (found.isNaN && value.isNaN),
          "\(test.label) [\(index)]: \(found), not \(value)")
      }
    }
  }

  @Test(arguments: [(30, 130, 150), (64, 900, 128), (256, 128, 520)])
  func `a row has the same bits whether its product is turned or not`(rows: Int, inputs: Int, outputs: Int) throws {
    #expect(KernelTable.turns(m: rows, n: outputs, k: inputs))
    var numbers = Numbers(11)
    let x = numbers.floats(rows * inputs, -2...2)
    let weights = [try numbers.tensor(.f32(outputs, inputs)), try numbers.tensor(.f32(outputs))]
    for machine in try Machines.all() {
      func product(_ rows: Range<Int>) throws -> [UInt32] {
        let floats = Array(x[rows.lowerBound * inputs..<rows.upperBound * inputs])
        let part = try Tensor([rows.count, inputs], floats: floats)
        return try TensorEngine(machine).apply(.linear, [part] + weights, Attributes())[0].bits
      }
      let parts = try stride(from: 0, to: rows, by: 7).flatMap { try product($0..<min($0 + 7, rows)) }
      // Not the arrays themselves: what differs between long ones takes minutes to find.
      let isSame = try product(0..<rows) == parts
      #expect(isSame, "\(machine.isa) × \(machine.threads)")
    }
  }

  @Test func `products of a stack that are turned share their room`() throws {
    func bytes(pairs: Int) throws -> Int {
      var f = TensorFunction(name: "f")
      let a = f.addParameter(.f32(pairs, 1, 24, 512), name: "a", role: .input)
      let b = f.addParameter(.f32(2, 128, 512), name: "b", role: .input)
      let flags: Attributes = ["transpose_a": .bool(false), "transpose_b": .bool(true)]
      f.results = [FunctionResult(try f.emit(.matmul, [a, b], flags), "c")]
      var numbers = Numbers(3)
      let arguments = try f.parameters.map { try numbers.tensor(f.type($0.value)) }
      return try Plan(f, Machines.single(), bindings: arguments).arenaBytes
    }
    let room = 32 * 512 * 4
    #expect(KernelTable.turns(m: 24, n: 128, k: 512))
    #expect(try bytes(pairs: 8) - bytes(pairs: 2) < 6 * 2 * 24 * 128 * 4 + room)
  }

  @Test func `an index outside the axis is an error value`() throws {
    let engine = TensorEngine(try Machines.single())
    let x = try Tensor([3, 2], floats: [1, 2, 3, 4, 5, 6])
    for bad in [Int32(3), -1] {
      let indices = try Tensor([2], integers: [0, bad])
      #expect(throws: RuntimeError.index(position: 1, value: Int(bad), size: 3)) {
        try engine.apply(.indexSelect, [x, indices], ["axis": .int(0)])
      }
    }
  }

  @Test func `operands that do not fit are an error value`() throws {
    let engine = TensorEngine(try Machines.single())
    let a = try Tensor(.f32, [3])
    let b = try Tensor(.f32, [4])
    #expect(throws: RuntimeError.self) { try engine.apply(.add, [a, b]) }
    #expect(throws: RuntimeError.self) { try engine.apply(.add, [a]) }
  }

  @Test func `constants and views come out in memory of their own`() throws {
    let engine = TensorEngine(try Machines.single())
    let full = try engine.apply(
      .full, [], ["value": .float(2.5), "type": .type(.f32(2, 2))])
    #expect(full[0].floats == [2.5, 2.5, 2.5, 2.5])
    let view = try engine.apply(.reshape, [full[0]], ["shape": .ints([4])])
    #expect(view[0].pointer != full[0].pointer)
    #expect(view[0].floats == full[0].floats)
  }
}
