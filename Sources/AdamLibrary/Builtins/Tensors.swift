// Making and reshaping tensors.
import AdamIR
import AdamRuntime
import AdamSource

package enum TensorBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [
    .init("tensor", tensor),
    .init("zeros", zeros),
    .init("ones", ones),
    .init("full", full),
    .init("arange", arange),
    .init("linspace", linspace),
    .init("shape", shape),
    .init("reshape", reshape),
    .init("transpose", transpose),
    .init("column", column),
    .init("where", choose),
  ]

  private static let sizes = ParameterDefinition(
    "sizes", .any, "sizes one by one, or one list", isVariadic: true)

  static let tensor = BuiltinDefinition(
    name: "tensor", group: "tensor", summary: "An f32 tensor of nested lists of numbers.",
    signature: Signature([ParameterDefinition("x", .tensorLike, "numbers")]),
    example: "print tensor([1, 2]) * 2  # prints: [2, 4]",
    page: Page(shape: "nested lists → their shape", source: "torch.tensor", see: ["zeros", "ones", "full"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      switch try operand(context, arguments) {
      case .tensor(let tensor): .tensor(tensor)
      case .traced(let traced): .traced(traced)
      }
    })

  private static func filled(
    _ name: String, _ summary: String, _ value: Float, _ example: String
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "tensor", summary: summary, signature: Signature([sizes]),
      example: example, page: Page(shape: "→ [sizes]", source: "torch.\(name)", see: ["full", "tensor", "eye"]),
      check: { context, arguments in
        let result = arguments.sizedTensor(context)
        return context.isTracing ? result.filled(value) : result
      },
      run: { context, arguments throws(Diagnostic) in
        let tensor = try newTensor(.f32, try arguments.sizes(), at: arguments.span)
        if value != 0 { try tensor.fill(value, context.session, at: arguments.span) }
        return .tensor(tensor)
      })
  }

  static let zeros = filled("zeros", "A tensor of zeros.", 0, "print zeros(2)  # prints: [0, 0]")
  static let ones = filled("ones", "A tensor of ones.", 1, "print ones(2)  # prints: [1, 1]")

  static let full = BuiltinDefinition(
    name: "full", group: "tensor", summary: "A tensor of one number.",
    signature: Signature([
      ParameterDefinition("shape", .oneOf([.list, .integer]), "sizes"),
      ParameterDefinition("value", .number, "the number"),
    ]),
    example: "print full([2], 7)  # prints: [7, 7]",
    page: Page(shape: "→ [sizes]", source: "torch.full", see: ["zeros", "ones"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let shape = BoundArguments<Value>(
        names: [], entries: [],
        variadic: [(value: arguments["shape"] ?? .none, span: arguments.place(of: "shape"))],
        span: arguments.span)
      let tensor = try newTensor(.f32, try shape.sizes(), at: arguments.span)
      let value = Float(arguments.number("value") ?? 0).flushed
      try tensor.fill(value, context.session, at: arguments.span)
      return .tensor(tensor)
    })

  /// No more elements than this from one call of `arange`, `linspace`: 400 MB.
  private static let most = 100_000_000.0

  static let arange = BuiltinDefinition(
    name: "arange", group: "tensor", summary: "Numbers from start to before end, in steps.",
    signature: Signature([
      ParameterDefinition("start", .number, "first number, or the end when alone"),
      ParameterDefinition("end", .number, "first number left out", default: Constant.none),
      ParameterDefinition("step", .number, "distance, not 0", default: .number(1)),
    ]),
    example: "print arange(3)  # prints: [0, 1, 2]",
    page: Page(shape: "→ [ceil((end - start) / step)]", source: "torch.arange", see: ["linspace", "range"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let first = arguments.number("start") ?? 0
      let lower = arguments.number("end") == nil ? 0 : first
      let upper = arguments.number("end") ?? first
      let step = arguments.number("step") ?? 1
      guard step != 0, step.isFinite else {
        throw Diagnostic(.outOfRange, "`step` of `arange` must not be 0", at: arguments.place(of: "step"))
      }
      let count = max(0, ((upper - lower) / step).rounded(.up))
      guard count <= most, let n = Int(exactly: count) else {
        throw ValueError.conversion("\(messageText(count)) numbers are too many", at: arguments.span)
      }
      return try row(n, context.session, at: arguments.span) { Float(lower + Double($0) * step) }
    })

  static let linspace = BuiltinDefinition(
    name: "linspace", group: "tensor", summary: "Numbers at equal distances, both ends included.",
    signature: Signature([
      ParameterDefinition("start", .number, "first number"),
      ParameterDefinition("end", .number, "last number"),
      ParameterDefinition("count", .integer, "how many", range: NumberRange(from: 1, to: most)),
    ]),
    example: "print linspace(0, 1, 3)  # prints: [0, 0.5, 1]",
    page: Page(shape: "→ [count]", source: "torch.linspace", see: ["arange"]),
    isPure: true,
    check: { _, arguments in .tensor(TensorType(.f32, Shape([arguments.dimension("count")]))) },
    run: { context, arguments throws(Diagnostic) in
      let lower = Float(arguments.number("start") ?? 0)
      let upper = Float(arguments.number("end") ?? 0)
      let count = arguments.whole("count", default: 1)
      let step = (upper - lower) / Float(max(count - 1, 1))
      // As torch: the second half counts from the end.
      return try row(count, context.session, at: arguments.span) { i in
        i < (count + 1) / 2 || count == 1
          ? lower.addingProduct(step, Float(i)) : upper.addingProduct(-step, Float(count - i - 1))
      }
    })

  private static func row(
    _ count: Int, _ session: SessionState, at span: Span, _ element: (Int) -> Float
  ) throws(Diagnostic) -> Value {
    let tensor = try newTensor(.f32, [count], at: span)
    try inPieces(count, session, at: span) { piece in tensor.write(floats: piece.map(element), at: piece.lowerBound) }
    return .tensor(tensor)
  }

  private static let x = ParameterDefinition("x", .tensorLike, "tensor or list")

  static let shape = BuiltinDefinition(
    name: "shape", group: "tensor", summary: "The sizes of a tensor as a list.",
    signature: Signature([x]), example: "print shape([[1, 2]])  # prints: [1, 2]",
    page: Page(shape: "[a, b] → the list [a, b]", source: "Tensor.shape of torch", see: ["reshape", "len"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let x = try operand(context, arguments)
      return .list(ListBox(try x.sizes(at: arguments.span).map { .number(Double($0)) }))
    })

  static let reshape = BuiltinDefinition(
    name: "reshape", group: "tensor",
    summary: "The same elements under other sizes; one size may be -1.",
    signature: Signature([x, ParameterDefinition("sizes", .any, "new sizes", isVariadic: true)]),
    example: "print reshape([1, 2, 3, 4], 2, 2)  # prints: [[1, 2], [3, 4]]",
    page: Page(
      shape: "[..] → [sizes], equally many elements", source: "torch.reshape",
      see: ["flatten", "squeeze", "permute", "shape"]), isPure: true,
    check: { context, arguments in ReshapeTypes(context, arguments)?.result() ?? .unknown },
    run: { context, arguments throws(Diagnostic) in
      if let sizes = sizesOfRow(arguments) {
        return .layer(try LayerDefinition.reshaping(sizes, at: arguments.span))
      }
      let x = try operand(context, arguments)
      return .of(try x.reshaped(to: try wholeSizes(arguments), at: arguments.span))
    })

  /// `x` as what ops take.
  private static func operand(
    _ context: any ExecutionContext, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Operand {
    try TensorArithmetic(context.session).operand(arguments["x"] ?? .none, at: arguments.place(of: "x"))
  }

  /// The sizes one by one or as one list, -1 for one that is left open.
  private static func sizeNumbers(_ arguments: BoundArguments<Value>) throws(Diagnostic) -> [Double] {
    var given = arguments.variadic
    if given.count == 1, let list = given[0].value.elements { given = list.map { ($0, given[0].span) } }
    var numbers: [Double] = []
    for (value, span) in given {
      if case .traced(let traced) = value {
        // In the checker a tensor of which only the type is known: it may have its number in the run.
        if traced.tracer.opaques.contains(traced.value) { throw .shapeUnknown(at: span) }
        throw .tracedNumbers("a size is taken from a tensor", at: span, help: "`x.shape` has the sizes of a tensor")
      }
      guard let number = value.isOpenSize ? -1 : value.exactNumber else { throw .noSize(value.foundText, at: span) }
      numbers.append(number)
    }
    return numbers
  }

  /// All arguments when the first is a number or `_`, 0 for what is none.
  private static func sizesOfRow(_ arguments: BoundArguments<Value>) -> [Double]? {
    guard let first = arguments["x"] else { return nil }
    if case .number = first {} else if !first.isOpenSize { return nil }
    return ([first] + arguments.variadic.map(\.value)).map { $0.exactNumber ?? 0 }
  }

  /// The sizes as the op takes them.
  private static func wholeSizes(_ arguments: BoundArguments<Value>) throws(Diagnostic) -> [Int] {
    let numbers = try sizeNumbers(arguments)
    let sizes = numbers.compactMap { Int(exactly: $0) }
    guard sizes.count == numbers.count, sizes.allSatisfy({ $0 >= -1 }), sizes.count(where: { $0 == -1 }) <= 1 else {
      throw .wrongSizes(at: arguments.span)
    }
    return sizes
  }

  static let transpose = BuiltinDefinition(
    name: "transpose", group: "tensor", summary: "Exchanges two axes, the last two unless given.",
    signature: Signature([
      x, ParameterDefinition("dim0", .integer, "one axis", default: .number(-2)),
      ParameterDefinition("dim1", .integer, "the other", default: .number(-1)),
    ]), example: "print transpose([[1, 2]])  # prints: [[1], [2]]",
    page: Page(shape: "[.., a, b] → [.., b, a]", source: "torch.transpose", see: ["permute", "reshape"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let x = try operand(context, arguments)
      let rank = x.shape.rank
      guard rank >= 2 else {
        throw Diagnostic(
          .runShapes, "`transpose` needs 2 axes, found \(x.shape.text)", at: arguments.span)
      }
      var axes = Array(0..<rank)
      let pair = ["dim0", "dim1"].map { (name: $0, axis: arguments.whole($0)) }
      if let wrong = pair.first(where: { $0.axis < -rank || $0.axis >= rank }) {
        throw Diagnostic(
          .outOfRange, "axis \(wrong.axis) does not exist: the tensor has \(rank) axes",
          at: arguments.place(of: wrong.name))
      }
      axes.swapAt((pair[0].axis + rank) % rank, (pair[1].axis + rank) % rank)
      return .of(
        try TensorArithmetic(context.session).apply(
          .transpose, [x], ["permutation": .ints(axes)].attributes, at: arguments.span))
    })

  static let column = BuiltinDefinition(
    name: "column", group: "tensor", summary: "A tensor [n] as a column [n, 1].",
    signature: Signature([x]), example: "print column([1, 2])  # prints: [[1], [2]]",
    page: Page(shape: "[n] → [n, 1]", source: "Tensor.unsqueeze(1) of torch", see: ["reshape", "unsqueeze"]),
    isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let x = try operand(context, arguments)
      return .of(try x.reshaped(to: try x.openSizes(at: arguments.span) + [1], at: arguments.span))
    })

  static let choose = BuiltinDefinition(
    name: "where", group: "tensor", summary: "a where the condition holds, else b, by element.",
    signature: Signature([
      ParameterDefinition("condition", .oneOf([.tensor, .bool]), "bool tensor; true or false chooses all of one"),
      ParameterDefinition("a", .tensorLike, "taken where true"),
      ParameterDefinition("b", .tensorLike, "taken where false"),
    ]),
    example: "x = tensor([-1, 2])\nprint where(x > 0, x, 0)  # prints: [0, 2]",
    page: Page(shape: "[..], [..], [..] → the shape that all stretch to", see: ["if", "clamp", "max"]), isPure: true,
    run: { context, arguments throws(Diagnostic) in
      let tensors = TensorArithmetic(context.session)
      let place = arguments.place(of: "condition")
      let condition = try condition(arguments["condition"] ?? .none, tensors, at: place)
      guard condition.type.element == .bool else {
        throw ValueError.conversion(
          "`where` needs a tensor of true and false", at: arguments.place(of: "condition"))
      }
      let a = try tensors.real(arguments["a"] ?? .none, at: arguments.place(of: "a"))
      let b = try tensors.real(arguments["b"] ?? .none, at: arguments.place(of: "b"))
      return .of(try tensors.apply(.where, [condition, a, b], at: arguments.span))
    })

  /// A comparison of single numbers is a bool where there are numbers, and a tensor of no axes in a trace.
  private static func condition(
    _ value: Value, _ tensors: TensorArithmetic, at place: Span
  ) throws(Diagnostic) -> Operand {
    guard case .bool(let flag) = value else { return try tensors.operand(value, at: place) }
    do throws(AllocationError) { return .tensor(try Tensor([], integers: [flag ? 1 : 0], element: .bool)) } catch {
      throw ValueError.memory(error, at: place)
    }
  }
}

extension AbstractValue {
  /// The tensor itself where it is small: in a loss it is known then that neither prediction nor target went
  /// into it.
  fileprivate func filled(_ value: Float) -> AbstractValue {
    guard case .tensor(let type) = self, let sizes = type.shape.sizes, let count = type.shape.elementCount,
      count <= 4096, let tensor = try? Tensor(sizes, floats: Array(repeating: value, count: count))
    else { return self }
    return .known(.tensor(tensor))
  }
}

extension Tensor {
  /// Every element of an f32 tensor becomes `value`.
  func fill(_ value: Float) {
    guard element == .f32 else { return }
    pointer.assumingMemoryBound(to: Float.self).update(repeating: value, count: elementCount)
  }

  /// As above for what may be huge; throws when it is interrupted.
  func fill(_ value: Float, _ session: SessionState, at span: Span) throws(Diagnostic) {
    guard element == .f32 else { return }
    let values = pointer.assumingMemoryBound(to: Float.self)
    try inPieces(elementCount, session, at: span) { piece in
      (values + piece.lowerBound).update(repeating: value, count: piece.count)
    }
  }
}
