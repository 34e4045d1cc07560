// save: writes a model. The file is replaced as one step, so it is never half written.
import AdamData
import AdamIR
import AdamSource

extension BuiltinDefinition {
  static let save = BuiltinDefinition(
    name: "save", group: "verb",
    summary: "Writes a model's weights to a safetensors file, with torch's names.",
    signature: Signature([
      ParameterDefinition("what", .any, "the file, or the model and the file", isVariadic: true),
      ParameterDefinition(
        "model", .layer, "the model", default: .some(.none), isKeywordOnly: true, isImplicit: true),
    ]),
    example: "model = linear(2, 1)\n"
      + "save \"line.safetensors\"\n"
      + "print load(\"line.safetensors\").weight == model.weight  # prints: [[true, true]]",
    page: Page(
      "The file is replaced as one step, so it is never half written.",
      source: "torch.nn.Module.state_dict, its names and layouts", see: ["load", "train"]),
    check: { context, arguments in
      do throws(Diagnostic) {
        let files = try FileArguments(arguments, verb: "save")
        if files.model == nil { throw .nothingToSave(at: arguments.span) }
      } catch {
        context.report(error)
      }
      return .known(.none)
    },
    run: { context, arguments throws(Diagnostic) in
      let files = try FileArguments(arguments, verb: "save")
      guard let path = files.path?.exactString, let model = files.model?.asLayer else {
        throw .nothingToSave(at: arguments.span)
      }
      let bytes = try ModelFile.encode(model, at: arguments.span)
      // What was printed before the save is there before the file.
      do throws(HostError) {
        try context.session.host.flush()
        try context.session.host.replaceFile(path, bytes)
      } catch {
        throw .fileAccess(error, at: files.span)
      }
      return .none
    })
}

/// What `save` and `load` are given: a path, a model before it or from the scope.
struct FileArguments<V: ArgumentValue> {
  var path: V?
  var model: V?
  /// Where the path was written.
  var span: Span

  /// Throws when there is no path, too much, or nothing that can be saved.
  init(_ arguments: BoundArguments<V>, verb: String) throws(Diagnostic) {
    span = arguments.span
    model = arguments["model"]
    var rest = arguments.variadic[...]
    if rest.count > 1, let first = rest.popFirst() {
      model = first.value
      if first.value.fit(.layer) == .no {
        throw .notYet("\(verb) of anything but a model", at: first.span)
      }
    }
    guard let last = rest.popFirst() else {
      throw Diagnostic(.missingArgument, "`\(verb)` needs the name of a file", at: arguments.span)
    }
    if let extra = rest.first {
      throw Diagnostic(.tooManyArguments, "`\(verb)` takes one file", at: extra.span)
    }
    path = last.value
    span = last.span
    try FileArguments.check(path: last, verb: verb)
  }

  private static func check(path: (value: V, span: Span), verb: String) throws(Diagnostic) {
    if path.value.fit(.string) == .no {
      throw Diagnostic(.wrongKind, "`\(verb)` needs the name of a file, a string", at: path.span)
    }
    guard let text = path.value.exactString else { return }
    if !text.hasSuffix(".safetensors") {
      throw .cannotSave(verb == "save" ? "a model" : "a file", as: text, verb: verb, at: path.span)
    }
  }
}

extension Value {
  var asLayer: Layer? { if case .layer(let layer) = self { layer } else { nil } }
}

extension Diagnostic {
  fileprivate static func cannotSave(
    _ what: String, as path: String, verb: String, at span: Span
  ) -> Diagnostic {
    if verb == "save" { return .cannotSave(what, as: path, at: span) }
    var diagnostic = Diagnostic(
      .cannotSave, "`load` reads safetensors files, and \(path) is named otherwise", at: span)
    diagnostic.helps = [Help("name it `\"NAME.safetensors\"`")]
    return diagnostic
  }
}
