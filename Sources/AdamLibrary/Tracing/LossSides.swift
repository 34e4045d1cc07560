// In a loss nothing stretches between what depends on the prediction and what depends on the target:
// `[32, 1] - [32]` would compare every prediction with every target.
import AdamIR
import AdamSource

/// Which of the two a value depends on, found as operations are appended.
struct LossSides {
  private var sides: [UInt8] = []
  private var scanned = 0
  private let predictions: Set<ValueID>

  private static let fromPrediction: UInt8 = 1
  private static let fromTarget: UInt8 = 2

  /// - Parameter predictions: what the model made, each tensor of it.
  init(predictions: Set<ValueID>) { self.predictions = predictions }

  private mutating func scan(_ function: TensorFunction, _ opaques: Set<ValueID>) {
    sides += Array(repeating: 0, count: max(0, function.values.count - sides.count))
    for parameter in function.parameters where parameter.role == .target {
      sides[parameter.value.index] = Self.fromTarget
    }
    for value in opaques { sides[value.index] = Self.fromPrediction | Self.fromTarget }
    for prediction in predictions { sides[prediction.index] = Self.fromPrediction }
    for operation in function.operations[scanned...] {
      let side = handedOn(operation.operands, function)
      for result in operation.results where !predictions.contains(result) { sides[result.index] |= side }
    }
    scanned = function.operations.count
  }

  /// A single number that goes with everything, a mean, does not make the other operands depend on what it
  /// came from: it has been compared with nothing.
  private func handedOn(_ operands: [ValueID], _ function: TensorFunction) -> UInt8 {
    let wide = operands.filter { function.type($0).shape.rank > 0 }
    return (wide.isEmpty ? operands : wide).reduce(0) { $0 | sides[$1.index] }
  }

  /// The first two operands of which one depends on the prediction alone and one on the target alone, and
  /// which the op would stretch over each other. What depends on both has been compared already.
  mutating func stretched(
    _ op: OpDefinition, _ operands: [ValueID], in function: TensorFunction, _ opaques: Set<ValueID>
  ) -> (ValueID, ValueID)? {
    scan(function, opaques)
    for (index, a) in operands.enumerated() {
      for b in operands[(index + 1)...] where op.stretches(function.type(a).shape, function.type(b).shape) {
        if Set([sides[a.index], sides[b.index]]) == [Self.fromPrediction, Self.fromTarget] { return (a, b) }
      }
    }
    return nil
  }
}

extension ModelTracer {
  /// Throws where operands that stretch over each other do not belong together.
  func checkSides(_ op: OpDefinition, _ ids: [ValueID], at span: Span) throws(Diagnostic) {
    guard op.ownAxes != nil, ids.count > 1 else { return }
    if !rowSources.isEmpty, batchPlaces.disagree(op, ids, in: function, rowSources) {
      hasRefused = true
      throw .rowsDisagree(ids.map { function.type($0).shape.text }, at: span)
    }
    guard let (a, b) = lossSides?.stretched(op, ids, in: function, opaques) else { return }
    hasRefused = true
    throw .lossStretches(function.type(a).shape, function.type(b).shape, at: span)
  }
}

extension Diagnostic {
  fileprivate static func lossStretches(_ a: Shape, _ b: Shape, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.shapesDisagree, "the loss would stretch \(a.text) over \(b.text)", at: span)
    diagnostic.notes = ["between prediction and target nothing stretches: it would train, and fit nothing"]
    diagnostic.helps = [Help("give both the same shape; `column(y)` makes a column of a vector")]
    return diagnostic
  }
}
