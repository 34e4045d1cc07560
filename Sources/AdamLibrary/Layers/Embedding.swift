// embedding: a row of a table for every whole number, torch's `nn.Embedding` in layout and initial values.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension LayerDefinition {
  /// weight [num, dim] standard normal; the row `padding` is zero, gives zeros and learns nothing.
  static let embedding = LayerDefinition(
    name: "embedding", summary: "A trainable row of numbers for every class.",
    shapeRule: "x [..] -> [.., dim]",
    signature: Signature([
      ParameterDefinition("num", .integer, "rows of the table: classes 0 ..< num", range: .sizes),
      ParameterDefinition("dim", .integer, "numbers per row", range: .sizes),
      ParameterDefinition(
        "padding_idx", .integer, "class whose row stays zero", range: NumberRange(from: 0, to: 1_000_000_000),
        default: .some(.none), isKeywordOnly: true),
    ]),
    example: "print embedding(10, 4)([[1, 7, 2]]).shape  # prints: [1, 3, 4]",
    page: Page(
      "Initial weights are standard normal. Numbers of the data and of what a model is called with are refused when "
        + "they are no class, and so are columns `x[:, 0]`, even where the result is left out: choose by "
        + "`where(x < 3, x, 0)`. Those that the model computes itself give NaN.",
      formula: "y[.., :] = weight[x[..], :]", source: "torch.nn.Embedding",
      deviation: "takes whole numbers of any element type; torch refuses real ones",
      see: ["linear", "one_hot", "multihead_attention"]),
    parameters: { settings in
      [(name: "weight", shape: Shape([settings.dimension("num"), settings.dimension("dim")]))]
    },
    initialize: { layer, generator in
      guard let parameter = layer.parameters.first, let values = parameter.tensor?.floatStorage,
        let sizes = parameter.shape.sizes
      else { return }
      InitialValues.embedding.fill(values, shape: sizes, generator: &generator)
      guard let row = layer.settings.int("padding_idx"), row < sizes[0] else { return }
      values[(row * sizes[1])..<((row + 1) * sizes[1])].update(repeating: 0)
    },
    validate: { settings in
      guard let row = settings.int("padding_idx"), let count = settings.int("num"), row >= count else { return nil }
      return Diagnostic(
        .outOfRange, "`padding_idx` of `embedding` must be a class, 0 to \(count - 1), found \(row)",
        at: settings.place(of: "padding_idx"))
    },
    forward: { builder, layer, input throws(Diagnostic) in
      let table = builder.parameter(layer.parameters[0])
      let places: ValueID
      do throws(ShapeError) { places = try builder.function.rowNumbers(input, span: layer.span) } catch {
        throw .refused(by: layer, error)
      }
      let rows = try builder.emit(.indexSelect, [table, places], ["axis": .int(0)], at: layer)
      guard let padding = layer.settings.int("padding_idx") else { return rows }
      return try withoutPadding(builder, layer, rows, input, padding)
    })

  /// Zeros, and so no gradient, where the class is the padding's.
  private static func withoutPadding(
    _ builder: any TraceBuilder, _ layer: Layer, _ rows: ValueID, _ input: ValueID, _ padding: Int
  ) throws(Diagnostic) -> ValueID {
    let isReal = builder.function.type(input).element == .f32
    let classes = isReal ? input : try builder.emit(.cast, [input], ["element": .string("f32")], at: layer)
    let isOther = try builder.emit(.ne, [classes, builder.number(Double(padding), at: layer)], at: layer)
    let sizes = builder.function.type(input).shape.dimensions.map { $0.size ?? -1 }
    guard sizes.count(where: { $0 == -1 }) <= 1 else { throw .shapeUnknown(at: layer.span) }
    let mask = try builder.emit(.reshape, [isOther], ["shape": .ints(sizes + [1])], at: layer)
    return try builder.emit(.where, [mask, rows, builder.number(0, at: layer)], at: layer)
  }
}

extension TensorFunction {
  /// Numbers as they choose rows: real ones that are not whole choose none. `rowChoices` knows this form.
  mutating func rowNumbers(_ numbers: ValueID, span: Span) throws(ShapeError) -> ValueID {
    if type(numbers).element == .i32 { return numbers }
    let isWhole = try emit(.eq, [numbers, try emit(.floor, [numbers], span: span)], span: span)
    let chosen = try emit(.where, [isWhole, numbers, try constant(-1, span: span)], span: span)
    return try emit(.cast, [chosen], ["element": .string("i32")], span: span)
  }
}
