// `for x, y in data`: one pass over the training rows, in batches, as a training epoch sees them.
import AdamData
import AdamRuntime
import AdamSource

extension DataSet {
  /// The training rows with the order of a new pass, drawn as `train` draws it. Other parts keep theirs.
  package func startPass(_ generator: inout Generator, at span: Span) throws(Diagnostic) -> DataSet {
    let rows = try trainingRows(at: span)
    let pass = rows.copy()
    guard description.batchSize != nil, rows.rowCount > 0 else {
      pass.passOrder = Array(0..<Int32(clamping: rows.rowCount))
      return pass
    }
    var order = [Int32](repeating: 0, count: rows.rowCount)
    order.withUnsafeMutableBufferPointer {
      generator.dataLoaderOrder(into: $0, shuffle: rows.shuffles && rows.description.part ?? "train" == "train")
    }
    pass.passOrder = order
    return pass
  }

  /// Batches of a pass over the training rows; of one that has begun, over its own.
  func passCount(at span: Span) throws(Diagnostic) -> Int {
    let count = if let passOrder { passOrder.count } else { try trainingRowCount(at: span) }
    guard count > 0 else { return 0 }
    let size = max(1, min(description.batchSize ?? count, count))
    return dropsLast ? count / size : (count + size - 1) / size
  }

  private func trainingRowCount(at span: Span) throws(Diagnostic) -> Int {
    if parts.isEmpty { return rowCount }
    guard let part = parts.first(where: { $0.name == "train" }) else { throw .noTrainingPart(self, at: span) }
    return part.rows.count
  }

  /// `(x, y)` of one batch; `y` is none without targets.
  func passElement(_ index: Int, at span: Span) throws(Diagnostic) -> Value {
    guard let order = passOrder else { throw ValueError.notIterable("data outside of a loop", at: span) }
    let size = max(1, min(description.batchSize ?? order.count, order.count))
    let start = min(index * size, order.count)
    let rows = order[start..<min(start + size, order.count)].map { Int($0) }
    let x = Value.tensor(try inputs.gathered(rows, at: span).asRows())
    guard let targets else { return .tuple(TupleBox([x, .none])) }
    return .tuple(TupleBox([x, .tensor(try targets.gathered(rows, at: span).asRows())]))
  }
}
