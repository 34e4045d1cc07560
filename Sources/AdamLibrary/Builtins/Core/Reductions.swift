// Sums, extremes and what they build, over all elements or along an axis.
import AdamIR
import AdamRuntime
import AdamSource

extension BuiltinDefinition {
  static let sum = reduction("sum", "The sum.", .sum, "print sum([1, 2, 3])  # prints: 6")
  static let mean = reduction("mean", "The mean.", .mean, "print mean([1, 2, 3])  # prints: 2")
  static let max = extreme("max", "The largest of two values, or of a tensor.", .max, .maximum, "print max([1, 5, 3])  # prints: 5") { $0 < $1 ? $1 : $0 }
  static let min = extreme("min", "The smallest of two values, or of a tensor.", .min, .minimum, "print min(1, 5)  # prints: 1") { $1 < $0 ? $1 : $0 }
  static let argmax = place("argmax", "The place of the largest element.", .argmax, "print argmax([1, 5, 3])  # prints: 1")
  static let argmin = place("argmin", "The place of the smallest element.", .argmin, "print argmin([1, 5, 3])  # prints: 0")
  static let any = truth("any", "Whether one element is true.", "print any([1, 2] == [1, 3])  # prints: true") { $0.contains(true) }
  static let all = truth("all", "Whether all elements are true.", "print all([1, 2] == [1, 3])  # prints: false") { !$0.contains(false) }

  private static let axis = ParameterDefinition(
    "axis", .integer, "the axis that goes; without it all of them", default: .some(.none))

  private static func reduction(
    _ name: String, _ summary: String, _ op: OpDefinition, _ example: String
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "math", summary: summary,
      signature: Signature([ParameterDefinition("x", .tensorLike, "a tensor or list of numbers"), axis]),
      example: example, isPure: true, check: { context, arguments in reduced(op, context, arguments, "x") },
      run: { context, arguments throws(Diagnostic) in
        try run(op, try required(arguments, "x"), context, arguments)
      })
  }

  /// With two values the larger or smaller by element, with one its extreme (by arity).
  private static func extreme(
    _ name: String, _ summary: String, _ op: OpDefinition, _ pairwise: OpDefinition, _ example: String,
    _ host: @escaping @Sendable (Double, Double) -> Double
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "math", summary: summary,
      signature: Signature([
        ParameterDefinition("a", .tensorLike, "a number, tensor or list of numbers"),
        ParameterDefinition("b", .tensorLike, "compared with `a` by element", default: .some(.none)),
        ParameterDefinition("axis", .integer, "the axis that goes", default: .some(.none), isKeywordOnly: true),
      ]),
      example: example, isPure: true,
      check: { context, arguments in
        arguments.isGiven("b") ? .unknown : reduced(op, context, arguments, "a")
      },
      run: { context, arguments throws(Diagnostic) in
        let a = try required(arguments, "a")
        guard let b = arguments["b"] else { return try run(op, a, context, arguments) }
        if case .number(let x) = a, case .number(let y) = b { return .number(host(x, y)) }
        let engine = try context.arithmetic(at: arguments.span)
        let operands = [
          try engine.real(try a.asTensor(at: arguments.place(of: "a")), at: arguments.span),
          try engine.real(try b.asTensor(at: arguments.place(of: "b")), at: arguments.span),
        ]
        return .of(try engine.apply(pairwise, operands, at: arguments.span))
      })
  }

  private static func place(
    _ name: String, _ summary: String, _ op: OpDefinition, _ example: String
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "math", summary: summary,
      signature: Signature([ParameterDefinition("x", .tensorLike, "a tensor or list of numbers"), axis]),
      example: example, isPure: true,
      run: { context, arguments throws(Diagnostic) in
        let engine = try context.arithmetic(at: arguments.span)
        var x = try engine.real(try required(arguments, "x").asTensor(at: arguments.place(of: "x")), at: arguments.span)
        if arguments["axis"] == nil {
          x = try engine.apply(.reshape, [x], Attributes(["shape": .ints([x.elementCount])]), at: arguments.span)
        }
        let axis = try resolved(arguments, rank: x.sizes.count) ?? 0
        let attributes = Attributes(["axis": .int(axis), "keepdims": .bool(false)])
        return .of(try engine.apply(op, [x], attributes, at: arguments.span))
      })
  }

  private static func truth(
    _ name: String, _ summary: String, _ example: String, _ judge: @escaping @Sendable ([Bool]) -> Bool
  ) -> BuiltinDefinition {
    BuiltinDefinition(
      name: name, group: "math", summary: summary,
      signature: Signature([ParameterDefinition("x", .any, "a tensor of truths, a list of bools, or a bool")]),
      example: example, isPure: true, check: { _, _ in .bool },
      run: { _, arguments throws(Diagnostic) in
        .bool(judge(try truths(try required(arguments, "x"), at: arguments.place(of: "x"))))
      })
  }

  private static func truths(_ value: Value, at span: Span) throws(Diagnostic) -> [Bool] {
    switch value {
    case .bool(let flag): return [flag]
    case .tensor(let tensor) where tensor.element == .bool:
      return (0..<tensor.elementCount).map { tensor.number(at: $0) != 0 }
    default:
      guard let elements = value.elements else { throw notTruths(value, at: span) }
      var truths: [Bool] = []
      for element in elements {
        guard let flag = element.exactBool else { throw notTruths(element, at: span) }
        truths.append(flag)
      }
      return truths
    }
  }

  private static func notTruths(_ value: Value, at span: Span) -> Diagnostic {
    Diagnostic(.wrongKind, "needs true or false, found \(value.foundText)", at: span)
  }

  private static func run(
    _ op: OpDefinition, _ x: Value, _ context: any ExecutionContext, _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Value {
    if case .number = x { return x }
    let engine = try context.arithmetic(at: arguments.span)
    let tensor = try engine.real(try x.asTensor(at: arguments.span), at: arguments.span)
    let axes = try resolved(arguments, rank: tensor.sizes.count).map { [$0] } ?? Array(tensor.sizes.indices)
    let attributes = Attributes(["axes": .ints(axes), "keepdims": .bool(false)])
    return .of(try engine.apply(op, [tensor], attributes, at: arguments.span))
  }

  /// The axis counted from the front; nil when none was given.
  private static func resolved(
    _ arguments: BoundArguments<Value>, rank: Int
  ) throws(Diagnostic) -> Int? {
    guard let axis = arguments.int("axis") else { return nil }
    guard (-rank..<Swift.max(rank, 0)).contains(axis) else {
      throw Diagnostic(
        .outOfRange, "there is no axis \(axis): the tensor has \(rank)", at: arguments.place(of: "axis"))
    }
    return axis < 0 ? axis + rank : axis
  }

  private static func reduced(
    _ op: OpDefinition, _ context: any CheckContext, _ arguments: BoundArguments<AbstractValue>, _ name: String
  ) -> AbstractValue {
    guard let type = arguments[name]?.tensorType else { return .unknown }
    let rank = type.shape.rank
    if arguments.isUncertain("axis") { return .unknown }
    var axes = Array(0..<rank)
    if let axis = arguments.int("axis") {
      guard (-rank..<Swift.max(rank, 0)).contains(axis) else { return .unknown }
      axes = [axis < 0 ? axis + rank : axis]
    }
    let attributes = Attributes(["axes": .ints(axes), "keepdims": .bool(false)])
    let real = TensorType(.f32, type.shape)
    return (try? op.inferTypes([real], attributes).first).flatMap { $0 }.map { .tensor($0) } ?? .unknown
  }
}
