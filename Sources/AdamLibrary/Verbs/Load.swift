// load: as a statement it fills the model by name; `m = load("f")` gives the saved model, or a record
// of tensors for a file that is not ours.
import AdamData
import AdamIR
import AdamSource

extension BuiltinDefinition {
  static let load = BuiltinDefinition(
    name: "load", group: "verb",
    summary: "Fills the model from a safetensors file by name, all weights or none.",
    signature: Signature([
      ParameterDefinition("what", .any, "the file, or the model and the file", isVariadic: true),
      ParameterDefinition(
        "model", .layer, "the model to fill", default: .some(.none), isKeywordOnly: true,
        isImplicit: true),
    ]),
    example: "model = linear(2, 1)\n"
      + "w = model.weight; save \"line.safetensors\"\n"
      + "reset(model)\nload \"line.safetensors\"\nprint model.weight == w  # prints: [[true, true]]",
    page: Page(
      "`m = load(\"f\")` gives the saved model instead, or a record of tensors for a file that is not of adam.",
      source: "torch.nn.Module.load_state_dict", see: ["save", "copy"]),
    check: { context, arguments in
      do throws(Diagnostic) {
        let files = try FileArguments(arguments, verb: "load")
        return files.model ?? .unknown
      } catch {
        context.report(error)
        return .unknown
      }
    },
    run: { context, arguments throws(Diagnostic) in
      let files = try FileArguments(arguments, verb: "load")
      guard let path = files.path?.exactString else {
        throw Diagnostic(.missingArgument, "`load` needs the name of a file", at: arguments.span)
      }
      let file = try SafetensorsReader.read(path: path, host: context.session.host, span: files.span)
      guard let value = files.model, let model = value.asLayer else {
        return try ModelFile.value(of: file, path: path, at: files.span)
      }
      try ModelFile.fill(model, from: file, path: path, at: files.span)
      return value
    })
}
