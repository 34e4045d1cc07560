// one_hot: a one at each class. Of numbers at hand it is written at once; in a function that is compiled every
// label is held against all classes.
import AdamIR
import AdamRuntime
import AdamSource

enum OneHotBuiltin {
  static let builtin = BuiltinDefinition(
    name: "one_hot", group: "tensor", summary: "A row of zeros with a one at each class.",
    signature: Signature([
      ParameterDefinition("labels", .tensorLike, "class numbers"),
      ParameterDefinition(
        "classes", .integer, "number of classes; one more than the largest label without",
        range: NumberRange(from: 1, to: 1_000_000), default: .some(.none)),
    ]),
    example: "print one_hot([0, 2], 3)  # prints: [[1, 0, 0], [0, 0, 1]]",
    page: Page(
      "In a loss or a layer the number of classes is needed, and labels of the data that are no class are refused "
        + "before anything is computed. Labels that it computes itself and that are no class give NaN.",
      shape: "[..] → [.., classes]", source: "torch.nn.functional.one_hot", see: ["cross_entropy", "argmax"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let place = arguments.place(of: "labels")
      let tensors = TensorArithmetic(context.session)
      switch try tensors.operand(arguments["labels"] ?? .none, at: place) {
      case .tensor(let labels):
        return .tensor(try ones(at: labels, classes: arguments.int("classes"), label: place, at: arguments.span))
      case .traced(let labels):
        guard let classes = arguments.int("classes") else {
          throw .tracedNumbers(
            "the largest label is asked for", at: place, help: "say how many classes there are: `one_hot(y, 3)`")
        }
        return .of(try rows(labels, classes, tensors, at: arguments.span))
      }
    })

  private static func ones(
    at labels: Tensor, classes: Int?, label: Span, at span: Span
  ) throws(Diagnostic) -> Tensor {
    let known = 0..<(classes ?? 1 << 31)
    var rows: [Int] = []
    for number in labels.floats {
      guard let row = Int(exactly: number), known.contains(row) else {
        throw .badLabel(Double(number), classes: classes, at: label)
      }
      rows.append(row)
    }
    let classes = classes ?? (rows.max() ?? 0) + 1
    let tensor = try newTensor(.f32, labels.sizes + [classes], at: span)
    for (place, row) in rows.enumerated() { tensor.write(floats: [1], at: place * classes + row) }
    return tensor
  }

  /// Each label is looked up among the classes, as a row of an embedding is, and held against all of them. What is
  /// none gives NaN.
  private static func rows(
    _ labels: TracedTensor, _ classes: Int, _ tensors: TensorArithmetic, at span: Span
  ) throws(Diagnostic) -> Operand {
    let all = try newTensor(.f32, [classes], at: span)
    all.write(floats: (0..<classes).map { Float($0) }, at: 0)
    let places = Operand.traced(try places(labels, tensors, at: span))
    let found = try tensors.apply(.indexSelect, [.tensor(all), places], ["axis": .int(0)].attributes, at: span)
    let column = try found.reshaped(to: try found.openSizes(at: span) + [1], at: span)
    let isClass = try tensors.apply(.eq, [column, .tensor(all)], at: span)
    let one = Operand.tensor(try tensors.scalar(1, at: span))
    return try tensors.apply(.where, [isClass, one, try tensors.apply(.sub, [column, column], at: span)], at: span)
  }

  private static func places(
    _ labels: TracedTensor, _ tensors: TensorArithmetic, at span: Span
  ) throws(Diagnostic) -> TracedTensor {
    let isFlag = labels.type.element == .bool
    let numbers = isFlag ? try tensors.real(Operand.traced(labels), at: span) : .traced(labels)
    let tracer = labels.tracer
    let value = try tracer.value(of: numbers, at: span)
    do throws(ShapeError) { return TracedTensor(tracer, try tracer.function.rowNumbers(value, span: span)) } catch {
      throw ValueError.shapes(error, at: span)
    }
  }
}
