// Models as safetensors files: torch's `state_dict` names and layouts, and nothing that depends on
// the path, the clock or the machine.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

package enum ModelFile {
  /// The version of the canonical arithmetic that made the weights.
  static let numericsVersion = "1"
  /// Stands for the text of a model with functions of a script, which a file does not hold.
  private static let scriptModel = "script"

  /// The weights of a model in the order of its parameters.
  package static func encode(_ model: Layer, at span: Span) throws(Diagnostic) -> [UInt8] {
    var tensors: [SafetensorsTensor] = []
    for named in model.namedParameters {
      guard let tensor = named.parameter.tensor else { throw .nothingToSave(at: span) }
      tensors.append(SafetensorsTensor(name: named.name, tensor))
    }
    var metadata = [SafetensorsMetadata("format", "pt"), SafetensorsMetadata("numerics", numericsVersion)]
    metadata.append(SafetensorsMetadata("model", model.architecture ?? scriptModel))
    return SafetensorsFile(tensors: tensors, metadata: metadata + model.units.metadata).encoded()
  }

  /// Fills a model by name: all weights, or none when anything disagrees.
  package static func fill(
    _ model: Layer, from file: SafetensorsFile, path: String, at span: Span
  ) throws(Diagnostic) {
    let parameters = model.namedParameters
    let mistakes = disagreements(parameters, file)
    if !mistakes.isEmpty { throw .modelDisagrees(mistakes, path: path, model: model, at: span) }
    for named in parameters {
      if let source = file[named.name] { named.parameter.tensor?.write(floats: source.floats()) }
    }
    model.units = DataUnits(file)
  }

  /// `0.weight is [16, 2] in the file and [8, 2] in the model`
  private static func disagreements(_ parameters: [NamedParameter], _ file: SafetensorsFile) -> [String] {
    var mistakes: [String] = []
    for named in parameters {
      let wanted = named.parameter.shape.text
      if let found = file[named.name] {
        let shape = Shape(sizes: found.shape).text
        if shape != wanted {
          mistakes.append("`\(named.name)` is \(shape) in the file and \(wanted) in the model")
        } else if !found.isFloating {
          mistakes.append("`\(named.name)` holds \(found.element.rawValue) in the file, not numbers")
        }
      } else {
        mistakes.append("`\(named.name)` \(wanted) is not in the file")
      }
    }
    let known = Set(parameters.map(\.name))
    mistakes += file.tensors.filter { !known.contains($0.name) }
      .map { "`\($0.name)` \(Shape(sizes: $0.shape).text) is not in the model" }
    return mistakes
  }

  /// The saved model built again; the tensors as a record, by name, when the file is not ours.
  static func value(
    of file: SafetensorsFile, path: String, at span: Span
  ) throws(Diagnostic) -> Value {
    guard let text = file.value(of: "model") else { return try record(file, at: span) }
    if text == scriptModel { throw .modelOfScript(path, at: span) }
    let model = try Layer.build(text, at: span)
    try fill(model, from: file, path: path, at: span)
    return .layer(model)
  }

  private static func record(_ file: SafetensorsFile, at span: Span) throws(Diagnostic) -> Value {
    var fields: [RecordBox.Field] = []
    for stored in file.tensors { fields.append(.init(stored.name, .tensor(try stored.tensor(at: span)))) }
    return .record(RecordBox(fields))
  }
}

extension SafetensorsTensor {
  fileprivate init(name: String, _ tensor: Tensor) {
    let count = tensor.elementCount
    if tensor.element == .f32 {
      let start = UnsafePointer(tensor.pointer.assumingMemoryBound(to: Float.self))
      self.init(name: name, shape: tensor.sizes, floats: UnsafeBufferPointer(start: start, count: count))
    } else {
      let start = UnsafePointer(tensor.pointer.assumingMemoryBound(to: Int32.self))
      self.init(name: name, shape: tensor.sizes, integers: UnsafeBufferPointer(start: start, count: count))
    }
  }

  fileprivate var isFloating: Bool { integers() == nil }

  fileprivate func tensor(at span: Span) throws(Diagnostic) -> Tensor {
    do throws(AllocationError) {
      if let integers = integers() { return try Tensor(shape, integers: integers) }
      return try Tensor(shape, floats: floats())
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }
}

extension DiagnosticCode {
  package static let modelDisagrees = DiagnosticCode("E0305")
  package static let cannotSave = DiagnosticCode("E0520")
}

extension Diagnostic {
  static func nothingToSave(at span: Span) -> Diagnostic {
    Diagnostic(.cannotSave, "there is no model to save", at: span)
  }

  static func modelDisagrees(
    _ mistakes: [String], path: String, model: Layer, at span: Span
  ) -> Diagnostic {
    let first = mistakes.first ?? ""
    var diagnostic = Diagnostic(
      .modelDisagrees, "\(path) does not fit the model: \(first)", at: span, label: "nothing was loaded")
    diagnostic.labels = [Label(model.span, "the model")]
    diagnostic.notes = Array(mistakes.dropFirst().prefix(7))
    if mistakes.count > 8 { diagnostic.notes.append("and \(mistakes.count - 8) more") }
    return diagnostic
  }

  static func modelOfScript(_ path: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .modelDisagrees, "\(path) holds a model with functions of a script, which it cannot bring back", at: span)
    diagnostic.helps = [Help("build the model as the script did, then fill it: `load \"\(path)\"`")]
    return diagnostic
  }

  static func cannotSave(_ what: String, as path: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.cannotSave, "\(what) cannot be saved as \(path)", at: span)
    diagnostic.helps = [Help("save a model as `\"NAME.safetensors\"`")]
    return diagnostic
  }
}
