// The memory of a plan and the pointers in it. The only place where places become addresses.
import AdamKernelABI

/// Blocks of one plan: the arena (values, then scratch), constants, tables, instructions.
struct PlanMemory {
  private let arena: MemoryBlock
  private let constants: MemoryBlock
  private let tables: MemoryBlock
  private let code: MemoryBlock
  private let budget: MemoryBudget
  private let scratchOffset: Int
  let instructionCount: Int
  let stretches: (UnsafePointer<Stretch>, count: Int)
  /// The operation of each call.
  let operations: [Int?]
  private let generator: UnsafeMutableRawPointer?
  /// Pointers that follow what is bound: of the function's parameters, then of its results, one behind
  /// the other; those of the i-th begin at `boundStarts[i]`.
  private let bound: [BoundSlot]
  private let boundStarts: [Int]
  private let parameterCount: Int
  private let resultPlaces: [Place]

  private typealias Slot = UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private struct BoundSlot {
    var slot: Slot
    var offset: Int
  }

  var arenaBytes: Int { arena.byteCount }
  var instructions: UnsafePointer<Instruction> {
    UnsafePointer(code.pointer.assumingMemoryBound(to: Instruction.self))
  }

  /// - Parameter arenaBytes: of the values; scratch comes behind them.
  init(
    emission: Emission, arenaBytes: Int, instructions: [Instruction], stretches: [Stretch],
    resultPlaces: [Place], random: RandomSource?, budget: MemoryBudget
  ) throws(RuntimeError) {
    self.budget = budget
    self.resultPlaces = resultPlaces
    parameterCount = emission.function.parameters.count
    scratchOffset = (arenaBytes + 63) & ~63
    instructionCount = instructions.count
    operations = emission.instructions.map(\.part?.operation)
    generator = random.map { UnsafeMutableRawPointer($0.storage) }
    let sizes = [
      scratchOffset + emission.scratchBytes, emission.pool.byteCount, emission.tables.bytes.count,
      instructions.count * MemoryLayout<Instruction>.stride + stretches.count * MemoryLayout<Stretch>.stride,
    ]
    let blocks = try PlanMemory.allocate(sizes, budget)
    (arena, constants, tables, code) = (blocks[0], blocks[1], blocks[2], blocks[3])
    PlanMemory.fill(constants: blocks[1], tables: blocks[2], code: blocks[3], emission, instructions)
    self.stretches = (PlanMemory.place(stretches, behind: instructions, in: blocks[3]), stretches.count)
    var bound = [[BoundSlot]](repeating: [], count: parameterCount + emission.function.results.count)
    var fixed: [(Slot, Place)] = []
    for relocation in PlanMemory.relocations(emission) {
      let slot = PlanMemory.slot(relocation.holder, tables: blocks[2], code: blocks[3])
      let target = relocation.target
      switch target.base {
      case .parameter(let i): bound[i].append(BoundSlot(slot: slot, offset: target.offset))
      case .result(let i):
        bound[parameterCount + i].append(BoundSlot(slot: slot, offset: target.offset))
      default: fixed.append((slot, target))
      }
    }
    self.bound = bound.flatMap(\.self)
    boundStarts = bound.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    for (slot, place) in fixed { slot.pointee = address(of: place) }
  }

  private static func fill(
    constants: MemoryBlock, tables: MemoryBlock, code: MemoryBlock, _ emission: Emission,
    _ instructions: [Instruction]
  ) {
    emission.pool.write(to: constants.pointer)
    emission.tables.bytes.withUnsafeBytes { source in
      if let base = source.baseAddress {
        tables.pointer.copyMemory(from: base, byteCount: source.count)
      }
    }
    code.pointer.bindMemory(to: Instruction.self, capacity: max(1, instructions.count))
      .initialize(from: instructions, count: instructions.count)
  }

  private static func place(
    _ stretches: [Stretch], behind instructions: [Instruction], in code: MemoryBlock
  ) -> UnsafePointer<Stretch> {
    let memory = (code.pointer + instructions.count * MemoryLayout<Instruction>.stride)
      .bindMemory(to: Stretch.self, capacity: max(1, stretches.count))
    memory.initialize(from: stretches, count: stretches.count)
    return UnsafePointer(memory)
  }

  private static func slot(
    _ holder: Relocation.Holder, tables: MemoryBlock, code: MemoryBlock
  ) -> Slot {
    let address: UnsafeMutableRawPointer =
      switch holder {
      case .table(let offset): tables.pointer + offset
      case .instruction(let index, let slot):
        code.pointer + index * MemoryLayout<Instruction>.stride + slot * 8
      }
    return address.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
  }

  func free() {
    for block in [arena, constants, tables, code] { block.free(budget: budget) }
  }

  /// nil for storage that is bound from outside and for a generator that is not there.
  func address(of place: Place) -> UnsafeMutableRawPointer? {
    switch place.base {
    case .arena: arena.pointer + place.offset
    case .scratch: arena.pointer + scratchOffset + place.offset
    case .constants: constants.pointer + place.offset
    case .tables: tables.pointer + place.offset
    case .generator: generator
    case .parameter, .result: nil
    }
  }

  func resultPlace(_ index: Int) -> Place { resultPlaces[index] }

  func bindParameter(_ index: Int, to storage: UnsafeMutableRawPointer) { bind(index, storage) }
  func bindResult(_ index: Int, to storage: UnsafeMutableRawPointer) {
    bind(parameterCount + index, storage)
  }

  @inline(__always)
  private func bind(_ index: Int, _ storage: UnsafeMutableRawPointer) {
    for place in boundStarts[index]..<boundStarts[index + 1] {
      bound[place].slot.pointee = storage + bound[place].offset
    }
  }

  private static func relocations(_ emission: Emission) -> [Relocation] {
    var all = emission.tables.relocations
    for (index, instruction) in emission.instructions.enumerated() {
      for (slot, place) in instruction.pointers.enumerated() {
        if let place { all.append(Relocation(holder: .instruction(index, slot: slot), target: place)) }
      }
    }
    return all
  }

  /// All blocks or none.
  private static func allocate(
    _ sizes: [Int], _ budget: MemoryBudget
  ) throws(RuntimeError) -> [MemoryBlock] {
    var blocks: [MemoryBlock] = []
    for size in sizes {
      guard let block = MemoryBlock(byteCount: size, zeroed: true, budget: budget) else {
        for block in blocks { block.free(budget: budget) }
        let error = AllocationError(shape: nil, byteCount: size, budget: budget)
        throw .allocation(error)
      }
      blocks.append(block)
    }
    return blocks
  }
}
