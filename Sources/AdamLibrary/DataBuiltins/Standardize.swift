// standardize and minmax: every input column scaled, fitted on the training rows only.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

enum ScalingData {
  typealias Fit = @Sendable (_ values: [Double], _ columns: Int, _ rows: [Int]?) -> ColumnScaling

  static let standardize = builtin(
    "standardize", "Scales the inputs to mean 0 and deviation 1, fitted on the training rows.",
    example: "data = ([[1], [3]], [[1], [3]]) |> standardize\nprint data.x  # prints: [[-1], [1]]",
    page: Page(
      formula: "(x - mean) / std of each column, std with the count as its divisor",
      source: "sklearn.preprocessing.StandardScaler", see: ["minmax", "split", "predict"])
  ) { ColumnScaling.standardize($0, columns: $1, fittedOn: $2) }

  static let minmax = builtin(
    "minmax", "Scales the inputs to 0 … 1, fitted on the training rows.",
    example: "data = ([[1], [3]], [[1], [3]]) |> minmax\nprint data.x  # prints: [[0], [1]]",
    page: Page(
      formula: "(x - min) / (max - min) of each column", source: "sklearn.preprocessing.MinMaxScaler",
      see: ["standardize", "split", "predict"])
  ) { ColumnScaling.minmax($0, columns: $1, fittedOn: $2) }

  private static func builtin(
    _ name: String, _ summary: String, example: String, page: Page, _ fit: @escaping Fit
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "data", summary: summary, signature: signature, example: example,
      page: page,
      check: { context, arguments in
        guard var description = context.description(arguments["data"], at: arguments.place(of: "data")) else {
          return .unknown
        }
        do throws(Diagnostic) { try validate(arguments, of: name) } catch {
          context.report(error)
          return .unknown
        }
        note(&description, arguments)
        return .data(description)
      },
      run: { _, arguments throws(Diagnostic) in
        try validate(arguments, of: name)
        let data = try (arguments["data"] ?? .none).dataSet(at: arguments.place(of: "data")).copy()
        note(&data.description, arguments)
        let rows = arguments.string("fit") == "all" ? nil : data.parts.first { $0.name == "train" }?.rows
        try data.scaleInputs(fit, rows, at: arguments.span)
        if arguments.bool("target") == true, data.description.targetKind == .real {
          try data.scaleTargets(fit, rows, at: arguments.span)
        }
        return .data(data)
      })
  }

  private static let signature = Signature([
      ParameterDefinition("data", .any, "the data set"),
      ParameterDefinition(
        "target", .bool, "scales real targets too; `predict` undoes it", default: .bool(false),
        isKeywordOnly: true),
      ParameterDefinition(
        "fit", .string, "`train` fits the training rows, `all` all rows", default: .string("train"),
        isKeywordOnly: true),
    ])

  private static func validate<V: ArgumentValue>(
    _ arguments: BoundArguments<V>, of name: String
  ) throws(Diagnostic) {
    if let fit = arguments.string("fit"), fit != "train", fit != "all" {
      throw .unknownChoice(
        "fit", of: name, found: fit, choices: ["train", "all"],
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
  fileprivate func scaleInputs(
    _ fit: ScalingData.Fit, _ rows: [Int]?, at span: Span
  ) throws(Diagnostic) {
    let scaling = fit(rawInputs, featureCount, rows)
    do throws(AllocationError) {
      inputs = try Tensor(inputs.sizes, floats: scaling.apply(rawInputs))
    } catch {
      throw .outOfMemory(error, at: span)
    }
    units.inputs = scaling
  }

  fileprivate func scaleTargets(
    _ fit: ScalingData.Fit, _ rows: [Int]?, at span: Span
  ) throws(Diagnostic) {
    guard let targets, rowCount > 0 else { return }
    let scaling = fit(rawTargets, rawTargets.count / rowCount, rows)
    do throws(AllocationError) {
      self.targets = try Tensor(targets.sizes, floats: scaling.apply(rawTargets))
    } catch {
      throw .outOfMemory(error, at: span)
    }
    units.targets = scaling
    description.beyondUnit = self.targets?.beyondUnit
  }
}
