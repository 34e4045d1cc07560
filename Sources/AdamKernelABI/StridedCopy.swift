// The shape of a strided copy: what transpose, slice, concat and broadcast come to.

/// Six sizes, the outermost first (pad with 1 in front), and the strides, in elements, of the
/// source and of the destination. A source stride may be 0 (repeat) or negative (backwards).
public struct StridedCopy: Sendable {
  public typealias Six = (Int, Int, Int, Int, Int, Int)
  public var sizes: Six
  public var sourceStrides: Six
  public var destinationStrides: Six

  /// Lists of at most six, aligned at the innermost dimension; longer ones are cut: check before.
  public init(sizes: [Int], sourceStrides: [Int], destinationStrides: [Int]) {
    self.sizes = Self.padded(sizes, with: 1)
    self.sourceStrides = Self.padded(sourceStrides, with: 0)
    self.destinationStrides = Self.padded(destinationStrides, with: 0)
  }

  /// Rows of the last but one dimension that one unit of the `stridedCopy` kernel moves.
  public static let rowsPerUnit = 16

  public var unitCount: Int {
    let blocks = (sizes.4 + Self.rowsPerUnit - 1) / Self.rowsPerUnit
    return sizes.0 &* sizes.1 &* sizes.2 &* sizes.3 &* blocks
  }

  private static func padded(_ list: [Int], with filler: Int) -> Six {
    let all = [Int](repeating: filler, count: max(0, 6 - list.count)) + list
    return (all[0], all[1], all[2], all[3], all[4], all[5])
  }
}
