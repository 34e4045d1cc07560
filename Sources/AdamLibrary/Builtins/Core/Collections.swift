// Lists, ranges and functions over them. All of them return new values.
import AdamIR
import AdamSource

extension BuiltinDefinition {
  static let len = BuiltinDefinition(
    name: "len", group: "list", summary: "How many elements: of a list, string, tensor (rows) or model (layers).",
    signature: Signature([ParameterDefinition("x", .any, "what is counted")]),
    example: "print len([1, 2, 3])  # prints: 3", isPure: true, check: { _, _ in .number },
    run: { _, arguments throws(Diagnostic) in
      switch try required(arguments, "x") {
      case .layer(let layer): return .number(Double(layer.children.count))
      case .record(let box): return .number(Double(box.fields.count))
      case let value: return .number(Double(try value.iterationCount(at: arguments.place(of: "x"))))
      }
    })

  static let range = BuiltinDefinition(
    name: "range", group: "list", summary: "A list of numbers as Python's range counts them.",
    signature: Signature([
      ParameterDefinition("start", .number, "the first number, or the end when it stands alone"),
      ParameterDefinition("end", .number, "the first number left out", default: .some(.none)),
      ParameterDefinition("step", .number, "the distance", default: .number(1)),
    ]),
    example: "print range(0, 10, 5)  # prints: [0, 5]", isPure: true, check: { _, _ in .listOf(.number) },
    run: { _, arguments throws(Diagnostic) in
      let first = arguments["end"] == nil ? 0 : arguments.number("start") ?? 0
      let end = arguments.number("end") ?? arguments.number("start") ?? 0
      let numbers = try steps(from: first, to: end, by: arguments.number("step") ?? 1, at: arguments.span)
      return .list(ListBox(numbers.map { .number($0) }))
    })

  static let enumerate = BuiltinDefinition(
    name: "enumerate", group: "list", summary: "Pairs of place and element.",
    signature: Signature([ParameterDefinition("x", .any, "a list, string or tensor")]),
    example: "for i, x in enumerate([5, 6]) { print i, x }  # prints: 0 5",
    run: { _, arguments throws(Diagnostic) in
      let elements = try required(arguments, "x").listed(at: arguments.place(of: "x"))
      return .list(ListBox(elements.enumerated().map { pair(.number(Double($0.offset)), $0.element) }))
    })

  static let zip = BuiltinDefinition(
    name: "zip", group: "list", summary: "Tuples of elements at the same place, as long as the shortest.",
    signature: Signature([ParameterDefinition("x", .any, "lists, strings or tensors", isVariadic: true)]),
    example: "print zip([1, 2], [3, 4])  # prints: [(1, 3), (2, 4)]",
    run: { _, arguments throws(Diagnostic) in
      var lists: [[Value]] = []
      for (value, span) in arguments.variadic { lists.append(try value.listed(at: span)) }
      let count = lists.map(\.count).min() ?? 0
      let rows = (0..<count).map { i in Value.tuple(TupleBox(lists.map { $0[i] })) }
      return .list(ListBox(rows))
    })

  static let map = BuiltinDefinition(
    name: "map", group: "list", summary: "What a function makes of every element.",
    signature: Signature([
      ParameterDefinition("x", .any, "a list"), ParameterDefinition("f", .function, "a function of one element"),
    ]),
    example: "print map([1, 2], fn(x) x * 10)  # prints: [10, 20]", check: { _, _ in .listOf(.unknown) },
    run: { context, arguments throws(Diagnostic) in
      let f = try required(arguments, "f")
      var results: [Value] = []
      for element in try required(arguments, "x").listed(at: arguments.place(of: "x")) {
        results.append(try context.call(f, [element], at: arguments.span))
      }
      return .list(ListBox(results))
    })

  static let filter = BuiltinDefinition(
    name: "filter", group: "list", summary: "The elements for which a function gives true.",
    signature: Signature([
      ParameterDefinition("x", .any, "a list"), ParameterDefinition("f", .function, "a function of one element"),
    ]),
    example: "print filter([1, 2, 3], fn(x) x > 1)  # prints: [2, 3]", check: { _, _ in .listOf(.unknown) },
    run: { context, arguments throws(Diagnostic) in
      let f = try required(arguments, "f")
      var kept: [Value] = []
      for element in try required(arguments, "x").listed(at: arguments.place(of: "x")) {
        let answer = try context.call(f, [element], at: arguments.span)
        guard let keeps = answer.exactBool else {
          throw Diagnostic(.wrongKind, "the function must give true or false, found \(answer.foundText)", at: arguments.place(of: "f"))
        }
        if keeps { kept.append(element) }
      }
      return .list(ListBox(kept))
    })

  /// `xs.append(v)` as a statement updates the variable; as an expression it gives the new list.
  static let append = BuiltinDefinition(
    name: "append", group: "list", summary: "The list with one more element at its end.",
    signature: Signature([ParameterDefinition("x", .list, "a list"), ParameterDefinition("value", .any, "the element")]),
    example: "print append([1], 2)  # prints: [1, 2]", check: { _, _ in .listOf(.unknown) },
    run: { _, arguments throws(Diagnostic) in
      var list = try required(arguments, "x")
      list.append(try required(arguments, "value"))
      return list
    })

  static let extend = BuiltinDefinition(
    name: "extend", group: "list", summary: "The list with the elements of another at its end.",
    signature: Signature([ParameterDefinition("x", .list, "a list"), ParameterDefinition("other", .any, "a list")]),
    example: "print extend([1], [2, 3])  # prints: [1, 2, 3]", check: { _, _ in .listOf(.unknown) },
    run: { _, arguments throws(Diagnostic) in
      let list = try required(arguments, "x").listed(at: arguments.place(of: "x"))
      return .list(ListBox(list + (try required(arguments, "other").listed(at: arguments.place(of: "other")))))
    })

  static let reversed = BuiltinDefinition(
    name: "reversed", group: "list", summary: "The elements from last to first.",
    signature: Signature([ParameterDefinition("x", .any, "a list or string")]),
    example: "print reversed([1, 2])  # prints: [2, 1]", check: { _, _ in .listOf(.unknown) },
    run: { _, arguments throws(Diagnostic) in
      .list(ListBox(try required(arguments, "x").listed(at: arguments.place(of: "x")).reversed()))
    })

  static let sorted = BuiltinDefinition(
    name: "sorted", group: "list", summary: "Numbers or strings in rising order.",
    signature: Signature([ParameterDefinition("x", .any, "a list of numbers or of strings")]),
    example: "print sorted([3, 1, 2])  # prints: [1, 2, 3]", check: { _, _ in .listOf(.unknown) },
    run: { _, arguments throws(Diagnostic) in
      let elements = try required(arguments, "x").listed(at: arguments.place(of: "x"))
      let numbers = elements.compactMap(\.exactNumber)
      if numbers.count == elements.count { return .list(ListBox(numbers.sorted().map { .number($0) })) }
      let texts = elements.compactMap(\.exactString)
      guard texts.count == elements.count else {
        throw Diagnostic(.wrongKind, "only numbers or strings can be sorted", at: arguments.place(of: "x"))
      }
      let inOrder = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      return .list(ListBox(inOrder.map { .string(StringBox($0)) }))
    })

  private static func pair(_ a: Value, _ b: Value) -> Value { .tuple(TupleBox([a, b])) }
}
