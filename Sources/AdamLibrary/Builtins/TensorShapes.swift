// Joining, rearranging and summarising tensors: compositions of ops, so they trace and differentiate.
import AdamIR
import AdamRuntime
import AdamSource

enum ShapeBuiltins {
  static let all: [Listed<BuiltinDefinition>] = [
    .init("concat", concat),
    .init("stack", stack),
    .init("permute", permute),
    .init("squeeze", squeeze),
    .init("unsqueeze", unsqueeze),
    .init("eye", eye),
    .init("clamp", clamp),
    .init("var", variance),
    .init("std", std),
    .init("norm", NormBuiltin.builtin),
    .init("one_hot", OneHotBuiltin.builtin),
    .init("topk", topk),
  ]

  private static let x = ParameterDefinition("x", .tensorLike, "tensor or list")

  /// `axis` as 0 ..< rank.
  private static func axis(
    _ name: String, _ arguments: BoundArguments<Value>, rank: Int, isNew: Bool = false
  ) throws(Diagnostic) -> Int {
    try axisPlace(arguments.whole(name), rank: rank, isNew: isNew, at: arguments.place(of: name))
  }

  private static func axisParameter(_ standard: Double?) -> ParameterDefinition {
    ParameterDefinition(
      "axis", .integer, "axis, counted from the end when negative", default: standard.map { .number($0) },
      isKeywordOnly: true)
  }

