// Tensors in memory: four bytes an element, row major, 64-byte aligned, never a subnormal inside.
import AdamIR

/// In whose units numbers are when that makes a difference.
package enum TensorUnits: Hashable, Sendable {
  /// As in the user's file.
  case file
  /// Scaled, as the network sees them.
  case network
}

/// Learns whether somebody asked for the numbers of tensors.
package final class TensorWatch {
  /// Since it was made, outside of pauses.
  package private(set) var hasNoticed = false
  package var isPaused = false
  package init() {}
  fileprivate func note() { if !isPaused { hasNoticed = true } }
}

/// What tensors of one type have in common: results of one operation share it, because counting references
/// of sizes for every tensor costs more than small arithmetic.
final class TensorLayout {
  let type: TensorType
  let sizes: [Int]
  let elementCount: Int
  let isFloat: Bool

  init(_ type: TensorType, _ sizes: [Int], _ elementCount: Int) {
    (self.type, self.sizes, self.elementCount) = (type, sizes, elementCount)
    isFloat = type.element == .f32
  }
}

package final class Tensor {
  let layout: TensorLayout
  package var element: ElementType { layout.type.element }
  package var sizes: [Int] { layout.sizes }
  /// Element type and sizes once more, as the IR has them.
  package var type: TensorType { layout.type }
  package var elementCount: Int { layout.elementCount }
  /// Owned, freed with the tensor; `elementCount` elements of four bytes. Whoever watches the tensor
  /// learns that its numbers were asked for: there is no other way to them.
  package var pointer: UnsafeMutableRawPointer {
    if let watch { watch.note() }
    return block.pointer
  }
  /// nil when nobody wants to know.
  package var watch: TensorWatch?
  /// The axis that runs over the rows of a data set; nil when none is known to.
  package var batchAxis: Int?
  /// nil when nothing was scaled.
  package var units: TensorUnits?
  private let block: MemoryBlock
  /// nil: that of the process, which lives on, so that nobody has to count who uses it.
  private let ownBudget: MemoryBudget?
  private var budget: MemoryBudget { ownBudget ?? .process }
  private static let process = Unmanaged.passUnretained(MemoryBudget.process)

  /// Zero-filled. Throws when a size is negative or the memory cannot be had.
  package convenience init(
    _ element: ElementType, _ sizes: [Int], budget: MemoryBudget = .process
  ) throws(AllocationError) {
    try self.init(uninitialized: element, sizes, zeroed: true, budget: budget)
  }

  /// With whatever was in the memory unless `zeroed`; the caller writes every element.
  init(
    uninitialized element: ElementType, _ sizes: [Int], zeroed: Bool = false,
    budget: MemoryBudget = .process
  ) throws(AllocationError) {
    let (count, bytes) = try Tensor.byteCount(sizes, budget)
    // A layout of its own: an object and three lists of sizes.
    let overhead = MemoryBlock.overhead + 140 + 20 * sizes.count
    guard let block = MemoryBlock(byteCount: bytes, zeroed: zeroed, budget: budget, overhead: overhead) else {
      throw AllocationError(shape: sizes, byteCount: bytes, budget: budget)
    }
    layout = TensorLayout(TensorType(element, Shape(sizes: sizes)), sizes, count)
    self.block = block
    ownBudget = budget === MemoryBudget.process ? nil : budget
  }

  /// Like another one: nothing about the shape is computed again. With whatever was in the memory; nil when
  /// there is none.
  init?(uninitialized layout: TensorLayout) {
    let bytes = layout.elementCount &* 4
    guard
      let block = Self.process._withUnsafeGuaranteedRef({ MemoryBlock(byteCount: bytes, zeroed: false, budget: $0) })
    else { return nil }
    self.layout = layout
    self.block = block
    ownBudget = nil
  }

  deinit {
    if let ownBudget {
      block.free(budget: ownBudget)
    } else {
      Self.process._withUnsafeGuaranteedRef { block.free(budget: $0) }
    }
  }

  /// Elements and bytes of a shape; throws when they do not fit.
  private static func byteCount(
    _ sizes: [Int], _ budget: MemoryBudget
  ) throws(AllocationError) -> (Int, Int) {
    guard let count = Shape(sizes: sizes).elementCount else {
      throw AllocationError(shape: sizes, byteCount: nil, budget: budget)
    }
    return (count, count * 4)
  }
}

// MARK: Values in

