// Draws from the session's generator, in torch's order and form.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

package enum RandomBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [
    .init("rand", rand),
    .init("randn", randn),
    .init("randint", randint),
    .init("randperm", randperm),
  ]

  private static let sizes = ParameterDefinition(
    "sizes", .any, "sizes one by one, or one list; none for a number", isVariadic: true)

  private static func filled(
    _ op: OpDefinition, _ summary: String, _ example: String,
    _ fill: @escaping @Sendable (inout Generator, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: op.name, group: "random", summary: summary, signature: Signature([sizes]), example: example,
      page: Page(shape: "→ [sizes], or a number", source: "torch.\(op.name)", see: ["randint", "randperm", "seed"]),
      check: { context, arguments in
        let result = arguments.sizedTensor(context)
        guard case .tensor(let type) = result, let sizes = type.shape.sizes else { return result }
        return context.session.checkedDraw(op, sizes, at: arguments.span) ?? result
      },
      run: { context, arguments throws(Diagnostic) in
        let sizes = try arguments.sizes()
        if let drawn = try context.session.draw(op, ["shape": .ints(sizes)], at: arguments.span) { return drawn }
        let tensor = try newTensor(.f32, sizes, at: arguments.span)
        let numbers = tensor.pointer.assumingMemoryBound(to: Float.self)
        try inPieces(tensor.elementCount, context.session, at: arguments.span) { piece in
          let buffer = UnsafeMutableBufferPointer(start: numbers + piece.lowerBound, count: piece.count)
          fill(&context.session.generator, buffer)
          for index in buffer.indices { buffer[index] = buffer[index].flushed }
        }
        return .tensor(tensor)
      })
  }

  static let rand = filled(
    .rand, "Uniform numbers from 0 to below 1.", "seed 0\nprint rand(2)  # prints: [0.4962566, 0.7682218]"
  ) { generator, buffer in generator.fillUniform(buffer) }

  static let randn = filled(
    .randn, "Normal numbers, mean 0, deviation 1.", "seed 0\nprint randn(1)  # prints: [1.5409961]"
  ) { generator, buffer in generator.fillNormal(buffer) }

  static let randint = BuiltinDefinition(
    name: "randint", group: "random", summary: "Whole numbers from low to below high.",
    signature: Signature([
      ParameterDefinition("low", .integer, "smallest number"),
      ParameterDefinition("high", .integer, "first number left out"),
      ParameterDefinition("shape", .oneOf([.list, .integer]), "sizes; a number without", default: Constant.none),
    ]),
    example: "seed 0\nprint randint(0, 10, [3])  # prints: [4, 9, 3]",
    page: Page(shape: "→ [shape], or a number", source: "torch.randint", see: ["rand", "randperm", "seed"]),
    check: { context, arguments in
      if let low = arguments.number("low"), let high = arguments.number("high"), low >= high {
        context.report(.emptyRange(at: arguments.span))
        return .unknown
      }
      guard let shape = arguments["shape"] else { return .number }
      let sizes = BoundArguments<AbstractValue>(
        names: [], entries: [], variadic: [(shape, arguments.place(of: "shape"))], span: arguments.span)
      return context.drawn(sizes.sizedTensor(context))
    },
    run: { context, arguments throws(Diagnostic) in
      let low = arguments.whole("low")
      let high = arguments.whole("high")
      guard low < high, low >= -2_147_483_648, high <= 2_147_483_648 else {
        throw .emptyRange(at: arguments.span)
      }
      guard let shape = arguments["shape"] else {
        if context.session.tracer != nil {
          throw .tracedNumbers("a number is drawn", at: arguments.span, help: "draw a tensor: `randint(0, 10, [1])`")
        }
        return .number(Double(context.session.generator.nextInteger(low: low, high: high)))
      }
      let sizes = BoundArguments<Value>(
        names: [], entries: [], variadic: [(value: shape, span: arguments.place(of: "shape"))],
        span: arguments.span)
      let attributes: KeyValuePairs<String, Attribute> = [
        "low": .int(low), "high": .int(high), "shape": .ints(try sizes.sizes()),
      ]
      if let drawn = try context.session.draw(.randint, attributes, at: arguments.span) { return drawn }
      let tensor = try newTensor(.i32, try sizes.sizes(), at: arguments.span)
      let places = tensor.pointer.assumingMemoryBound(to: Int32.self)
      try inPieces(tensor.elementCount, context.session, at: arguments.span) { piece in
        for index in piece {
          places[index] = Int32(clamping: context.session.generator.nextInteger(low: low, high: high))
        }
      }
      return .tensor(tensor)
    })

  static let randperm = BuiltinDefinition(
    name: "randperm", group: "random", summary: "The numbers from 0 to below n in random order.",
    signature: Signature([
      ParameterDefinition("n", .integer, "how many", range: NumberRange(from: 0, to: 100_000_000))
    ]),
    example: "seed 0\nprint randperm(4)  # prints: [0, 1, 3, 2]",
    page: Page(shape: "→ [n]", source: "torch.randperm", see: ["randint", "seed"]),
    check: { context, arguments in context.drawn(.tensor(TensorType(.i32, Shape([arguments.dimension("n")])))) },
    run: { context, arguments throws(Diagnostic) in
      let count: KeyValuePairs<String, Attribute> = ["n": .int(arguments.whole("n"))]
      if let drawn = try context.session.draw(.randperm, count, at: arguments.span) { return drawn }
      let order = context.session.generator.permutation(arguments.whole("n"))
      let tensor = try newTensor(.i32, [order.count], at: arguments.span)
      tensor.write(integers: order.map { Int32(clamping: $0) })
      return .tensor(tensor)
    })
}

extension CheckContext {
  /// Whole numbers that the run draws. In a trace they are an op of their own.
  fileprivate func drawn(_ type: AbstractValue) -> AbstractValue { isTracing ? .unknown : type }
}

extension Diagnostic {
  fileprivate static func emptyRange(at span: Span) -> Diagnostic {
    Diagnostic(.outOfRange, "`low` must be below `high`, both within 32 bits", at: span)
  }
}

extension SessionState {
  /// What is known of a draw in a function that is being traced; nil outside of one.
  fileprivate func checkedDraw(_ op: OpDefinition, _ sizes: [Int], at span: Span) -> AbstractValue? {
    do throws(Diagnostic) { return try draw(op, ["shape": .ints(sizes)], at: span).map { .abstract(of: $0) } } catch {
      return nil
    }
  }

  /// The draw as part of the function that is being traced, made each time it runs; nil outside of one.
  fileprivate func draw(
    _ op: OpDefinition, _ attributes: KeyValuePairs<String, Attribute>, at span: Span
  ) throws(Diagnostic) -> Value? {
    guard let tracer else { return nil }
    return .traced(try tracer.apply(op, [], Attributes(attributes), at: span))
  }
}
