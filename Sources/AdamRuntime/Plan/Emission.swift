// What an emitter sees of the operation it turns into kernel calls, and what it may do.
import AdamIR
import AdamKernelABI

/// A kernel call whose pointers are still places.
struct PendingInstruction {
  var kernel: Kernel
  var arguments = KernelArguments()
  /// Slot p0, p1, …; nil stays nil.
  var pointers: [Place?]
  var units: Int
  /// Estimated nanoseconds on one core: decides whether threads share the call.
  var cost: Double
  /// The first of the units.
  var first = 0
  /// The operation of the function that it is part of; nil: it brings results to where they belong.
  var part: OperationPart?
  /// nil: all rows.
  var band: RowBand?
}

/// An operation, or what one thread computes of it.
struct OperationPart: Hashable {
  var operation: Int
  var owner: Int?
}

/// The state of building one plan, with the operation at hand.
struct Emission {
  let function: TensorFunction
  let kernels: KernelTable
  /// That share the work.
  let threads: Int
  /// How they share it by rows; nil: call by call.
  let bands: RowBands?
  var operation: Operation
  /// nil for one that is made up.
  private var part: OperationPart?
  /// The part of its rows that is emitted; nil: all of them.
  private var band: RowBand?
  /// Where values live. A value of `constants` may be absent until something needs it in memory.
  var homes: [ValueID: Place] = [:]
  /// Values of `full`: the bit pattern of every element.
  var constants: [ValueID: Float] = [:]
  var instructions: [PendingInstruction] = []
  var tables = TableBuilder()
  /// Steps behind the operation at hand, until its kernel takes them.
  var epilogue: ElementwiseProgram?
  var pool = ConstantPool()
  /// Where the scratch of the operation at hand begins and ends, and how much of it the plan needs.
  private var scratchStart = 0
  private var scratchEnd = 0
  private(set) var scratchBytes = 0
  /// Of each part that uses any: its bytes.
  private(set) var scratch: [OperationPart: Range<Int>] = [:]

  init(_ function: TensorFunction, _ kernels: KernelTable, threads: Int, first: Operation) {
    self.function = function
    self.kernels = kernels
    self.threads = threads
    bands = RowBands(function, threads: threads)
    self.operation = first
  }

  mutating func begin(_ operation: Operation, _ index: Int?, _ band: RowBand? = nil) {
    self.operation = operation
    self.band = band
    part = index.map { OperationPart(operation: $0, owner: band?.owner) }
    // Operations with scratch of their own may run side by side; more of it would only leave the caches.
    scratchStart = threads == 1 || scratchEnd > Self.mostScratchApart ? 0 : scratchEnd
    scratchEnd = scratchStart
  }

  private static let mostScratchApart = 256 << 10

  // MARK: The operation at hand

  /// That share the calls of the operation at hand.
  var sharers: Int { band == nil ? threads : 1 }
  /// Whose sums those over the rows at hand go on from.
  var rowsBefore: Int { band?.way == .sums ? band?.rows.lowerBound ?? 0 : 0 }

  var attributes: Attributes { operation.attributes }
  func operandType(_ index: Int) -> TensorType { type(operation.operands[index]) }
  func resultType(_ index: Int = 0) -> TensorType { type(operation.results[index]) }
  func operandSizes(_ index: Int) -> [Int] { operandType(index).shape.sizes ?? [] }
  func resultSizes(_ index: Int = 0) -> [Int] { resultType(index).shape.sizes ?? [] }
  func operandCount(_ index: Int) -> Int { operandType(index).shape.elementCount ?? 0 }
  func resultCount(_ index: Int = 0) -> Int { resultType(index).shape.elementCount ?? 0 }
  mutating func operand(_ index: Int) -> Place { place(of: operation.operands[index]) }
  mutating func result(_ index: Int = 0) -> Place { place(of: operation.results[index]) }

  /// As far as the operation at hand sees it.
  func type(_ value: ValueID) -> TensorType {
    let type = function.type(value)
    guard let rows = rows(of: value), let sizes = type.shape.sizes else { return type }
    return TensorType(type.element, Shape(sizes: [rows.count] + sizes.dropFirst()))
  }

  /// The place of a value, as far as the operation at hand sees it.
  mutating func place(of value: ValueID) -> Place {
    let home = home(of: value)
    guard let rows = rows(of: value) else { return home }
    return home.advanced(byElements: rows.lowerBound * function.type(value).shape.rowLength)
  }

  /// The place of all of a value; constants are put into memory when they are first asked for.
  mutating func home(of value: ValueID) -> Place {
    if let home = homes[value] { return home }
    let count = function.type(value).shape.elementCount ?? 0
    let home = pool.fill(constants[value] ?? 0, count: count)
    homes[value] = home
    return home
  }

  /// nil: all of them.
  private func rows(of value: ValueID) -> Range<Int>? {
    guard let band, band.way != .units, band.values.contains(value) else { return nil }
    return band.rows
  }

  // MARK: What it becomes

