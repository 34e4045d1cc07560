// Scaling of columns: statistics fitted on some rows, applied to any. In Double; the tensors get the
// rounded result.

/// `(v − offset) / scale` for each column of a table; keeps what is needed to undo it.
package struct ColumnScaling: Hashable, Sendable {
  package var offsets: [Double]
  /// Never zero.
  package var scales: [Double]
  package init(offsets: [Double], scales: [Double]) {
    self.offsets = offsets
    self.scales = scales
  }

  package var columnCount: Int { min(offsets.count, scales.count) }

  /// Mean and population standard deviation of each column of a row-major [rows, columns] table,
  /// over the rows `fittedOn` (all when nil). A constant column gets scale 1, so it becomes zeros.
  /// Sums are numpy's (`mean`, `std` along the rows), so that the result has numpy's bits.
  package static func standardize(
    _ values: [Double], columns: Int, fittedOn rows: [Int]? = nil
  ) -> ColumnScaling {
    fit(values, columns, rows) { column in
      let count = Double(column.count)
      let mean = column.reduce(0, +) / count
      var squares = 0.0
      for value in column { squares += (value - mean) * (value - mean) }
      return (mean, (squares / count).squareRoot())
    }
  }

  /// Smallest value and range of each column, so that fitted rows become 0…1; a constant column
  /// becomes zeros.
  package static func minmax(
    _ values: [Double], columns: Int, fittedOn rows: [Int]? = nil
  ) -> ColumnScaling {
    fit(values, columns, rows) { column in
      let low = column.min() ?? 0
      return (low, (column.max() ?? low) - low)
    }
  }

  private static func fit(
    _ values: [Double], _ columns: Int, _ rows: [Int]?,
    _ statistics: ([Double]) -> (offset: Double, scale: Double)
  ) -> ColumnScaling {
    var result = ColumnScaling(offsets: [], scales: [])
    guard columns > 0 else { return result }
    let total = values.count / columns
    let chosen = rows.map { $0.filter { (0..<total).contains($0) } } ?? Array(0..<total)
    for column in 0..<columns {
      let entries = chosen.map { values[$0 * columns + column] }
      guard !entries.isEmpty else {
        result.offsets.append(0)
        result.scales.append(1)
        continue
      }
      let (offset, scale) = statistics(entries)
      // Rounding may leave a constant column a mean and a deviation some ulp off.
      let isConstant = entries.allSatisfy { $0 == entries[0] }
      result.offsets.append(isConstant ? entries[0] : offset)
      result.scales.append(isConstant || !(scale > 0) || !scale.isFinite ? 1 : scale)
    }
    return result
  }

  /// Scales a row-major [rows, columnCount] table: computed in Double, rounded to float32 once.
  package func apply(_ values: [Double]) -> [Float] {
    let columns = columnCount
    guard columns > 0 else { return values.map(flushedFloat) }
    var result: [Float] = []
    result.reserveCapacity(values.count)
    var column = 0
    for value in values {
      result.append(flushedFloat((value - offsets[column]) / scales[column]))
      column = column + 1 == columns ? 0 : column + 1
    }
    return result
  }

  /// Back to the file's units.
  package func undo(_ value: Double, column: Int) -> Double {
    guard (0..<columnCount).contains(column) else { return value }
    return value * scales[column] + offsets[column]
  }
}
