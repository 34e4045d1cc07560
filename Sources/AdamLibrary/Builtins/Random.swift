// Draws from the session's generator, in torch's order and form.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

package enum RandomBuiltins {
  package static let all: [BuiltinDefinition] = [rand, randn, randint, randperm]

  private static let sizes = ParameterDefinition(
    "sizes", .any, "sizes one by one, or one list; none for a number", isVariadic: true)

  private static func filled(
    _ name: String, _ summary: String, _ example: String,
    _ fill: @escaping @Sendable (inout Generator, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "random", summary: summary, signature: Signature([sizes]), example: example,
      page: Page(shape: "→ [sizes], or a number", source: "torch.\(name)", see: ["randint", "randperm", "seed"]),
      check: { _, arguments in arguments.knownShape.map { .tensor(TensorType(.f32, $0)) } ?? .unknown },
      run: { context, arguments throws(Diagnostic) in
        try context.session.mayDraw(at: arguments.span)
        let tensor = try newTensor(.f32, try arguments.sizes(), at: arguments.span)
        let buffer = UnsafeMutableBufferPointer(
          start: tensor.pointer.assumingMemoryBound(to: Float.self), count: tensor.elementCount)
        fill(&context.session.generator, buffer)
        tensor.flushSubnormals()
        return .tensor(tensor)
      })
  }

  static let rand = filled(
    "rand", "Uniform numbers from 0 to below 1.", "seed 0\nprint rand(2)  # prints: [0.4962566, 0.7682218]"
  ) { generator, buffer in generator.fillUniform(buffer) }

  static let randn = filled(
    "randn", "Normal numbers, mean 0, deviation 1.", "seed 0\nprint randn(1)  # prints: [1.5409961]"
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
    run: { context, arguments throws(Diagnostic) in
      try context.session.mayDraw(at: arguments.span)
      let low = arguments.whole("low")
      let high = arguments.whole("high")
      guard low < high, low >= -2_147_483_648, high <= 2_147_483_648 else {
        throw Diagnostic(
          .outOfRange, "`low` must be below `high`, both within 32 bits", at: arguments.span)
      }
      guard let shape = arguments["shape"] else {
        return .number(Double(context.session.generator.nextInteger(low: low, high: high)))
      }
      let sizes = BoundArguments<Value>(
        names: [], entries: [], variadic: [(value: shape, span: arguments.place(of: "shape"))],
        span: arguments.span)
      let tensor = try newTensor(.i32, try sizes.sizes(), at: arguments.span)
      for index in 0..<tensor.elementCount {
        let value = context.session.generator.nextInteger(low: low, high: high)
        tensor.write(integers: [Int32(clamping: value)], at: index)
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
    run: { context, arguments throws(Diagnostic) in
      try context.session.mayDraw(at: arguments.span)
      let order = context.session.generator.permutation(arguments.whole("n"))
      let tensor = try newTensor(.i32, [order.count], at: arguments.span)
      tensor.write(integers: order.map { Int32(clamping: $0) })
      return .tensor(tensor)
    })
}

extension SessionState {
  /// A compiled step is traced once and run often: what is drawn while tracing would be one number
  /// for all steps.
  fileprivate func mayDraw(at span: Span) throws(Diagnostic) {
    guard let tracer, tracer.function.name == "train_step" else { return }
    throw .notYet("drawing numbers in a compiled step", at: span)
  }
}
