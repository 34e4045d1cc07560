// Tensors from sizes and numbers.
import AdamIR
import AdamRuntime
import AdamSource

extension BuiltinDefinition {
  static let tensor = BuiltinDefinition(
    name: "tensor", group: "tensor", summary: "A tensor of a list of numbers.",
    signature: Signature([ParameterDefinition("x", .tensorLike, "nested lists of one shape")]),
    example: "print tensor([[1, 2], [3, 4]]).shape  # prints: [2, 2]",
    check: { _, arguments in arguments["x"]?.tensorType.map { .tensor($0) } ?? .unknown },
    run: { _, arguments throws(Diagnostic) in
      .tensor(try required(arguments, "x").asTensor(at: arguments.place(of: "x")))
    })

  static let zeros = filled("zeros", "A tensor of zeros.", 0, "print zeros(2, 3).shape  # prints: [2, 3]")
  static let ones = filled("ones", "A tensor of ones.", 1, "print ones(2)  # prints: [1, 1]")

  static let full = BuiltinDefinition(
    name: "full", group: "tensor", summary: "A tensor of one number.",
    signature: Signature([
      ParameterDefinition("shape", .list, "the sizes"), ParameterDefinition("value", .number, "every element"),
    ]),
    example: "print full([2], 7)  # prints: [7, 7]",
    check: { _, arguments in arguments.ints("shape").map { .tensor(TensorType(.f32, Shape(sizes: $0))) } ?? .unknown },
    run: { _, arguments throws(Diagnostic) in
      let sizes = try sizes([(try required(arguments, "shape"), arguments.place(of: "shape"))], at: arguments.span)
      return try make(sizes, Float(arguments.number("value") ?? 0), at: arguments.span)
    })

  static let arange = BuiltinDefinition(
    name: "arange", group: "tensor", summary: "The numbers from 0, or from a start, up to an end that is left out.",
    signature: Signature([
      ParameterDefinition("start", .number, "the first number, or the end when it stands alone"),
      ParameterDefinition("end", .number, "the first number left out", default: .some(.none)),
      ParameterDefinition("step", .number, "the distance", default: .number(1)),
    ]),
    example: "print arange(4)  # prints: [0, 1, 2, 3]",
    run: { _, arguments throws(Diagnostic) in
      let first = arguments["end"] == nil ? 0 : arguments.number("start") ?? 0
      let end = arguments.number("end") ?? arguments.number("start") ?? 0
      let numbers = try steps(from: first, to: end, by: arguments.number("step") ?? 1, at: arguments.span)
      return try row(numbers, at: arguments.span)
    })

  static let linspace = BuiltinDefinition(
    name: "linspace", group: "tensor", summary: "Evenly spaced numbers, both ends included.",
    signature: Signature([
      ParameterDefinition("start", .number, "the first number"), ParameterDefinition("end", .number, "the last number"),
      ParameterDefinition("steps", .integer, "how many", range: NumberRange(from: 1, to: 100_000_000)),
    ]),
    example: "print linspace(0, 1, 5)  # prints: [0, 0.25, 0.5, 0.75, 1]",
    check: { _, arguments in .tensor(TensorType(.f32, Shape([arguments.dimension("steps")]))) },
    run: { _, arguments throws(Diagnostic) in
      let (a, b) = (arguments.number("start") ?? 0, arguments.number("end") ?? 0)
      let count = arguments.int("steps") ?? 1
      // In Double from both ends, so that the last number is exactly the end.
      let numbers = (0..<count).map { i -> Double in
        count == 1 ? a : (i == count - 1 ? b : a + (b - a) * Double(i) / Double(count - 1))
      }
      return try row(numbers, at: arguments.span)
    })

  private static func filled(
    _ name: String, _ summary: String, _ value: Float, _ example: String
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "tensor", summary: summary,
      signature: Signature([ParameterDefinition("sizes", .any, "the sizes, or one list of them", isVariadic: true)]),
      example: example, check: { _, arguments in shape(arguments) },
      run: { _, arguments throws(Diagnostic) in
        try make(try sizes(arguments.variadic, at: arguments.span), value, at: arguments.span)
      })
  }

  /// The type of a tensor made from sizes, as far as they are known.
  static func shape(_ arguments: BoundArguments<AbstractValue>) -> AbstractValue {
    var sizes: [Dimension] = []
    for (value, _) in arguments.variadic {
      if let numbers = value.exactNumbers {
        sizes += numbers.map { Int(exactly: $0).map { Dimension($0) } ?? .unknown }
      } else if case .known = value {
        sizes.append(value.exactNumber.flatMap { Int(exactly: $0) }.map { Dimension($0) } ?? .unknown)
      } else if case .number = value {
        sizes.append(.unknown)
      } else {
        return .unknown
      }
    }
    return .tensor(TensorType(.f32, Shape(sizes)))
  }

  /// Sizes written one by one or as one list. Errors name the shape and the place.
  static func sizes(_ values: [(value: Value, span: Span)], at span: Span) throws(Diagnostic) -> [Int] {
    var sizes: [Int] = []
    for (value, place) in values {
      guard let numbers = value.exactNumber.map({ [$0] }) ?? value.exactNumbers else {
        throw Diagnostic(.wrongKind, "a size is a whole number, found \(value.foundText)", at: place)
      }
      for number in numbers {
        guard let size = Int(exactly: number), size >= 0 else {
          throw Diagnostic(.outOfRange, "a size is a whole number from 0 on, found \(messageText(number))", at: place)
        }
        sizes.append(size)
      }
    }
    guard sizes.count <= 32 else {
      throw Diagnostic(.outOfRange, "a tensor has at most 32 axes, found \(sizes.count)", at: span)
    }
    return sizes
  }

  static func make(_ sizes: [Int], _ value: Float, at span: Span) throws(Diagnostic) -> Value {
    do throws(AllocationError) {
      let tensor = try Tensor(.f32, sizes)
      if value != 0 {
        let elements = tensor.pointer.assumingMemoryBound(to: Float.self)
        for i in 0..<tensor.elementCount { elements[i] = value.isSubnormal ? 0 : value }
      }
      return .tensor(tensor)
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }

  static func row(_ numbers: [Double], at span: Span) throws(Diagnostic) -> Value {
    do throws(AllocationError) {
      return .tensor(try Tensor([numbers.count], floats: numbers.map { Float($0) }))
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }

  /// start, start + step, … before the end; refuses a step of 0 and unreasonable lengths.
  static func steps(
    from start: Double, to end: Double, by step: Double, at span: Span
  ) throws(Diagnostic) -> [Double] {
    guard step != 0 else { throw Diagnostic(.outOfRange, "`step` cannot be 0", at: span) }
    let count = ((end - start) / step).rounded(.up)
    if count <= 0 { return [] }
    guard count <= 100_000_000, let whole = Int(exactly: count) else {
      throw Diagnostic(.outOfRange, "this range is too long", at: span)
    }
    return (0..<whole).map { start + Double($0) * step }
  }
}
