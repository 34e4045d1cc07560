// Tensors in memory: four bytes an element, row major, 64-byte aligned, never a subnormal inside.
import AdamIR

/// The memory could not be had. Shape, bytes and limit go into the message.
package struct AllocationError: Error, Hashable, Sendable {
  package var shape: [Int]
  package var byteCount: Int?
  package var limit: Int
}

package final class Tensor {
  package let element: ElementType
  package let sizes: [Int]
  package let elementCount: Int
  /// Owned, freed with the tensor.
  package let pointer: UnsafeMutableRawPointer

  /// Zero-filled.
  package init(_ element: ElementType, _ sizes: [Int]) throws(AllocationError) {
    guard let count = Shape(sizes: sizes).elementCount, count >= 0, count < Int.max / 8 else {
      throw AllocationError(shape: sizes, byteCount: nil, limit: Int.max / 8)
    }
    self.element = element
    self.sizes = sizes
    self.elementCount = count
    self.pointer = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
    self.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: max(count, 1) * 4)
  }

  deinit { pointer.deallocate() }

  package var type: TensorType { TensorType(element, Shape(sizes: sizes)) }
}
