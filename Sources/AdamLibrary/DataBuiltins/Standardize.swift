// standardize: every input column to mean 0 and deviation 1, fitted on the training rows only.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

enum StandardizeData {
  static let builtin = BuiltinDefinition(
    name: "standardize", group: "data",
    summary: "Scales the inputs to mean 0 and deviation 1, fitted on the training rows.",
    signature: Signature([
      ParameterDefinition("data", .any, "the data set"),
      ParameterDefinition(
        "target", .bool, "scales real targets too; `predict` undoes it", default: .bool(false),
        isKeywordOnly: true),
      ParameterDefinition(
        "fit", .string, "`train` fits the training rows, `all` all rows", default: .string("train"),
        isKeywordOnly: true),
    ]),
    example: "data = ([[1], [3]], [[1], [3]]) |> standardize\nprint data.x  # prints: [[-1], [1]]",
    check: { context, arguments in
      guard let value = arguments["data"],
        var description = DataDescription.of(value, at: arguments.place(of: "data"))
      else { return .unknown }
      do throws(Diagnostic) { try validate(arguments) } catch {
        context.report(error)
        return .unknown
      }
      note(&description, arguments)
      return .data(description)
    },
    run: { _, arguments throws(Diagnostic) in
      try validate(arguments)
      let data = try (arguments["data"] ?? .none).dataSet(at: arguments.place(of: "data")).copy()
      note(&data.description, arguments)
      let rows = arguments.string("fit") == "all" ? nil : data.parts.first { $0.name == "train" }?.rows
      try data.scaleInputs(fittedOn: rows, at: arguments.span)
      if arguments.bool("target") == true, data.description.targetKind == .real {
        try data.scaleTargets(fittedOn: rows, at: arguments.span)
      }
      return .data(data)
    })

  private static func validate<V: ArgumentValue>(
    _ arguments: BoundArguments<V>
  ) throws(Diagnostic) {
    if let fit = arguments.string("fit"), fit != "train", fit != "all" {
      throw .unknownChoice(
        "fit", of: "standardize", found: fit, choices: ["train", "all"],
        at: arguments.place(of: "fit"))
    }
  }

  /// Remembers a fit to all rows that was not asked for: a split may not follow.
  private static func note<V: ArgumentValue>(
    _ description: inout DataDescription, _ arguments: BoundArguments<V>
  ) {
    if description.parts.isEmpty, arguments.string("fit") != "all" {
      description.fittedSpan = arguments.span
    }
  }
}

extension DataSet {
  fileprivate func scaleInputs(fittedOn rows: [Int]?, at span: Span) throws(Diagnostic) {
    let scaling = ColumnScaling.standardize(rawInputs, columns: featureCount, fittedOn: rows)
    do throws(AllocationError) {
      inputs = try Tensor(inputs.sizes, floats: scaling.apply(rawInputs))
    } catch {
      throw .outOfMemory(error, at: span)
    }
    units.inputs = scaling
  }

  fileprivate func scaleTargets(fittedOn rows: [Int]?, at span: Span) throws(Diagnostic) {
    guard let targets, rowCount > 0 else { return }
    let scaling = ColumnScaling.standardize(
      rawTargets, columns: rawTargets.count / rowCount, fittedOn: rows)
    do throws(AllocationError) {
      self.targets = try Tensor(targets.sizes, floats: scaling.apply(rawTargets))
    } catch {
      throw .outOfMemory(error, at: span)
    }
    units.targets = scaling
  }
}
