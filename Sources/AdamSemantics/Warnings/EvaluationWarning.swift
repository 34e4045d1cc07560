// A script that looks at its model on the training rows alone.
import AdamIR
import AdamLibrary
import AdamSource

extension CheckEngine {
  /// The warning, when every `eval` and `predict` of the script is certainly on rows of a file that were
  /// trained on, and no validation has other rows.
  func evaluationWarning(_ program: Program) -> Diagnostic? {
    guard let first = evaluations.first, !program.mentionsHeldRows else { return nil }
    var found: Span?
    for evaluation in evaluations {
      guard let data = (evaluation.arguments["data"] ?? evaluation.arguments["x"])?.asData,
        let training = trainings.first(where: { $0.saw(data) })
      else { return nil }
      found = found ?? training.span
    }
    let place = first.arguments.span(of: "data") ?? first.arguments.span(of: "x") ?? first.span
    return found.map { .evaluatedOnTraining(at: place, training: $0) }
  }
}

extension AbstractTraining {
  /// Whether these rows are certainly among those that were trained on. Rows written in the script may
  /// be all there are, so only files count.
  fileprivate func saw(_ rows: DataDescription) -> Bool {
    guard let own = arguments["data"]?.asData, own.span == rows.span, own.path != nil, own.path == rows.path,
      !own.parts.contains("val")
    else { return false }
    if rows.part == "train" { return own.parts.contains("train") || own.part == "train" }
    return rows.part == nil && rows.parts.isEmpty && own.part == nil && own.parts.isEmpty
  }
}

extension Program {
  /// `.test` or `.val` is read somewhere.
  fileprivate var mentionsHeldRows: Bool {
    functions.contains { function in
      function.instructions.contains { instruction in
        guard case .field(_, _, let name) = instruction, names.indices.contains(Int(name)) else { return false }
        return ["test", "val"].contains(names[Int(name)])
      }
    }
  }
}
