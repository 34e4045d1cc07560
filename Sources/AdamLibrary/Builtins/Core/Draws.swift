// Random tensors from the session's generator, in torch's order and form.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

extension BuiltinDefinition {
  static let rand = draw("rand", "Numbers between 0 and 1, drawn evenly.", "seed 0\nprint rand(2).shape  # prints: [2]") {
    $0.fillUniform($1)
  }
  static let randn = draw("randn", "Numbers drawn from the normal distribution.", "seed 0\nprint randn(2, 3).shape  # prints: [2, 3]") {
    $0.fillNormal($1)
  }

  static let randint = BuiltinDefinition(
    name: "randint", group: "random", summary: "Whole numbers from `low` up to `high`, which is left out.",
    signature: Signature([
      ParameterDefinition("low", .integer, "the smallest", range: bounds),
      ParameterDefinition("high", .integer, "the first that is left out", range: bounds),
      ParameterDefinition("shape", .list, "the sizes", default: .some(.none)),
    ]),
    example: "seed 0\nprint randint(0, 10, [3]).shape  # prints: [3]",
    run: { context, arguments throws(Diagnostic) in
      let (low, high) = (arguments.int("low") ?? 0, arguments.int("high") ?? 0)
      guard low < high else {
        throw Diagnostic(.outOfRange, "`high` must be above `low`, found \(low) and \(high)", at: arguments.span)
      }
      let shape = arguments["shape"].map { [(value: $0, span: arguments.place(of: "shape"))] } ?? []
      let sizes = try sizes(shape, at: arguments.span)
      let count = Shape(sizes: sizes).elementCount ?? 0
      let values = (0..<count).map { _ in
        Int32(clamping: context.session.generator.nextInteger(low: low, high: high))
      }
      return try integers(sizes, values, at: arguments.span)
    })

  static let randperm = BuiltinDefinition(
    name: "randperm", group: "random", summary: "The numbers from 0 to n-1 in random order.",
    signature: Signature([ParameterDefinition("n", .integer, "how many", range: NumberRange(from: 0, to: 100_000_000))]),
    example: "seed 0\nprint randperm(4).shape  # prints: [4]",
    check: { _, arguments in .tensor(TensorType(.i32, Shape([arguments.dimension("n")]))) },
    run: { context, arguments throws(Diagnostic) in
      let order = context.session.generator.permutation(arguments.int("n") ?? 0)
      return try integers([order.count], order.map { Int32(clamping: $0) }, at: arguments.span)
    })

  private static let bounds = NumberRange(from: -2_147_483_648, to: 2_147_483_647)

  private static func draw(
    _ name: String, _ summary: String, _ example: String,
    _ fill: @escaping @Sendable (inout Generator, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "random", summary: summary,
      signature: Signature([ParameterDefinition("sizes", .any, "the sizes, or one list of them", isVariadic: true)]),
      example: example, check: { _, arguments in shape(arguments) },
      run: { context, arguments throws(Diagnostic) in
        let sizes = try sizes(arguments.variadic, at: arguments.span)
        do throws(AllocationError) {
          let tensor = try Tensor(.f32, sizes)
          if let storage = tensor.floatStorage { fill(&context.session.generator, storage) }
          return .tensor(tensor)
        } catch {
          throw .outOfMemory(error, at: arguments.span)
        }
      })
  }

  private static func integers(
    _ sizes: [Int], _ values: [Int32], at span: Span
  ) throws(Diagnostic) -> Value {
    do throws(AllocationError) {
      return .tensor(try Tensor(sizes, integers: values))
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }
}
