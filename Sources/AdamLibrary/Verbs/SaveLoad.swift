// save and load: safetensors with torch's `state_dict` names and layouts. A saved file depends on
// the weights and the data's units only.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

enum SaveVerb {
  static let builtin = BuiltinDefinition(
    name: "save", group: "verb", summary: "Writes the model's weights as safetensors.",
    signature: Signature([
      ParameterDefinition("path", .string, "the file, ending in .safetensors"),
      ParameterDefinition("model", .layer, "what is saved", isImplicit: true),
    ]),
    example: "model = linear(1, 1)\nsave \"model.safetensors\"",
    check: { context, arguments in
      do throws(Diagnostic) { try validate(arguments) } catch { context.report(error) }
      return .known(.none)
    },
    run: { context, arguments throws(Diagnostic) in
      try validate(arguments)
      guard case .layer(let model)? = arguments["model"], let path = arguments.string("path") else {
        throw .noModel("save", at: arguments.span)
      }
      // What was printed before is there before the file is.
      do throws(HostError) {
        try context.session.host.flush()
        try context.session.host.replaceFile(path, model.savedFile.encoded())
      } catch {
        throw .fileAccess(error, at: arguments.place(of: "path"))
      }
      return .none
    })

  private static func validate<V: ArgumentValue>(
    _ arguments: BoundArguments<V>
  ) throws(Diagnostic) {
    if arguments["model"] == nil { throw .noModel("save", at: arguments.span) }
    if let path = arguments.string("path"), !path.hasSuffix(".safetensors") {
      throw .unknownFileEnding(path, at: arguments.place(of: "path"))
    }
  }
}

enum LoadVerb {
  static let builtin = BuiltinDefinition(
    name: "load", group: "verb", summary: "Reads saved weights into the model, by name.",
    signature: Signature([
      ParameterDefinition("path", .string, "a safetensors file"),
      ParameterDefinition("model", .layer, "what is filled", isImplicit: true),
    ]),
    example: "model = linear(1, 1)\nsave \"model.safetensors\"\nload \"model.safetensors\"",
    check: { _, arguments in arguments["model"] ?? .unknown },
    run: { context, arguments throws(Diagnostic) in
      let place = arguments.place(of: "path")
      let path = arguments.string("path") ?? ""
      let file = try SafetensorsReader.read(path: path, host: context.session.host, span: place)
      guard case .layer(let model)? = arguments["model"] else {
        return try tensors(file, at: place)
      }
      try model.fill(from: file, path: path, at: place)
      return .layer(model)
    })

  /// A file without a model to fill: a record of its tensors.
  private static func tensors(_ file: SafetensorsFile, at span: Span) throws(Diagnostic) -> Value {
    var fields: [RecordBox.Field] = []
    do throws(AllocationError) {
      for tensor in file.tensors {
        fields.append(
          .init(tensor.name, .tensor(try Tensor(tensor.shape, floats: tensor.floats()))))
      }
    } catch {
      throw .outOfMemory(error, at: span)
    }
    return .record(RecordBox(fields))
  }
}

extension Layer {
  /// The weights under torch's names, and the data's units.
  package var savedFile: SafetensorsFile {
    let tensors = namedParameters.compactMap { named -> SafetensorsTensor? in
      guard let tensor = named.parameter.tensor, let storage = tensor.floatStorage else { return nil }
      return SafetensorsTensor(
        name: named.name, shape: tensor.sizes, floats: UnsafeBufferPointer(storage))
    }
    return SafetensorsFile(tensors: tensors, metadata: units.metadata)
  }

  /// Fills the weights by name. Every name and shape must agree, or nothing changes.
  package func fill(
    from file: SafetensorsFile, path: String, at span: Span
  ) throws(Diagnostic) {
    let named = namedParameters
    for parameter in named {
      guard let saved = file[parameter.name] else {
        throw .missingTensor(parameter.name, path: path, file, at: span)
      }
      guard let sizes = parameter.parameter.tensor?.sizes, sizes == saved.shape else {
        throw .tensorDiffers(parameter, saved, path: path, self, at: span)
      }
    }
    if let extra = file.tensors.first(where: { saved in !named.contains { $0.name == saved.name } }) {
      throw .extraTensor(extra.name, path: path, self, at: span)
    }
    for parameter in named {
      if let values = file[parameter.name]?.floats() { parameter.parameter.tensor?.write(floats: values) }
    }
    units = DataUnits(file)
  }
}

