// A table read from a file: named columns of numbers or text, and what is taken from it.
import AdamSource

/// How a column is read.
package enum ColumnUse: Hashable, Sendable {
  /// Every cell must be a number that float32 can hold.
  case number
  /// Cells may be anything; numbers stay numbers as long as all are.
  case text
  /// Not looked at.
  case ignored
}

package struct Table: Sendable {
  /// The distinct cells of a text column, numbered in the order they appear.
  package struct TextColumn: Sendable {
    package var codes: [Int32] = []
    package var texts: [String] = []
    /// Whether every cell so far is a number.
    package var isNumeric = true
  }

  package let path: String
  package let columns: [String]
  package let uses: [ColumnUse]
  /// Row major, `columns.count` a row. NaN where the column is ignored or the cell is text.
  var values: [Double] = []
  /// By column.
  package var texts: [Int: TextColumn] = [:]
  /// Line of the file on which each row begins.
  package var lines: [Int] = []

  package var rowCount: Int { lines.count }

  /// A cell as a number; nil outside the table, in an ignored column or where it is text.
  package func number(row: Int, column: Int) -> Double? {
    guard columns.indices.contains(column), lines.indices.contains(row) else { return nil }
    let value = values[row * columns.count + column]
    return value.isNaN ? nil : value
  }

  /// A column's cells as Doubles, in file order (NaN where they are text).
  package func numbers(column: Int) -> [Double] {
    guard columns.indices.contains(column) else { return [] }
    return stride(from: column, to: values.count, by: columns.count).map { values[$0] }
  }

  /// Some columns row by row, as the tensors want them: [rowCount, columns.count], row major.
  package func numbers(columns chosen: [Int]) -> [Double] {
    let width = columns.count
    let chosen = chosen.filter { columns.indices.contains($0) }
    var result: [Double] = []
    result.reserveCapacity(rowCount * chosen.count)
    for row in 0..<rowCount {
      for column in chosen { result.append(values[row * width + column]) }
    }
    return result
  }
}

/// Doubles on their way into a float32 tensor: rounded once, subnormals become zero.
package func flushedFloat(_ value: Double) -> Float {
  let rounded = Float(value)
  return rounded.isSubnormal ? (rounded.sign == .minus ? -0.0 : 0) : rounded
}

/// The classes of a label column.
package struct ClassLabels: Hashable, Sendable {
  /// As written in the file; numbers in numeric order, otherwise text by bytes.
  package var names: [String]
  /// Class of each row.
  package var codes: [Int32]
  /// All names are numbers.
  package var isNumeric: Bool
  package init(names: [String], codes: [Int32], isNumeric: Bool) {
    self.names = names
    self.codes = codes
    self.isNumeric = isNumeric
  }
}

extension Table {
  /// The classes of a column read as `.text`; nil for another column. Numbers that are equal (`1`,
  /// `1.0`) are one class, named as it first appears.
  package func classes(column: Int) -> ClassLabels? {
    guard let text = texts[column] else { return nil }
    let parsed = text.texts.map { NumberText.value(Array($0.utf8)) }
    let order = text.texts.indices.sorted { a, b in
      if text.isNumeric, let x = parsed[a], let y = parsed[b], x != y { return x < y }
      if text.isNumeric { return a < b }
      return text.texts[a].utf8.lexicographicallyPrecedes(text.texts[b].utf8)
    }
    var names: [String] = []
    var classOfText = [Int32](repeating: 0, count: text.texts.count)
    var previous: Int?
    for index in order {
      let isSame = text.isNumeric && previous.map { parsed[$0] == parsed[index] } ?? false
      if !isSame { names.append(text.texts[index]) }
      classOfText[index] = Int32(clamping: names.count - 1)
      previous = index
    }
    let codes = text.codes.map { code in
      classOfText.indices.contains(Int(code)) ? classOfText[Int(code)] : 0
    }
    return ClassLabels(names: names, codes: codes, isNumeric: text.isNumeric)
  }
}
