// How operands of an elementwise call lie under the result: rows and columns, as few as possible.

/// The result as `rows` × `columns` and, for each operand, its strides in elements.
struct BroadcastLayout: Hashable {
  struct Strides: Hashable {
    var row: Int
    var column: Int
  }
  var rows: Int
  var columns: Int
  var strides: [Strides]

  /// nil when two axes are not enough for these operands. Shapes broadcast into `sizes` from the
  /// right; all sizes are positive.
  init?(of shapes: [[Int]], in sizes: [Int]) {
    var axes: [Axis] = []
    let strides = shapes.map { Self.strides(of: $0, in: sizes) }
    for (index, size) in sizes.enumerated() where size != 1 {
      let axis = Axis(size: size, strides: strides.map { $0[index] })
      if let last = axes.last, let merged = last.merged(with: axis) {
        axes[axes.count - 1] = merged
      } else {
        axes.append(axis)
      }
    }
    guard axes.count <= 2 else { return nil }
    let blank = Axis(size: 1, strides: shapes.map { _ in 0 })
    let column = axes.last ?? blank
    let row = axes.count == 2 ? axes[0] : blank
    // The kernel steps through a row by 0 or 1.
    guard column.strides.allSatisfy({ $0 <= 1 }) else { return nil }
    self.rows = row.size
    self.columns = column.size
    self.strides = zip(row.strides, column.strides).map { Strides(row: $0, column: $1) }
  }

  /// Stride of each axis of `sizes` in a contiguous operand of `shape`; 0 where it is stretched.
  static func strides(of shape: [Int], in sizes: [Int]) -> [Int] {
    var result = [Int](repeating: 0, count: sizes.count)
    var stride = 1
    for back in 0..<min(shape.count, sizes.count) {
      let size = shape[shape.count - 1 - back]
      if size != 1 { result[sizes.count - 1 - back] = stride }
      stride *= size
    }
    return result
  }

  private struct Axis {
    var size: Int
    var strides: [Int]

    /// Both axes as one when every operand lies that way.
    func merged(with inner: Axis) -> Axis? {
      let fits = zip(strides, inner.strides).allSatisfy { $0 == $1 * inner.size }
      return fits ? Axis(size: size * inner.size, strides: inner.strides) : nil
    }
  }
}
