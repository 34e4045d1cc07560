// Fields of a data set in the language: `.train`, `.rows`, `.features`, `.x` ….
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension DataSet {
  package static let fieldNames = [
    "train", "val", "test", "rows", "features", "columns", "classes", "labels", "x", "y", "inputs",
    "targets",
  ]

  /// A field by name. Throws a diagnostic that lists what there is.
  package func field(_ name: String, at span: Span) throws(Diagnostic) -> Value {
    switch name {
    case "train", "val", "test":
      guard let part = try part(name, at: span) else { throw .noPart(name, self, at: span) }
      return .data(part)
    case "rows": return .number(Double(rowCount))
    case "features": return .number(Double(featureCount))
    case "columns": return Self.texts(description.inputColumns ?? [])
    case "classes": return description.classes.map { .number(Double($0)) } ?? .none
    case "labels": return units.labels.map { Self.texts($0) } ?? .none
    case "x": return .tensor(inputs.asRows())
    case "y": return targets.map { .tensor($0.asRows(units.targets == nil ? nil : .network)) } ?? .none
    case "inputs": return try raw(rawInputs, inputs, at: span)
    case "targets":
      guard let targets else { return .none }
      return try raw(rawTargets, targets, at: span)
    default: throw .unknownDataField(name, at: span)
    }
  }

  private static func texts(_ texts: [String]) -> Value {
    .list(ListBox(texts.map { .string(StringBox($0)) }))
  }

  /// Values in the file's units; those of a data set made in memory are what the network sees.
  private func raw(_ values: [Double], _ seen: Tensor, at span: Span) throws(Diagnostic) -> Value {
    guard values.count == seen.elementCount else { return .tensor(seen.asRows()) }
    do throws(AllocationError) {
      let tensor = try Tensor(seen.sizes, floats: values.map(flushedFloat))
      return .tensor(tensor.asRows(units.targets == nil || seen === inputs ? nil : .file))
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }
}

extension DiagnosticCode {
  package static let noPart = DiagnosticCode("E0510")
  package static let splitFractions = DiagnosticCode("E0511")
  package static let fittedBeforeSplit = DiagnosticCode("E0512")
  package static let noTargets = DiagnosticCode("E0513")
}

extension Diagnostic {
  static func noPart(_ name: String, _ data: DataSet, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.noPart, "the data has no part `\(name)`", at: span)
    let parts = data.parts.map(\.name)
    diagnostic.notes = [
      parts.isEmpty
        ? "it is not split; write `|> split(train=0.8, test=0.2)` where it is made"
        : "its parts are: " + parts.joined(separator: ", ")
    ]
    diagnostic.labels = [Label(data.description.span, "the data is made here")]
    return diagnostic
  }

  static func noTrainingPart(_ data: DataSet, at span: Span) -> Diagnostic {
    var diagnostic = noPart("train", data, at: span)
    diagnostic.message = "the data has no part `train` to learn from"
    return diagnostic
  }

  static func unknownDataField(_ name: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.noSuchField, "a data set has no field `\(name)`", at: span)
    if let meant = nearest(name, in: DataSet.fieldNames) {
      diagnostic.label = "did you mean `\(meant)`?"
    }
    diagnostic.notes = ["it has: " + DataSet.fieldNames.joined(separator: ", ")]
    return diagnostic
  }
}