extension Tensor {
  /// An f32 tensor; subnormals become zero. Missing values are zero, surplus ones are dropped.
  package convenience init(
    _ sizes: [Int], floats: [Float], budget: MemoryBudget = .process
  ) throws(AllocationError) {
    try self.init(.f32, sizes, budget: budget)
    write(floats: floats)
  }

  /// An i32 or bool tensor. Missing values are zero, surplus ones are dropped.
  package convenience init(
    _ sizes: [Int], integers: [Int32], element: ElementType = .i32, budget: MemoryBudget = .process
  ) throws(AllocationError) {
    try self.init(element, sizes, budget: budget)
    write(integers: integers)
  }

  /// A tensor of rank 0.
  package static func scalar(_ value: Float) throws(AllocationError) -> Tensor {
    try Tensor([], floats: [value])
  }

  /// Overwrites the elements from `offset` on; what does not fit is dropped. Subnormals become zero.
  package func write(floats: [Float], at offset: Int = 0) {
    guard offset >= 0, offset < elementCount else { return }
    let target = pointer.assumingMemoryBound(to: Float.self) + offset
    for i in 0..<min(floats.count, elementCount - offset) { target[i] = floats[i].flushed }
  }

  package func write(integers: [Int32], at offset: Int = 0) {
    guard offset >= 0, offset < elementCount else { return }
    let target = pointer.assumingMemoryBound(to: Int32.self) + offset
    for i in 0..<min(integers.count, elementCount - offset) { target[i] = integers[i] }
  }

  /// Makes subnormals zero after memory was written from outside (a file, a host).
  package func flushSubnormals() {
    guard element == .f32 else { return }
    let values = pointer.assumingMemoryBound(to: Float.self)
    for i in 0..<elementCount { values[i] = values[i].flushed }
  }

  /// Copies the elements of a tensor with the same number of elements; false when it differs.
  @discardableResult
  package func copyElements(from other: Tensor) -> Bool {
    guard other.elementCount == elementCount else { return false }
    pointer.copyMemory(from: other.pointer, byteCount: elementCount * 4)
    return true
  }

  /// The same elements in memory of their own.
  package func copy() throws(AllocationError) -> Tensor {
    let result = try Tensor(uninitialized: element, sizes, budget: budget)
    result.copyElements(from: self)
    result.batchAxis = batchAxis
    result.units = units
    return result
  }
}

// MARK: Values out

extension Tensor {
  /// All elements in row-major order; integers are converted (rounded beyond 2²⁴).
  package var floats: [Float] {
    if element != .f32 { return integers.map { Float($0) } }
    let values = pointer.assumingMemoryBound(to: Float.self)
    return [Float](unsafeUninitializedCapacity: elementCount) { buffer, count in
      for i in 0..<elementCount { buffer[i] = values[i] }
      count = elementCount
    }
  }

  /// All elements of an i32 or bool tensor; floats are truncated and clamped, NaN is 0.
  package var integers: [Int32] {
    if element == .f32 { return floats.map { $0.clampedInt32 } }
    let values = pointer.assumingMemoryBound(to: Int32.self)
    return [Int32](unsafeUninitializedCapacity: elementCount) { buffer, count in
      for i in 0..<elementCount { buffer[i] = values[i] }
      count = elementCount
    }
  }

  /// The element at a row-major place as a number, or nil outside. Exact for every element type.
  package func number(at index: Int) -> Double? {
    guard index >= 0, index < elementCount else { return nil }
    if element == .f32 { return Double(pointer.assumingMemoryBound(to: Float.self)[index]) }
    return Double(pointer.assumingMemoryBound(to: Int32.self)[index])
  }

  /// The one element, whatever the rank; nil when there are none or several.
  package var scalarNumber: Double? { elementCount == 1 ? number(at: 0) : nil }
  /// The number that all elements are, bit for bit; nil when they differ or there are none.
  package var uniformNumber: Double? {
    let words = pointer.assumingMemoryBound(to: UInt32.self)
    return (0..<elementCount).allSatisfy { words[$0] == words[0] } ? number(at: 0) : nil
  }
}

extension Float {
  /// Subnormals become the zero of their sign: what the kernels would make of them.
  package var flushed: Float { exponentBitPattern == 0 ? Float(signOf: self, magnitudeOf: 0) : self }

  /// Truncated and clamped; NaN is 0.
  var clampedInt32: Int32 {
    if isNaN { return 0 }
    if self >= 2_147_483_648 { return .max }
    return self <= -2_147_483_648 ? .min : Int32(exactly: rounded(.towardZero)) ?? 0
  }
}