  /// Several tensors, or one list of them.
  private static func operands(
    _ context: any ExecutionContext, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> [Operand] {
    var values = arguments.variadic.map(\.value)
    if values.count == 1, let elements = values[0].elements { values = elements }
    guard !values.isEmpty else {
      throw Diagnostic(.missingArgument, "there is nothing to join", at: arguments.span)
    }
    let tensors = TensorArithmetic(context.session)
    var result: [Operand] = []
    for value in values { result.append(try tensors.real(value, at: arguments.span)) }
    return result
  }

  private static func joined(
    _ context: any ExecutionContext, _ operands: [Operand], axis: Int, at span: Span
  ) throws(Diagnostic) -> Operand {
    try TensorArithmetic(context.session).apply(
      .concat, operands, ["axis": .int(axis)].attributes, at: span)
  }

  static let concat = BuiltinDefinition(
    name: "concat", group: "tensor", summary: "Tensors one after the other along an axis (torch.cat).",
    signature: Signature([
      ParameterDefinition("xs", .any, "tensors, or one list of them", isVariadic: true), axisParameter(0),
    ]),
    example: "print concat([1, 2], [3])  # prints: [1, 2, 3]",
    page: Page(shape: "[a, ..], [b, ..] → [a + b, ..]", source: "torch.cat", see: ["stack", "parallel"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let parts = try operands(context, arguments)
      let axis = try axis("axis", arguments, rank: parts[0].shape.rank)
      return .of(try joined(context, parts, axis: axis, at: arguments.span))
    })

  static let stack = BuiltinDefinition(
    name: "stack", group: "tensor", summary: "Tensors of one shape side by side along a new axis.",
    signature: Signature([
      ParameterDefinition("xs", .any, "tensors, or one list of them", isVariadic: true), axisParameter(0),
    ]),
    example: "print stack([1, 2], [3, 4])  # prints: [[1, 2], [3, 4]]",
    page: Page(shape: "n of [..] → [n, ..]", source: "torch.stack", see: ["concat", "unsqueeze"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let parts = try operands(context, arguments)
      let axis = try axis("axis", arguments, rank: parts[0].shape.rank, isNew: true)
      if let other = parts.first(where: { $0.shape != parts[0].shape }) {
        throw Diagnostic(
          .shapesDisagree, "`stack` needs tensors of one shape, found \(parts[0].shape.text) and \(other.shape.text)",
          at: arguments.span)
      }
      var columns: [Operand] = []
      for part in parts {
        var sizes = try part.openSizes(at: arguments.span)
        sizes.insert(1, at: axis)
        columns.append(try part.reshaped(to: sizes, at: arguments.span))
      }
      return .of(try joined(context, columns, axis: axis, at: arguments.span))
    })

  static let permute = BuiltinDefinition(
    name: "permute", group: "tensor", summary: "The axes in another order.",
    signature: Signature([x, ParameterDefinition("axes", .any, "the old axes in their new order", isVariadic: true)]),
    example: "print permute([[1, 2]], 1, 0)  # prints: [[1], [2]]",
    page: Page(shape: "[a, b, c] by 2, 0, 1 → [c, a, b]", source: "torch.permute", see: ["transpose", "reshape"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let tensors = TensorArithmetic(context.session)
      let x = try tensors.operand(arguments["x"] ?? .none, at: arguments.place(of: "x"))
      let axes = try order(of: x.shape.rank, arguments)
      return .of(
        try tensors.apply(.transpose, [x], ["permutation": .ints(axes)].attributes, at: arguments.span))
    })

  /// The axes given one by one or as one list, each once; negative ones count from the end.
  private static func order(of rank: Int, _ arguments: BoundArguments<Value>) throws(Diagnostic) -> [Int] {
    var given = arguments.variadic
    if given.count == 1, let elements = given[0].value.elements {
      given = elements.map { (value: $0, span: given[0].span) }
    }
    var axes: [Int] = []
    for (value, span) in given {
      guard let x = value.exactNumber, let axis = Int(exactly: x) else {
        throw Diagnostic(.wrongKind, "an axis is a whole number, found \(value.foundText)", at: span)
      }
      let place = try axisPlace(axis, rank: rank, at: span)
      if axes.contains(place) { throw Diagnostic(.outOfRange, "axis \(axis) stands twice", at: span) }
      axes.append(place)
    }
    guard axes.count == rank else {
      throw Diagnostic(
        .outOfRange, "`permute` needs each of the \(rank) axes once, found \(axes.count)", at: arguments.span)
    }
    return axes
  }

  private static func reshaping(
    _ name: String, _ summary: String, _ standard: Double?, _ example: String,
    _ change: @escaping @Sendable ([Int], BoundArguments<Value>) throws(Diagnostic) -> [Int]
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "tensor", summary: summary,
      signature: Signature([
        x,
        ParameterDefinition(
          "axis", .integer, "axis, counted from the end when negative",
          default: standard.map { .number($0) } ?? (name == "squeeze" ? .some(.none) : nil)),
      ]),
      example: example,
      page: Page(
        shape: name == "squeeze" ? "[n, 1] → [n]" : "[n] → [1, n]", source: "torch.\(name)",
        see: [name == "squeeze" ? "unsqueeze" : "squeeze", "reshape"]), isPure: true,
      run: { context, arguments throws(Diagnostic) in
        let x = try TensorArithmetic(context.session).operand(
          arguments["x"] ?? .none, at: arguments.place(of: "x"))
        let sizes = try change(try x.openSizes(at: arguments.span), arguments)
        return .of(try x.reshaped(to: sizes, at: arguments.span))
      })
  }

  static let squeeze = reshaping(
    "squeeze", "Without an axis of size 1, or without all of them.", nil,
    "print squeeze([[1, 2]])  # prints: [1, 2]"
  ) { sizes, arguments throws(Diagnostic) in
    guard arguments.isGiven("axis") else { return sizes.filter { $0 != 1 } }
    let axis = try axis("axis", arguments, rank: sizes.count)
    return sizes.enumerated().filter { $0.offset != axis || $0.element != 1 }.map(\.element)
  }

  static let unsqueeze = reshaping(
    "unsqueeze", "With a new axis of size 1.", nil, "print unsqueeze([1, 2], 1)  # prints: [[1], [2]]"
  ) { sizes, arguments throws(Diagnostic) in
    let axis = try axis("axis", arguments, rank: sizes.count, isNew: true)
    return Array(sizes[..<axis]) + [1] + Array(sizes[axis...])
  }

  static let eye = BuiltinDefinition(
    name: "eye", group: "tensor", summary: "The identity matrix.",
    signature: Signature([
      ParameterDefinition("n", .integer, "rows", range: NumberRange(from: 0, to: 30_000)),
      ParameterDefinition(
        "m", .integer, "columns; as many as rows without", range: NumberRange(from: 0, to: 30_000),
        default: .some(.none)),
    ]),
    example: "print eye(2)  # prints: [[1, 0], [0, 1]]",
    page: Page(shape: "→ [n, n]", source: "torch.eye", see: ["zeros", "ones", "full"]),
    check: { _, arguments in
      let rows = arguments.int("n").map { Dimension($0) } ?? .unknown
      let columns = arguments.isGiven("m") ? arguments.int("m").map { Dimension($0) } ?? .unknown : rows
      return .tensor(TensorType(.f32, Shape([rows, columns])))
    },
    run: { _, arguments throws(Diagnostic) in
      let n = arguments.whole("n")
      do throws(AllocationError) {
        let columns = arguments.int("m") ?? n
        let tensor = try Tensor(.f32, [n, columns])
        for row in 0..<min(n, columns) { tensor.write(floats: [1], at: row * columns + row) }
        return .tensor(tensor)
      } catch {
        throw ValueError.memory(error, at: arguments.span)
      }
    })

  static let clamp = BuiltinDefinition(
    name: "clamp", group: "math", summary: "Every element at least min and at most max.",
    signature: Signature([
      x, ParameterDefinition("min", .number, "lower bound", default: .some(.none)),
      ParameterDefinition("max", .number, "upper bound", default: .some(.none)),
    ]),
    example: "print clamp([-1, 0.5, 3], 0, 1)  # prints: [0, 0.5, 1]",
    page: Page(
      shape: "[..] → [..]", formula: "min(max(x, lower), upper)", source: "torch.clamp",
      see: ["min", "max", "where"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let tensors = TensorArithmetic(context.session)
      var result = try tensors.real(arguments["x"] ?? .none, at: arguments.place(of: "x"))
      // What lies on a bound keeps its gradient, as in torch.
      for (name, beyond) in [("min", OpDefinition.lt), ("max", .gt)] {
        guard let bound = arguments.number(name) else { continue }
        let number = Operand.tensor(try tensors.scalar(bound, at: arguments.span))
        let outside = try tensors.apply(beyond, [result, number], at: arguments.span)
        result = try tensors.apply(.where, [outside, number, result], at: arguments.span)
      }
      if case .number? = arguments["x"], case .tensor(let tensor) = result, let x = tensor.number(at: 0) {
        return .number(x)
      }
      return .of(result)
    })

  // MARK: Summaries

  /// Squared distances from the mean, added and divided by n − correction (torch.var).
  private static func spread(
    _ context: any ExecutionContext, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Operand {
    let tensors = TensorArithmetic(context.session)
    let span = arguments.span
    let x = try tensors.real(arguments["x"] ?? .none, at: arguments.place(of: "x"))
    let axes = try ReductionBuiltins.attributes(arguments, rank: x.shape.rank)
    let kept: Attributes = ["axes": .ints(axes), "keepdims": .bool(true)].attributes
    let distance = try tensors.apply(
      .sub, [x, try tensors.apply(.mean, [x], kept, at: span)], at: span)
    let keepdims = arguments.bool("keepdims") ?? false
    let sum = try tensors.apply(
      .sum, [try tensors.apply(.mul, [distance, distance], at: span)],
      ["axes": .ints(axes), "keepdims": .bool(keepdims)].attributes, at: span)
    let sizes = try x.sizes(at: span)
    let correction = arguments.number("correction") ?? 1
    let count = axes.reduce(1.0) { $0 * Double(sizes[$1]) } - correction
    // Tensors follow IEEE, as in torch; the numbers of a list must give a number.
    if count <= 0, arguments["x"]?.isTensorValue == false {
      throw ValueError.conversion(
        "the spread needs more than \(messageText(correction)) number\(correction == 1 ? "" : "s"), "
          + "found \(messageText(count + correction))",
        at: arguments.place(of: "x"))
    }
    return try tensors.apply(.div, [sum, .tensor(try tensors.scalar(max(count, 0), at: span))], at: span)
  }

  private static let spreadSignature = Signature(
    [x] + ReductionBuiltins.axisParameters
      + [
        ParameterDefinition(
          "correction", .number, "what is taken off the count: 1 as in torch, 0 as in numpy",
          range: NumberRange(from: 0), default: .number(1), isKeywordOnly: true)
      ])

  static let variance = BuiltinDefinition(
    name: "var", group: "math", summary: "Variance of all elements or along an axis (torch.var).",
    signature: spreadSignature, example: "print var([1, 2, 3])  # prints: 1",
    page: Page(
      shape: "[..] → a number, or [..] without the axis", formula: "Σ(x - mean)² / (n - correction)",
      source: "torch.var", see: ["std", "mean"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in .of(try spread(context, arguments)) })

  static let std = BuiltinDefinition(
    name: "std", group: "math", summary: "Standard deviation of all elements or along an axis (torch.std).",
    signature: spreadSignature, example: "print std([1, 3])  # prints: 1.4142135",
    page: Page(
      shape: "[..] → a number, or [..] without the axis", formula: "√(Σ(x - mean)² / (n - correction))",
      source: "torch.std", see: ["var", "mean"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      .of(
        try TensorArithmetic(context.session).apply(
          .sqrt, [try spread(context, arguments)], at: arguments.span))
    })

  // MARK: Numbers at hand

  static let topk = BuiltinDefinition(
    name: "topk", group: "tensor", summary: "The k largest elements of a vector and where they are.",
    signature: Signature([
      x, ParameterDefinition("k", .integer, "how many", range: NumberRange(from: 0)),
    ]),
    example: "print topk([3, 1, 2], 2).indices  # prints: [0, 2]",
    page: Page(
      "Gives `.values` and `.indices`; of equal elements the first comes first.", shape: "[n] → [k] and [k]",
      source: "torch.topk", see: ["sorted", "argmax", "max"]), isPure: true,
    run: { _, arguments throws(Diagnostic) in
      let tensor = try (arguments["x"] ?? .none).asTensor(at: arguments.place(of: "x"))
      let k = arguments.whole("k")
      guard tensor.sizes.count == 1, k <= tensor.elementCount else {
        throw Diagnostic(
          .outOfRange, "`topk` needs a vector of at least \(k) elements, found \(tensor.type.shape.text)",
          at: arguments.span)
      }
      let values = tensor.floats
      // The first of equal elements comes first; NaN counts as the largest, as in torch.
      let order = values.indices.sorted { a, b in
        let (x, y) = (values[a], values[b])
        if x.isNaN || y.isNaN { return x.isNaN && (!y.isNaN || a < b) }
        return x > y || (x == y && a < b)
      }.prefix(k)
      do throws(AllocationError) {
        return .record(
          RecordBox([
            .init("values", .tensor(try Tensor([k], floats: order.map { values[$0] }))),
            .init("indices", .tensor(try Tensor([k], integers: order.map { Int32(clamping: $0) }))),
          ]))
      } catch { throw ValueError.memory(error, at: arguments.span) }
    })
}