extension DataUnits {
  /// Numbers as their bits, so that they come back exactly.
  var metadata: [SafetensorsMetadata] {
    var result: [SafetensorsMetadata] = [SafetensorsMetadata("format", "adam")]
    for (key, scaling) in [("inputs", inputs), ("targets", targets)] {
      guard let scaling else { continue }
      result.append(SafetensorsMetadata("\(key).offsets", Self.bits(scaling.offsets)))
      result.append(SafetensorsMetadata("\(key).scales", Self.bits(scaling.scales)))
    }
    if let labels {
      let escaped = labels.map { label in
        label.utf8.map { $0 == 0x5C ? "\\\\" : $0 == 0x0A ? "\\n" : nil }.contains { $0 != nil }
          ? Self.escape(label) : label
      }
      result.append(SafetensorsMetadata("labels", escaped.joined(separator: "\n")))
      result.append(SafetensorsMetadata("labels.numeric", hasNumericLabels ? "true" : "false"))
    }
    return result
  }

  init(_ file: SafetensorsFile) {
    self.init()
    inputs = Self.scaling("inputs", file)
    targets = Self.scaling("targets", file)
    labels = file.value(of: "labels").map {
      $0.split(separator: "\n", omittingEmptySubsequences: false).map { Self.unescape($0) }
    }
    hasNumericLabels = file.value(of: "labels.numeric") == "true"
  }

  private static func scaling(_ key: String, _ file: SafetensorsFile) -> ColumnScaling? {
    guard let offsets = file.value(of: "\(key).offsets").flatMap(numbers),
      let scales = file.value(of: "\(key).scales").flatMap(numbers), offsets.count == scales.count
    else { return nil }
    return ColumnScaling(offsets: offsets, scales: scales)
  }

  private static func bits(_ values: [Double]) -> String {
    values.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
  }

  private static func numbers(_ text: String) -> [Double]? {
    let words = text.split(separator: " ")
    let values = words.compactMap { UInt64($0, radix: 16).map { Double(bitPattern: $0) } }
    return values.count == words.count ? values : nil
  }

  private static func escape(_ text: String) -> String {
    String(
      text.unicodeScalars.flatMap { scalar -> [Character] in
        switch scalar {
        case "\\": ["\\", "\\"]
        case "\n": ["\\", "n"]
        default: [Character(scalar)]
        }
      })
  }

  private static func unescape(_ text: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        result.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}

extension DiagnosticCode {
  package static let modelDiffers = DiagnosticCode("E0514")
  package static let fileEnding = DiagnosticCode("E0515")
}

extension Diagnostic {
  static func unknownFileEnding(_ path: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.fileEnding, "models are saved as .safetensors files", at: span)
    diagnostic.helps = [Help("end the name with `.safetensors`")]
    return diagnostic
  }

  static func missingTensor(
    _ name: String, path: String, _ file: SafetensorsFile, at span: Span
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      .modelDiffers, "the file has no tensor `\(name)`, which the model needs", at: span)
    let names = file.tensors.prefix(12).map(\.name).joined(separator: ", ")
    diagnostic.notes = ["the file has: \(names)\(file.tensors.count > 12 ? ", …" : "")"]
    return diagnostic
  }

  static func tensorDiffers(
    _ named: NamedParameter, _ saved: SafetensorsTensor, path: String, _ model: Layer, at span: Span
  ) -> Diagnostic {
    let shape = Shape(sizes: saved.shape).text
    var diagnostic = Diagnostic(
      .modelDiffers,
      "`\(named.name)` is \(shape) in the file but \(named.parameter.shape.text) in the model",
      at: span)
    diagnostic.labels = [Label(model.span, "the model is made here")]
    return diagnostic
  }

  static func extraTensor(
    _ name: String, path: String, _ model: Layer, at span: Span
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      .modelDiffers, "the file has a tensor `\(name)`, which the model lacks", at: span)
    diagnostic.labels = [Label(model.span, "the model is made here")]
    return diagnostic
  }
}
