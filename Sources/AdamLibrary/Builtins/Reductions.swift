// sum, mean, min, max, all, any, argmax, argmin: over lists, tensors or their own arguments.
import AdamIR
import AdamRuntime
import AdamSource

package enum ReductionBuiltins {
  package static let all: [Listed<BuiltinDefinition>] = [
    reduction("sum", "Sum of all elements, or along an axis.", .sum,
      "print sum([1, 2, 3])  # prints: 6", see: ["mean", "norm", "var"]),
    reduction("mean", "Mean of all elements, or along an axis.", .mean,
      "print mean([1, 2])  # prints: 1.5", see: ["sum", "var", "std"]),
    extreme("min", "Smallest of several values, or of the elements of one.", .min, .minimum,
      "print min(3, 1)  # prints: 1", see: ["max", "argmin", "clamp"]),
    extreme("max", "Largest of several values, or of the elements of one.", .max, .maximum,
      "print max([3, 1])  # prints: 3", see: ["min", "argmax", "clamp"]),
    place("argmax", "Index of the largest element along an axis.", .argmax),
    place("argmin", "Index of the smallest element along an axis.", .argmin),
    truth("all", "Whether all elements are true.", isAll: true),
    truth("any", "Whether any element is true.", isAll: false),
  ]

  static let axisParameters = [
    ParameterDefinition(
      "axis", .oneOf([.integer, .list]), "axis or axes to reduce; all without it", default: Constant.none,
      isKeywordOnly: true),
    ParameterDefinition(
      "keepdims", .bool, "keeps the axis with size 1", default: .bool(false), isKeywordOnly: true),
  ]

  private static let reducedShape = "[..] → a number, or [..] without the axis"

  /// Numbers of a list of numbers; nil for everything else.
  private static func plainNumbers(_ value: Value?) -> [Double]? {
    switch value {
    case .list(let box): numbers(box.elements)
    case .tuple(let box): numbers(box.elements)
    case .number(let x): [x]
    case .range(let range): try? range.numbers(at: Span(SourceID(0), 0, 0))
    default: nil
    }
  }

  private static func numbers(_ values: [Value]) -> [Double]? {
    var result: [Double] = []
    for value in values {
      guard case .number(let x) = value else { return nil }
      result.append(x)
    }
    return result
  }

  /// The op's attributes for an axis given by the user.
  static func attributes(
    _ arguments: BoundArguments<Value>, rank: Int
  ) throws(Diagnostic) -> [Int] {
    guard arguments.isGiven("axis"), let given = arguments["axis"] else { return Array(0..<rank) }
    let place = arguments.place(of: "axis")
    var axes: [Int] = []
    for element in given.elements ?? [given] {
      guard let number = element.exactNumber, let whole = Int(exactly: number) else {
        throw Diagnostic(.wrongKind, "an axis is a whole number, found \(element.foundText)", at: place)
      }
      let axis = try axisPlace(whole, rank: rank, at: place)
      if axes.contains(axis) { throw Diagnostic(.outOfRange, "axis \(whole) stands there twice", at: place) }
      axes.append(axis)
    }
    return axes.sorted()
  }

  private static func reduction(
    _ name: String, _ summary: String, _ op: OpDefinition, _ example: String, see related: [String]
  ) -> Listed<BuiltinDefinition> {
    Listed(
      name,
      BuiltinDefinition(
        name: name, group: "math", summary: summary,
        signature: Signature(
          [ParameterDefinition("x", .tensorLike, "list or tensor")] + axisParameters),
        example: example, page: Page(shape: reducedShape, see: related), isPure: true,
        run: { context, arguments throws(Diagnostic) in
          if !arguments.isGiven("axis"), let numbers = plainNumbers(arguments["x"]) {
            return try ofNumbers(name, numbers, at: arguments.span)
          }
          return try reduce(op, arguments["x"] ?? .none, context, arguments)
        }))
  }

  /// Lists of numbers stay host numbers: added in order in f64.
  private static func ofNumbers(
    _ name: String, _ numbers: [Double], at span: Span
  ) throws(Diagnostic) -> Value {
    if numbers.isEmpty, name != "sum" {
      throw ValueError.conversion("`\(name)` of an empty list", at: span)
    }
    let sum = numbers.reduce(0, +)
    let result = try NumberArithmetic.finite(
      sum, from: numbers.first { !$0.isFinite } ?? 0, at: span)
    return .number(name == "sum" ? result : result / Double(numbers.count))
  }

  private static func reduce(
    _ op: OpDefinition, _ value: Value, _ context: any ExecutionContext,
    _ arguments: BoundArguments<Value>
  ) throws(Diagnostic) -> Value {
    let tensors = TensorArithmetic(context.session)
    let real = try tensors.real(value, at: arguments.span)
    let axes = try attributes(arguments, rank: real.shape.rank)
    return .of(
      try tensors.apply(
        op, [real],
        ["axes": .ints(axes), "keepdims": .bool(arguments.bool("keepdims") ?? false)].attributes,
        at: arguments.span))
  }

  private static func extreme(
    _ name: String, _ summary: String, _ op: OpDefinition, _ pair: OpDefinition, _ example: String,
    see related: [String]
  ) -> Listed<BuiltinDefinition> {
    Listed(
      name,
      BuiltinDefinition(
        name: name, group: "math", summary: summary,
        signature: Signature(
          [ParameterDefinition("x", .tensorLike, "values", isVariadic: true)] + axisParameters),
        example: example, page: Page(shape: reducedShape, see: related), isPure: true,
        run: { context, arguments throws(Diagnostic) in
          let values = arguments.variadic.map(\.value)
          guard let first = values.first else {
            throw ValueError.conversion("`\(name)` of nothing", at: arguments.span)
          }
          let candidates = values.count == 1 ? plainNumbers(first) : numbers(values)
          if !arguments.isGiven("axis"), let candidates {
            guard let best = name == "min" ? candidates.min() : candidates.max() else {
              throw ValueError.conversion("`\(name)` of an empty list", at: arguments.span)
            }
            // NaN is the answer wherever it stands.
            return .number(candidates.first(where: \.isNaN) ?? best)
          }
          if values.count == 1 { return try reduce(op, first, context, arguments) }
          return try combined(pair, values, context, at: arguments.span)
        }))
  }

  private static func combined(
    _ op: OpDefinition, _ values: [Value], _ context: any ExecutionContext, at span: Span
  ) throws(Diagnostic) -> Value {
    let tensors = TensorArithmetic(context.session)
    var result = try tensors.real(values[0], at: span)
    for value in values.dropFirst() {
      let other = try tensors.real(value, at: span)
      result = try tensors.apply(op, [result, other], at: span)
    }
    return .of(result)
  }

  private static func place(
    _ name: String, _ summary: String, _ op: OpDefinition
  ) -> Listed<BuiltinDefinition> {
    Listed(
      name,
      BuiltinDefinition(
        name: name, group: "tensor", summary: summary,
        signature: Signature([
          ParameterDefinition("x", .tensorLike, "list or tensor"),
          ParameterDefinition("axis", .integer, "axis; the last without it", default: .number(-1)), axisParameters[1],
        ]),
        example: "print \(name)([1, 3, 2])  # prints: \(name == "argmax" ? 1 : 0)",
        page: Page(
          "The first of equal elements counts.", shape: "[..] → [..] without the axis",
          see: [name == "argmax" ? "max" : "min", "topk"]), isPure: true,
        run: { context, arguments throws(Diagnostic) in
          let tensors = TensorArithmetic(context.session)
          let real = try tensors.real(arguments["x"] ?? .none, at: arguments.place(of: "x"))
          let rank = real.shape.rank
          let axis = try axisPlace(
            arguments.whole("axis", default: -1), rank: rank, at: arguments.place(of: "axis"))
          return .of(
            try tensors.apply(
              op, [real],
              ["axis": .int(axis), "keepdims": .bool(arguments.bool("keepdims") ?? false)].attributes,
              at: arguments.span))
        }))
  }

  private static func truth(_ name: String, _ summary: String, isAll: Bool) -> Listed<BuiltinDefinition> {
    Listed(
      name,
      BuiltinDefinition(
        name: name, group: "math", summary: summary,
        signature: Signature([ParameterDefinition("x", .any, "list of bools or bool tensor")]),
        example: "print \(name)([true, true])  # prints: true",
        page: Page(shape: "[..] → true or false", source: "torch.\(name)", see: [isAll ? "any" : "all", "where"]),
        isPure: true,
        check: { _, _ in .bool },
        run: { _, arguments throws(Diagnostic) in
          if case .traced? = arguments["x"] { throw .tracedCondition(at: arguments.span) }
          var flags: [Bool] = []
          if case .tensor(let tensor)? = arguments["x"], tensor.element == .bool {
            flags = tensor.integers.map { $0 != 0 }
          } else if let single = arguments["x"]?.exactBool {
            flags = [single]
          } else {
            for element in arguments["x"]?.elements ?? [.none] {
              guard let flag = element.exactBool else {
                throw ValueError.conversion(
                  "`\(name)` needs true or false, found \(arguments["x"]?.foundText ?? "nothing")",
                  at: arguments.place(of: "x"))
              }
              flags.append(flag)
            }
          }
          return .bool(isAll ? flags.allSatisfy { $0 } : flags.contains(true))
        }))
  }
}

extension Dictionary where Key == String, Value == Attribute {
  /// In the order in which the names sort, which is the schema's order for `axes` and `keepdims`.
  var attributes: Attributes {
    Attributes(sorted { $0.key < $1.key }.map { Attributes.Entry($0.key, $0.value) })
  }
}
