// Windows that slide over the last two axes: what convolutions and poolings share.

/// Stride, padding and dilation of a window along (height, width), as torch counts them.
package struct WindowGeometry: Hashable, Sendable {
  /// Rows and columns of the window.
  package var kernel: [Int]
  package var stride: [Int]
  /// Rows (columns) added on each side.
  package var padding: [Int]
  /// Distance of neighbouring window elements.
  package var dilation: [Int]
  /// A last window that begins inside but ends outside counts (torch's `ceil_mode`).
  package var countsPartial: Bool

  /// Attributes that every windowed op has; each is two whole numbers.
  package static let attributeNames = ["stride", "padding", "dilation"]

  package init(
    kernel: [Int], stride: [Int] = [1, 1], padding: [Int] = [0, 0], dilation: [Int] = [1, 1],
    countsPartial: Bool = false
  ) {
    (self.kernel, self.stride, self.padding, self.dilation) = (kernel, stride, padding, dilation)
    self.countsPartial = countsPartial
  }

  package init(_ op: String, kernel: [Int], _ attributes: Attributes) throws(ShapeError) {
    let stride = try WindowGeometry.pair(op, "stride", attributes, from: 1)
    let padding = try WindowGeometry.pair(op, "padding", attributes, from: 0)
    let dilation = try WindowGeometry.pair(op, "dilation", attributes, from: 1)
    self.init(
      kernel: kernel, stride: stride, padding: padding, dilation: dilation,
      countsPartial: attributes.bool("ceil_mode") ?? false)
    guard kernel.allSatisfy({ $0 >= 1 }) else { throw ShapeError("`\(op)` needs a window of one element or more") }
  }

  /// Sizes of windows stay small enough that no product overflows.
  private static let limit = 1 << 24

  package static func pair(
    _ op: String, _ name: String, _ attributes: Attributes, from low: Int
  ) throws(ShapeError) -> [Int] {
    guard let values = attributes.ints(name) else { throw .missingAttribute(op, name) }
    guard values.count == 2, values.allSatisfy({ $0 >= low && $0 <= limit }) else {
      throw ShapeError("`\(op)` needs two whole numbers from \(low) as \(name)")
    }
    return values
  }

  /// Elements that the window covers along an axis, gaps included.
  package func extent(_ axis: Int) -> Int { dilation[axis] * (kernel[axis] - 1) + 1 }

  /// Windows along an axis of `size` elements; nil when not even one fits.
  package func count(_ size: Int, _ axis: Int) -> Int? {
    let room = size + 2 * padding[axis] - extent(axis)
    guard room >= 0 else { return nil }
    guard countsPartial else { return room / stride[axis] + 1 }
    let count = (room + stride[axis] - 1) / stride[axis] + 1
    // The last window must begin inside the values or the padding before them.
    return (count - 1) * stride[axis] >= size + padding[axis] ? count - 1 : count
  }

  /// Height and width of the windowed result; an unknown size stays unknown.
  package func results(_ op: String, _ shape: Shape) throws(ShapeError) -> [Dimension] {
    var found: [Dimension] = []
    for (axis, dimension) in shape.dimensions.suffix(2).enumerated() {
      guard let size = dimension.size else {
        found.append(.unknown)
        continue
      }
      guard let count = count(size, axis) else {
        throw ShapeError(
          "`\(op)` covers \(extent(axis)) \(axis == 0 ? "rows" : "columns") at a time, and \(shape.text)"
            + " has \(size)" + (padding[axis] > 0 ? " and \(padding[axis]) of padding on each side" : ""),
          hint: "add padding, or use a smaller window", operands: [0])
      }
      found.append(Dimension(count))
    }
    return found
  }

  /// Images: [n, channels, height, width].
  package static func images(_ op: String, _ type: TensorType, operand: Int = 0) throws(ShapeError) {
    guard type.shape.rank == 4 else {
      throw ShapeError(
        "`\(op)` needs images, [n, channels, height, width], and this is \(type.shape.text)",
        hint: "`reshape(x, [-1, 1, height, width])` makes rows of numbers images of one channel",
        operands: [operand])
    }
  }
}
