// In a loss nothing stretches between what depends on the prediction and what depends on the target:
// `[32, 1] - [32]` would compare every prediction with every target.
import AdamIR
import AdamSource

/// Which of the two a value depends on, found as operations are appended.
struct LossSides {
  private var sides: [UInt8] = []
  private var scanned = 0
  private let prediction: ValueID

  private static let fromPrediction: UInt8 = 1
  private static let fromTarget: UInt8 = 2

  init(prediction: ValueID) { self.prediction = prediction }

  private mutating func scan(_ function: TensorFunction) {
    sides += Array(repeating: 0, count: max(0, function.values.count - sides.count))
    for parameter in function.parameters where parameter.role == .target {
      sides[parameter.value.index] = Self.fromTarget
    }
    sides[prediction.index] = Self.fromPrediction
    for operation in function.operations[scanned...] {
      let side = operation.operands.reduce(0) { $0 | sides[$1.index] }
      for result in operation.results where result != prediction { sides[result.index] |= side }
    }
    scanned = function.operations.count
  }

  /// Whether an elementwise op on these would stretch one side over the other.
  mutating func stretches(_ a: ValueID, _ b: ValueID, in function: TensorFunction) -> Bool {
    let (x, y) = (function.type(a).shape, function.type(b).shape)
    guard x != y, x.rank > 0, y.rank > 0 else { return false }
    scan(function)
    let (p, q) = (sides[a.index], sides[b.index])
    return p & Self.fromPrediction != 0 && q & Self.fromTarget != 0
      || p & Self.fromTarget != 0 && q & Self.fromPrediction != 0
  }
}

extension ModelTracer {
  /// Throws where the loss would compare what does not belong together.
  func checkSides(_ op: OpDefinition, _ ids: [ValueID], at span: Span) throws(Diagnostic) {
    guard op.traits.contains(.elementwise), ids.count == 2 else { return }
    if !rowSources.isEmpty, batchPlaces.disagree(ids[0], ids[1], in: function, rowSources) {
      let shapes = ids.map { function.type($0).shape.text }
      throw .rowsDisagree(shapes, at: span)
    }
    guard lossSides != nil else { return }
    guard lossSides?.stretches(ids[0], ids[1], in: function) == true else { return }
    let shapes = ids.map { function.type($0).shape.text }
    var diagnostic = Diagnostic(
      .shapesDisagree, "the loss would stretch \(shapes[0]) over \(shapes[1])", at: span)
    diagnostic.notes = ["between prediction and target nothing stretches: it would train, and fit nothing"]
    diagnostic.helps = [Help("give both the same shape; `column(y)` makes a column of a vector")]
    throw diagnostic
  }
}