  /// Room for `count` elements until the operation is done.
  mutating func scratch(_ count: Int) -> Place {
    let place = Place(.scratch, offset: scratchEnd)
    scratchEnd += (count * 4 + 63) & ~63
    scratchBytes = max(scratchBytes, scratchEnd)
    if let part { scratch[part] = scratchStart..<scratchEnd }
    return place
  }

  /// - Parameter values: of which each unit reads and writes one row; the whole of all others is read.
  mutating func emit(
    _ kernel: Kernel, _ pointers: [Place?], units: Int, rows values: [ValueID] = [], cost: Double,
    _ configure: (inout KernelArguments) -> Void
  ) {
    if units <= 0 { return }
    var call = PendingInstruction(
      kernel: kernel, pointers: pointers, units: units, cost: cost, part: part, band: band)
    configure(&call.arguments)
    guard let bands, !values.isEmpty, bands.has(rows: units) else { return instructions.append(call) }
    for band in bands.parts(of: Set(values)) {
      (call.first, call.units, call.band) = (band.rows.lowerBound, band.rows.count, band)
      call.cost = cost * Double(call.units) / Double(units)
      instructions.append(call)
    }
  }
}

/// Collects the values that a plan keeps for good.
struct ConstantPool {
  struct Fill {
    var offset: Int
    var count: Int
    var bits: UInt32
  }
  private(set) var fills: [Fill] = []
  /// Explicit words, such as 0, 1, 2, ….
  private(set) var words: [(offset: Int, values: [Int32])] = []
  private(set) var byteCount = 0

  mutating func fill(_ value: Float, count: Int) -> Place {
    if let known = fills.first(where: { $0.bits == value.bitPattern && $0.count >= count }) {
      return Place(.constants, offset: known.offset)
    }
    fills.append(Fill(offset: byteCount, count: count, bits: value.bitPattern))
    return reserve(count)
  }

  mutating func store(_ values: [Int32]) -> Place {
    words.append((byteCount, values))
    return reserve(values.count)
  }

  private mutating func reserve(_ count: Int) -> Place {
    let place = Place(.constants, offset: byteCount)
    byteCount += (count * 4 + 63) & ~63
    return place
  }

  func write(to memory: UnsafeMutableRawPointer) {
    for fill in fills {
      let target = (memory + fill.offset).assumingMemoryBound(to: UInt32.self)
      for i in 0..<fill.count { target[i] = fill.bits }
    }
    for (offset, values) in words {
      let target = (memory + offset).assumingMemoryBound(to: Int32.self)
      for i in 0..<values.count { target[i] = values[i] }
    }
  }
}

/// Collects the records that kernels read through a pointer.
struct TableBuilder {
  private(set) var bytes: [UInt8] = []
  private(set) var relocations: [Relocation] = []

  /// Copies plain values (no references inside) to a 16-byte boundary.
  mutating func store<T>(_ values: [T]) -> Place {
    while bytes.count % 16 != 0 { bytes.append(0) }
    let place = Place(.tables, offset: bytes.count)
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    return place
  }

  /// Arguments whose third pointer is filled in later.
  mutating func store(_ arguments: KernelArguments, p2: Place?) -> Place {
    let place: Place = store([arguments])
    if let p2 { relocations.append(Relocation(holder: .table(place.offset + 2 * 8), target: p2)) }
    return place
  }

  /// Streams of an elementwise call: the pointers are filled in later.
  mutating func store(_ streams: [Stream]) -> Place {
    let blank = streams.map { StreamRecord(0, $0.rowStride, $0.columnStride) }
    let place: Place = store(blank)
    for (index, stream) in streams.enumerated() {
      let at = place.offset + index * MemoryLayout<ElementwiseStream>.stride
      relocations.append(Relocation(holder: .table(at), target: stream.place))
    }
    return place
  }

  /// The arguments of an elementwise call that another kernel makes.
  mutating func store(_ call: ElementwiseCall) -> Place {
    let place: Place = store([call.arguments])
    for (slot, target) in [call.steps, call.streams].enumerated() {
      relocations.append(Relocation(holder: .table(place.offset + slot * 8), target: target))
    }
    return place
  }

  /// What an optimizer updates: the pointers are filled in later.
  mutating func store(_ updates: [Update]) -> Place {
    let place: Place = store(updates.map(\.target))
    for (index, update) in updates.enumerated() {
      let at = place.offset + index * MemoryLayout<UpdateTarget>.stride
      for (slot, tensor) in update.tensors.enumerated() {
        relocations.append(Relocation(holder: .table(at + slot * 8), target: tensor))
      }
    }
    return place
  }

  /// An `UpdateTarget` whose pointers are still places: p, g, slots….
  struct Update {
    var tensors: [Place]
    var target: UpdateTarget
  }

  /// An `ElementwiseStream` whose pointer is still a place.
  struct Stream: Hashable {
    var place: Place
    var rowStride: Int
    var columnStride: Int
  }
}

/// The memory of an `ElementwiseStream` with an empty pointer; a test holds that the layouts agree.
struct StreamRecord: BitwiseCopyable {
  var address: Int
  var rowStride: Int
  var columnStride: Int
  init(_ address: Int, _ rowStride: Int, _ columnStride: Int) {
    self.address = address
    self.rowStride = rowStride
    self.columnStride = columnStride
  }
}
