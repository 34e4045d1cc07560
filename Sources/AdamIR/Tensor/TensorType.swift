// Types of tensor values: element type and shape, with sizes that may still be symbolic in the checker.

/// Every element takes four bytes; a bool is stored as the integer 0 or 1.
package enum ElementType: String, Hashable, Sendable, CaseIterable { case f32, i32, bool }

/// One size of a shape. `batch` is the rows of a data set before they are counted; `unknown` is a
/// size that the checker cannot know and therefore never complains about.
package struct Dimension: Hashable, Sendable {
  /// ≥ 0 fixed, −1 unknown, −2 batch.
  package let code: Int
  private init(code: Int) { self.code = code }

  package static let unknown = Dimension(code: -1)
  package static let batch = Dimension(code: -2)
  /// `size` must be ≥ 0; a negative size becomes `unknown`.
  package init(_ size: Int) { self.code = size < 0 ? -1 : size }

  package var size: Int? { code >= 0 ? code : nil }
  package var isUnknown: Bool { code == -1 }
  package var isBatch: Bool { code == -2 }
  /// `16`, `batch` or `?`.
  package var text: String { code >= 0 ? String(code) : (code == -2 ? "batch" : "?") }
}

package struct Shape: Hashable, Sendable {
  package var dimensions: [Dimension]
  package init(_ dimensions: [Dimension]) { self.dimensions = dimensions }
  package init(sizes: [Int]) { self.dimensions = sizes.map { Dimension($0) } }
  package static let scalar = Shape([])

  package var rank: Int { dimensions.count }
  /// All sizes, or nil when one is symbolic.
  package var sizes: [Int]? {
    let fixed = dimensions.compactMap(\.size)
    return fixed.count == rank ? fixed : nil
  }
  /// Elements of a tensor that no machine can hold, and sizes beside one of 0, which take no memory but time: what
  /// runs over rows asks for each of them.
  private static let most = (elements: 1 << 41, besideNone: 1 << 25)

  /// Product of the sizes, or nil when one is symbolic or the tensor is larger than any memory.
  package var elementCount: Int? {
    var count = 1
    var isEmpty = false
    for dimension in dimensions {
      guard let size = dimension.size else { return nil }
      if size == 0 { isEmpty = true }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
      if overflow { return nil }
      count = product
    }
    guard count <= (isEmpty ? Self.most.besideNone : Self.most.elements) else { return nil }
    return isEmpty ? 0 : count
  }
  /// `[batch, 16]`
  package var text: String { "[" + dimensions.map(\.text).joined(separator: ", ") + "]" }
}

package struct TensorType: Hashable, Sendable {
  package var element: ElementType
  package var shape: Shape
  package init(_ element: ElementType, _ shape: Shape) {
    self.element = element
    self.shape = shape
  }
  package static func f32(_ sizes: Int...) -> TensorType { TensorType(.f32, Shape(sizes: sizes)) }
  /// `f32[batch, 16]`
  package var text: String { element.rawValue + shape.text }
}
