// split: rows into train, val and test, drawn as `torch.utils.data.random_split` draws them.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

enum SplitData {
  private static let names = ["train", "val", "test"]

  private static func fraction(_ name: String) -> ParameterDefinition {
    ParameterDefinition(
      name, .number, "share of the rows", range: NumberRange(from: 0, to: 1),
      default: .some(.none), isKeywordOnly: true)
  }

  static let builtin = BuiltinDefinition(
    name: "split", group: "data", summary: "Divides the rows into train, val and test; or a tensor into parts.",
    signature: Signature([
      ParameterDefinition("data", .any, "the data set, or a tensor"),
      ParameterDefinition(
        "size", .oneOf([.integer, .list]), "of a tensor: rows of each part", default: .some(.none)),
      fraction("train"), fraction("val"), fraction("test"),
      ParameterDefinition(
        "order", .string, "`random` draws the rows, `file` keeps their order",
        default: .string("random"), isKeywordOnly: true),
      ParameterDefinition(
        "axis", .integer, "of a tensor: the axis that is divided", default: .some(.none), isKeywordOnly: true),
    ]),
    example: "data = ([[1], [2], [3], [4]], [[1], [2], [3], [4]]) |> split(train=0.5, test=0.5)\n"
      + "print data.train.rows  # prints: 2",
    page: Page(
      "The rows are drawn by the seed; what the shares leave over stays unused.",
      formula: "part i gets floor(share · rows), the rest one by one from the first",
      source: "torch.utils.data.random_split", see: ["csv", "standardize", "batch"]),
    check: { context, arguments in
      if arguments.isGiven("size") || arguments.isGiven("axis") { return .unknown }
      guard var description = context.description(arguments["data"], at: arguments.place(of: "data")) else {
        return .unknown
      }
      do throws(Diagnostic) {
        try validate(arguments, description, rows: description.rows)
      } catch {
        context.report(error)
        return .unknown
      }
      description.parts = names.filter { arguments.isGiven($0) }
      return .data(description)
    },
    run: { context, arguments throws(Diagnostic) in
      let place = arguments.place(of: "data")
      if arguments.isGiven("size") || arguments.isGiven("axis") {
        return try SelectionBuiltins.split(arguments["data"] ?? .none, context, arguments)
      }
      let data = try (arguments["data"] ?? .none).dataSet(at: place).copy()
      try validate(arguments, data.description, rows: data.rowCount)
      let chosen = names.filter { arguments.isGiven($0) }
      let fractions = chosen.map { arguments.number($0) ?? 0 }
      data.keepsFileOrder = arguments.string("order") == "file"
      let counts = SplitPlan.counts(rows: data.rowCount, fractions: fractions)
      let rows = SplitPlan.parts(
        rows: data.rowCount, counts: counts, shuffle: !data.keepsFileOrder,
        generator: &context.session.generator)
      data.parts = zip(chosen, rows).map { DataSet.Part(name: $0, rows: $1) }
      data.description.parts = chosen
      return .data(data)
    })

  private static func validate<V: ArgumentValue>(
    _ arguments: BoundArguments<V>, _ description: DataDescription, rows: Int?
  ) throws(Diagnostic) {
    if let order = arguments.string("order"), order != "random", order != "file" {
      throw .unknownChoice(
        "order", of: "split", found: order, choices: ["random", "file"],
        at: arguments.place(of: "order"))
    }
    if let fitted = description.fittedSpan { throw .fittedBeforeSplit(fitted, at: arguments.span) }
    let given = names.filter { arguments.isGiven($0) }
    if given.isEmpty { throw .splitNeedsParts(at: arguments.span) }
    let fractions = given.compactMap { arguments.number($0) }
    let sum = fractions.reduce(0, +)
    if fractions.count == given.count, abs(sum - 1) > 1e-9 {
      throw .fractionsSum(sum, at: arguments.span)
    }
    guard let rows, fractions.count == given.count else { return }
    let counts = SplitPlan.counts(rows: rows, fractions: fractions)
    for (index, name) in given.enumerated() where counts[index] == 0 && fractions[index] > 0 {
      throw .emptyPart(name, share: fractions[index], rows: rows, at: arguments.place(of: name))
    }
  }
}

extension Diagnostic {
  static func splitNeedsParts(at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(.splitFractions, "`split` needs at least one part", at: span)
    diagnostic.helps = [Help("write `split(train=0.8, test=0.2)`")]
    return diagnostic
  }

  static func emptyPart(_ name: String, share: Double, rows: Int, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .splitFractions, "`\(name)` would get none of the \(counted(rows, "row"))", at: span,
      label: "\(messageText(share)) of \(rows) is less than one row")
    diagnostic.helps = [Help("give it a larger share, or leave `\(name)` out")]
    return diagnostic
  }

  static func fractionsSum(_ sum: Double, at span: Span) -> Diagnostic {
    Diagnostic(
      .splitFractions, "the parts of `split` sum to \(messageText(sum)), not 1", at: span,
      label: "every row belongs to exactly one part")
  }

  static func fittedBeforeSplit(_ fitted: Span, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .fittedBeforeSplit, "`split` comes after a step that was fitted to all rows", at: span)
    diagnostic.labels = [Label(fitted, "fitted here, to the test rows too")]
    diagnostic.helps = [Help("split first, or say `fit=\"all\"` in that step")]
    return diagnostic
  }
}
