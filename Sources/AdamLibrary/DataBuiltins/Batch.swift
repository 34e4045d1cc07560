// batch: rows per step. The training part is shuffled for each epoch as torch's DataLoader does.
import AdamIR
import AdamSource

enum BatchData {
  static let builtin = BuiltinDefinition(
    name: "batch", group: "data", summary: "Trains on this many rows at each step.",
    signature: Signature([
      ParameterDefinition("data", .any, "the data set"),
      ParameterDefinition(
        "size", .integer, "rows per step; the last step of an epoch may have fewer",
        range: NumberRange(from: 1, to: 1_000_000_000)),
      ParameterDefinition(
        "shuffle", .bool, "draws a new order for each epoch", default: .bool(true),
        isKeywordOnly: true),
      ParameterDefinition(
        "drop_last", .bool, "leaves out the rows that do not fill a batch", default: .bool(false),
        isKeywordOnly: true),
    ]),
    example: "data = ([[1], [2]], [[1], [2]]) |> batch(1)\nprint data.rows  # prints: 2",
    page: Page(
      "Only the training part is shuffled. Without it every step uses all rows.",
      shape: "[rows, ..] → steps of [size, ..]", source: "torch.utils.data.DataLoader",
      deviation: "shuffles unless told otherwise", see: ["csv", "split", "train"]),
    check: { context, arguments in
      guard var description = context.description(arguments["data"], at: arguments.place(of: "data")) else {
        return .unknown
      }
      description.batchSize = arguments.int("size")
      return .data(description)
    },
    run: { _, arguments throws(Diagnostic) in
      let data = try (arguments["data"] ?? .none).dataSet(at: arguments.place(of: "data")).copy()
      data.description.batchSize = arguments.int("size")
      data.dropsLast = arguments.bool("drop_last") ?? false
      data.shuffles = (arguments.bool("shuffle") ?? true) && !data.keepsFileOrder
      return .data(data)
    })
}
