// reshape(2, 3) without a tensor: each row under other sizes, torch's `nn.Unflatten`.
import AdamIR
import AdamSource

extension LayerDefinition {
  /// The batch stays; the numbers of a row are the same.
  static let reshape = LayerDefinition(
    name: "reshape", summary: "The numbers of each row under other sizes.",
    shapeRule: "x [n, ..] -> [n, sizes]",
    signature: Signature([ParameterDefinition("sizes", .list, "sizes of a row")]),
    example: "model = seq(linear(2, 6), reshape(2, 3))\nprint model([[1, 2]]).shape  # prints: [1, 2, 3]",
    forward: { builder, layer, input throws(Diagnostic) in
      let batch = builder.function.type(input).shape.dimensions.first?.size ?? -1
      let sizes = (layer.settings["sizes"]?.exactNumbers ?? []).compactMap { Int(exactly: $0) }
      let row = Shape(Array(builder.function.type(input).shape.dimensions.dropFirst()))
      if let count = row.elementCount, count != Shape(sizes: sizes).elementCount {
        throw .rowsDoNotFit(row, sizes, at: layer.span)
      }
      return try builder.emit(.reshape, [input], ["shape": .ints([batch] + sizes)], at: layer)
    })

  /// The layer of these sizes.
  static func reshaping(_ sizes: [Double], at span: Span) throws(Diagnostic) -> Layer {
    guard sizes.allSatisfy({ $0.isWholeNumber && $0 >= 1 }) else {
      throw Diagnostic(.outOfRange, "the sizes of a row must be whole numbers from 1 on", at: span)
    }
    let list = AbstractValue.known(.list(ListBox(sizes.map { .number($0) })))
    let settings = BoundArguments<AbstractValue>(
      names: ["sizes"], entries: [.init(value: list, span: span, isGiven: true)], variadic: [], span: span)
    return reshape.makeLayer(settings, children: [])
  }
}

extension Diagnostic {
  /// E0304.
  fileprivate static func rowsDoNotFit(_ row: Shape, _ sizes: [Int], at span: Span) -> Diagnostic {
    let wanted = Shape(sizes: sizes)
    let reason = wanted.elementCount.map { ": \(row.elementCount ?? 0) elements are not \($0)" } ?? ""
    return Diagnostic(
      .shapesDisagree, "cannot make rows \(wanted.text) of rows \(row.text)\(reason)", at: span)
  }
}
