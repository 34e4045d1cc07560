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
  private let generator: UnsafeMutableRawPointer?
  /// Pointers that follow what is bound, by base.
  private let bound: [Base: [(slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>, offset: Int)]]
  private let resultPlaces: [Place]
  private let addressesOfBound: BoundAddresses

  var arenaBytes: Int { arena.byteCount }
  var instructions: UnsafePointer<Instruction> {
    UnsafePointer(code.pointer.assumingMemoryBound(to: Instruction.self))
  }

  /// - Parameter arenaBytes: of the values; scratch comes behind them.
  init(
    emission: Emission, arenaBytes: Int, instructions: [Instruction], resultPlaces: [Place],
    random: RandomSource?, budget: MemoryBudget
  ) throws(RuntimeError) {
    self.budget = budget
    self.resultPlaces = resultPlaces
    scratchOffset = (arenaBytes + 63) & ~63
    instructionCount = instructions.count
    generator = random.map { UnsafeMutableRawPointer($0.storage) }
    let sizes = [
      scratchOffset + emission.scratchBytes, emission.pool.byteCount, emission.tables.bytes.count,
      instructions.count * MemoryLayout<Instruction>.stride,
    ]
    let blocks = try PlanMemory.allocate(sizes, budget)
    (arena, constants, tables, code) = (blocks[0], blocks[1], blocks[2], blocks[3])
    addressesOfBound = BoundAddresses()
    emission.pool.write(to: constants.pointer)
    emission.tables.bytes.withUnsafeBytes { source in
      if let base = source.baseAddress {
        blocks[2].pointer.copyMemory(from: base, byteCount: source.count)
      }
    }
    blocks[3].pointer.bindMemory(to: Instruction.self, capacity: max(1, instructions.count))
      .initialize(from: instructions, count: instructions.count)
    var bound: [Base: [(slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>, offset: Int)]] = [:]
    var fixed: [(UnsafeMutablePointer<UnsafeMutableRawPointer?>, Place)] = []
    for relocation in PlanMemory.relocations(emission) {
      let slot: UnsafeMutableRawPointer =
        switch relocation.holder {
        case .table(let offset): blocks[2].pointer + offset
        case .instruction(let index, let slot):
          blocks[3].pointer + index * MemoryLayout<Instruction>.stride + slot * 8
        }
      let pointer = slot.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
      switch relocation.target.base {
      case .parameter, .result:
        bound[relocation.target.base, default: []].append((pointer, relocation.target.offset))
      default: fixed.append((pointer, relocation.target))
      }
    }
    self.bound = bound
    for (slot, place) in fixed { slot.pointee = address(of: place) }
  }

  func free() {
    for block in [arena, constants, tables, code] { block.free(budget: budget) }
  }

  /// nil for storage that is not bound yet and for a generator that is not there.
  func address(of place: Place) -> UnsafeMutableRawPointer? {
    switch place.base {
    case .arena: arena.pointer + place.offset
    case .scratch: arena.pointer + scratchOffset + place.offset
    case .constants: constants.pointer + place.offset
    case .tables: tables.pointer + place.offset
    case .generator: generator
    case .parameter, .result: addressesOfBound.table[place.base].map { $0 + place.offset }
    }
  }

  func resultAddress(_ index: Int) -> UnsafeMutableRawPointer? { address(of: resultPlaces[index]) }

  /// Lets all pointers to `base` lead to `storage`.
  func bind(_ base: Base, to storage: UnsafeMutableRawPointer) {
    addressesOfBound.table[base] = storage
    for (slot, offset) in bound[base] ?? [] { slot.pointee = storage + offset }
  }

  private final class BoundAddresses {
    var table: [Base: UnsafeMutableRawPointer] = [:]
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
        let error = AllocationError(shape: [size / 4], byteCount: size, limit: budget.limit)
        throw .allocation(error)
      }
      blocks.append(block)
    }
    return blocks
  }
}
