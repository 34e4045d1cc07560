// Builds a memory plan: lives of buffers, then offsets.
import AdamIR

extension MemoryPlan {
  /// Every buffer starts at a multiple of this many bytes: one cache line, the widest vector.
  package static let alignment = 64

  /// All sizes must be fixed. With `inPlace` false every result that is no view and no update has
  /// storage of its own; with `reuses` false nothing else ever stands there.
  package init(_ function: TensorFunction, inPlace: Bool = true, reuses: Bool = true) throws(PassError) {
    var builder = try BufferAssignment(function, inPlace: inPlace && reuses, reuses: reuses)
    builder.assignAll()
    let offsets = builder.offsets()
    placements = builder.bufferOfValue.enumerated().map { index, buffer in
      let life = builder.buffers[buffer]
      let storage = life.parameter.map { Storage.parameter($0) } ?? .arena(offset: offsets.at[buffer])
      return Placement(
        storage: storage, byteCount: builder.byteCounts[index],
        start: builder.definitions[index], end: life.end)
    }
    arenaByteCount = offsets.total
    setup = builder.setup
    copies = function.results.compactMap { result in
      guard let target = result.target else { return nil }
      let isInPlace = builder.bufferOfValue[result.value.index] == builder.bufferOfValue[target.index]
      return isInPlace ? nil : Copy(from: result.value, to: target)
    }
  }
}

/// A buffer's life: one or more values share it.
struct Buffer {
  var byteCount: Int
  var start: Int
  var end: Int
  /// The function's parameter that owns it; nil for buffers in the arena.
  var parameter: ValueID?
  var isConstant = false
}

/// Decides which values share a buffer, walking the operations once.
struct BufferAssignment {
  let function: TensorFunction
  private let inPlace: Bool
  private let reuses: Bool
  let byteCounts: [Int]
  var definitions: [Int]
  private(set) var buffers: [Buffer] = []
  private(set) var bufferOfValue: [Int]
  private(set) var setup: [Int] = []
  /// Last operation that reads each value itself.
  private var lastUse: [Int]

  init(_ function: TensorFunction, inPlace: Bool, reuses: Bool) throws(PassError) {
    self.function = function
    self.inPlace = inPlace
    self.reuses = reuses
    var byteCounts: [Int] = []
    for value in function.values {
      guard let count = value.type.shape.elementCount else {
        throw PassError("a tensor \(value.type.text) is too large for any memory", at: value.span)
      }
      byteCounts.append(count * 4)
    }
    self.byteCounts = byteCounts
    definitions = Array(repeating: -1, count: byteCounts.count)
    bufferOfValue = Array(repeating: -1, count: byteCounts.count)
    lastUse = BufferAssignment.lastUses(function)
  }

  /// A result's use is the end of the function. A view's uses are added to its buffer's life when it
  /// is met, which is before its source can end.
  private static func lastUses(_ function: TensorFunction) -> [Int] {
    var last = Array(repeating: -1, count: function.values.count)
    for (index, operation) in function.operations.enumerated() {
      for operand in operation.operands { last[operand.index] = index }
      for result in operation.results { last[result.index] = max(last[result.index], index) }
    }
    for result in function.results { last[result.value.index] = function.operations.count }
    return last
  }

  mutating func assignAll() {
    let end = function.operations.count
    for parameter in function.parameters {
      let id = parameter.value
      let buffer = Buffer(byteCount: byteCounts[id.index], start: -1, end: end, parameter: id)
      bufferOfValue[id.index] = buffers.count
      buffers.append(buffer)
    }
    for (index, operation) in function.operations.enumerated() { assign(operation, at: index) }
  }

  private mutating func assign(_ operation: Operation, at index: Int) {
    let isConstant = operation.operands.isEmpty && !operation.op.traits.contains(.effect)
    if isConstant { setup.append(index) }
    for (place, result) in operation.results.enumerated() {
      definitions[result.index] = index
      if let shared = sharedBuffer(operation, place, at: index) {
        bufferOfValue[result.index] = shared
        buffers[shared].end = max(buffers[shared].end, lastUse[result.index])
      } else {
        let end = isConstant || !reuses ? function.operations.count : lastUse[result.index]
        bufferOfValue[result.index] = buffers.count
        buffers.append(
          Buffer(
            byteCount: byteCounts[result.index], start: isConstant ? -1 : index, end: end,
            isConstant: isConstant))
      }
    }
  }

  /// The buffer that a result takes over, or nil when it needs one of its own.
  private func sharedBuffer(_ operation: Operation, _ place: Int, at index: Int) -> Int? {
    let traits = operation.op.traits
    if traits.contains(.view) { return operation.operands.first.map { bufferOfValue[$0.index] } }
    if traits.contains(.update) {
      let result = operation.results[place]
      return operation.updatedOperands.first { $0.result == result }.map { bufferOfValue[$0.operand.index] }
    }
    guard inPlace else { return nil }
    return overwritable(operation, place).lazy.map { bufferOfValue[$0.index] }.first { buffer in
      let life = buffers[buffer]
      return life.parameter == nil && !life.isConstant && life.end == index
    }
  }

  /// Operands whose storage a result may take where they end: those that are read one element for one, or what the
  /// op says.
  private func overwritable(_ operation: Operation, _ place: Int) -> [ValueID] {
    if let rule = operation.op.inPlace {
      guard let index = rule(operation.operands.map(function.type), operation.attributes) else { return [] }
      let buffers = operation.operands.map { bufferOfValue[$0.index] }
      // Another operand may be a view of it, or the same once more.
      let isRead = buffers.indices.contains { $0 != index && buffers[$0] == buffers[index] }
      return isRead ? [] : [operation.operands[index]]
    }
    guard operation.op.traits.contains(.elementwise),
      let target = function.type(operation.results[place]).shape.sizes
    else { return [] }
    return operation.operands.filter { operand in
      function.type(operand).shape.sizes.map { BroadcastForm.of($0, in: target) == .full } ?? false
    }
  }

  /// Largest first, each at the lowest offset where nothing that lives at the same time stands; of
  /// equal sizes the earlier first. Quadratic in the number of buffers, which are few.
  func offsets() -> (at: [Int], total: Int) {
    var at = Array(repeating: 0, count: buffers.count)
    var placed: [Int] = []
    var total = 0
    let order = buffers.indices.filter { buffers[$0].parameter == nil }
      .sorted { (buffers[$1].byteCount, $0) < (buffers[$0].byteCount, $1) }
    for index in order {
      let life = buffers[index]
      let size = padded(life.byteCount)
      var offset = 0
      for other in placed where overlaps(life, buffers[other]) {
        if offset + size <= at[other] { break }
        offset = max(offset, at[other] + padded(buffers[other].byteCount))
      }
      at[index] = offset
      total = max(total, offset + size)
      let position = placed.firstIndex { (at[$0], $0) > (offset, index) } ?? placed.count
      placed.insert(index, at: position)
    }
    return (at, total)
  }

  private func overlaps(_ a: Buffer, _ b: Buffer) -> Bool { a.start <= b.end && b.start <= a.end }

  private func padded(_ bytes: Int) -> Int {
    let alignment = MemoryPlan.alignment
    return max(alignment, (bytes + alignment - 1) / alignment * alignment)
  }
}
