// `for x, y in data`: one pass over the training rows, in batches, as a training epoch sees them.
import AdamData
import AdamRuntime
import AdamSource

extension DataSet {
  /// The training rows with the order of a new pass, drawn as `train` draws it.
  package func startPass(_ generator: inout Generator, at span: Span) throws(Diagnostic) -> DataSet {
    let rows = try trainingRows(at: span)
    let pass = rows.copy()
    guard description.batchSize != nil, rows.rowCount > 0 else {
      pass.passOrder = Array(0..<Int32(clamping: rows.rowCount))
      return pass
    }
    var order = [Int32](repeating: 0, count: rows.rowCount)
    order.withUnsafeMutableBufferPointer {
      generator.dataLoaderOrder(into: $0, shuffle: rows.shuffles)
    }
    pass.passOrder = order
    return pass
  }

  /// Batches of a pass.
  package var passCount: Int {
    guard let order = passOrder, !order.isEmpty else { return 0 }
    let size = max(1, min(description.batchSize ?? order.count, order.count))
    return dropsLast ? order.count / size : (order.count + size - 1) / size
  }

  /// `(x, y)` of one batch; `y` is none without targets.
  func passElement(_ index: Int, at span: Span) throws(Diagnostic) -> Value {
    let order = passOrder ?? []
    let size = max(1, min(description.batchSize ?? order.count, order.count))
    let start = min(index * size, order.count)
    let rows = order[start..<min(start + size, order.count)].map { Int($0) }
    let x = Value.tensor(try inputs.gathered(rows, at: span).asRows())
    guard let targets else { return .tuple(TupleBox([x, .none])) }
    return .tuple(TupleBox([x, .tensor(try targets.gathered(rows, at: span).asRows())]))
  }
}
