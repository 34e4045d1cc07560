// Which calls of a plan may run beside each other: those where neither writes what the other reads or writes.
import AdamIR

/// What calls read and write.
struct CallOrder {
  /// Bytes of one kind of memory.
  private struct Region {
    var base: MemoryKind
    var bytes: Range<Int>

    /// Tensors that are bound to a plan may be one and the same.
    func meets(_ other: Region) -> Bool {
      if case .parameter = base, case .parameter = other.base { return true }
      return base == other.base && bytes.overlaps(other.bytes)
    }

    func contains(_ place: Place) -> Bool { base == place.base && bytes.contains(place.offset) }
  }

  private struct Effect {
    var reads: [Region] = []
    var writes: [Region] = []

    func mustFollow(_ earlier: Effect) -> Bool {
      (writes + reads).contains { mine in earlier.writes.contains(where: mine.meets) }
        || writes.contains { mine in earlier.reads.contains(where: mine.meets) }
    }
  }

  private let emission: Emission

  init(_ emission: Emission) { self.emission = emission }

  /// What each of the calls `range` waits for, as `Instruction.waits`: of the calls that must be done before it
  /// those that no other of them waits for.
  func waits(_ range: Range<Int>) -> [UInt64] {
    let effects = emission.instructions[range].map(effect)
    var before: [UInt64] = []
    return effects.indices.map { index in
      var (waits, all) = (UInt64(0), UInt64(0))
      for other in (0..<index).reversed() where all & 1 << UInt64(other) == 0 {
        // What belongs to no operation brings results to where they are wanted: behind everything.
        if let mine = effects[index], let its = effects[other], !mine.mustFollow(its) { continue }
        waits |= 1 << UInt64(other)
        all |= 1 << UInt64(other) | before[other]
      }
      before.append(all)
      return waits
    }
  }

  /// What a call does to the memory of its operation. One that finds its tensors through tables may do
  /// all that the operation does; of others the pointers tell which tensors they touch.
  private func effect(of call: PendingInstruction) -> Effect? {
    guard let part = call.part else { return nil }
    var effect = effect(of: part, call.band)
    let places = call.pointers.compactMap(\.self).filter { $0.base != .constants }
    let known = effect.reads + effect.writes
    if places.allSatisfy({ place in known.contains { $0.contains(place) } }) {
      effect.reads.removeAll { region in !places.contains(where: region.contains) }
      effect.writes.removeAll { region in !places.contains(where: region.contains) }
    }
    return effect
  }

  private func effect(of part: OperationPart, _ band: RowBand?) -> Effect {
    let operation = emission.function.operations[part.operation]
    var effect = Effect(
      reads: operation.operands.compactMap { region(of: $0, band) },
      writes: operation.results.compactMap { region(of: $0, band) })
    if operation.op.traits.contains(.update) {
      effect.writes += operation.updatedOperands.compactMap { region(of: $0.operand, band) }
    }
    if operation.op.traits.contains(.random) { effect.writes.append(Region(base: .generator, bytes: 0..<1)) }
    if let scratch = emission.scratch[part] { effect.writes.append(Region(base: .scratch, bytes: scratch)) }
    return effect
  }

  /// nil for a value that is nowhere in memory.
  private func region(of value: ValueID, _ band: RowBand?) -> Region? {
    guard let home = emission.homes[value] else { return nil }
    let shape = emission.function.type(value).shape
    var (first, count) = (0, shape.elementCount ?? 0)
    if let band, band.values.contains(value) {
      let row = shape.rowLength
      (first, count) = (band.rows.lowerBound &* row, band.rows.count &* row)
    }
    let start = home.offset &+ first &* 4
    return Region(base: home.base, bytes: start..<start &+ max(1, count &* 4))
  }
}
