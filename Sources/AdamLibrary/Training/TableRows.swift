// Numbers of the data that choose rows of a table (`embedding`): whether each of them has its row.
import AdamIR
import AdamRuntime
import AdamSource

extension TensorFunction {
  /// Throws when a number of these inputs chooses a row that is not there, before anything is computed of it.
  func checkRowsChosen(by inputs: Tensor, at span: Span) throws(Diagnostic) {
    guard let x = parameters.first(where: { $0.name == "x" })?.value else { return }
    for (count, place) in tables(chosenBy: x) {
      guard let wrong = inputs.floats.firstIndex(where: { !(0..<Float(count)).contains($0) || $0 != $0.rounded() })
      else { continue }
      throw .noSuchRow(inputs, wrong, of: count, table: place, at: span)
    }
  }

  /// Tables of which this value, as it comes or where it is whole, chooses rows: how many they have, and where
  /// the layer was made.
  func tables(chosenBy value: ValueID) -> [(count: Int, place: Span?)] {
    var same: Set<ValueID> = [value]
    var tables: [(count: Int, place: Span?)] = []
    for operation in operations {
      let keeps = operation.op == .cast ? 0 : operation.op == .where ? 1 : nil
      if let keeps, same.contains(operation.operands[keeps]) { same.formUnion(operation.results) }
      guard operation.op == .indexSelect, same.contains(operation.operands[1]),
        let axis = operation.attributes.int("axis"),
        let count = type(operation.operands[0]).shape.dimensions[axis].size
      else { continue }
      tables.append((count, operation.span))
    }
    return tables
  }
}

extension Diagnostic {
  /// E0209.
  fileprivate static func noSuchRow(
    _ inputs: Tensor, _ offset: Int, of count: Int, table: Span?, at span: Span
  ) -> Diagnostic {
    let number = messageText(Double(inputs.floats[offset]))
    let width = max(1, inputs.sizes.dropFirst().reduce(1, *))
    let place = inputs.sizes.count > 1 ? "row \(offset / width) of the input holds \(number)" : "the input holds \(number)"
    var found = Diagnostic(
      .runIndex, "\(place), and rows are chosen by whole numbers from 0 to \(count - 1)", at: span)
    if let table { found.labels = [Label(table, "a table of \(count) rows")] }
    return found
  }
}
